import { preact } from '@preact/preset-vite';
import { defineConfig } from 'vite';

const CONTROL = 'http://127.0.0.1:8080';
const SERVED = ['/build', '/api', '/repo', '/versions', '/health', '/badge_logo.svg', '/badge.svg'];

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: true })],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The first versions with the CSS function light-dark().
    target: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(SERVED.map((path) => [path, CONTROL])) },
});
