/** What `npm run build` writes; it may not be there when types are checked. */
declare module '*/dist/custom-elements.json' {
  const manifest: unknown;
  export default manifest;
}

/** Vite puts it into the page. */
declare module '*.css';
