import { defineConfig } from 'vite';

/** What Storybook's own settings for Vite leave open. */
export default defineConfig({ logLevel: 'warn', build: { target: 'es2022', reportCompressedSize: false, chunkSizeWarningLimit: 4000 } });
