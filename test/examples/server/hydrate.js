import { hydrateRoot } from 'react-dom/client';
import { app } from './app.js';

globalThis.recovered = [];
hydrateRoot(document.querySelector('#root'), app(), { onRecoverableError: (error) => globalThis.recovered.push(String(error)) });
