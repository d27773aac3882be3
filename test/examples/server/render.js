// Every entry is imported on a server, where it must do nothing to the realm; then the page's markup is printed.
const before = Object.getOwnPropertyNames(globalThis);
await import('gan-canvas');
await import('gan-canvas/element');
await import('gan-canvas/core');
const { app } = await import('./app.js');
const { renderToString } = await import('react-dom/server');
const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
console.log(JSON.stringify({ markup: renderToString(app()), added }));
