/** For the analyser (test/tools/manifest.ts), which would write its own path into package.json. */
export default { packagejson: false };
