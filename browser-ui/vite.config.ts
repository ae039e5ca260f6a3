import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { offlinePlugin } from './build/offline-plugin.ts'

/** The page as static files that a strict content security policy serves: no inline script, no inline asset. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), offlinePlugin()],
  build: {
    outDir: '../dist/browser-ui',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
