import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { offlinePlugin } from './build/offline-plugin.ts'

const chartParts = /browser-ui.(?:charts|data.(?:charts|feed|metrics|time)|pages.(?:dashboard|time))/u

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
    rolldownOptions: {
      output: {
        // Over one port without HTTP/2 six files come at a time: what every page needs is one file, and the parts of charts that the
        // same pages need are few. What a page fetches in all does not grow by this.
        codeSplitting: {
          groups: [
            { name: 'shell', tags: ['$initial'], priority: 2 },
            { name: 'charts', test: chartParts, minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 1_500 },
          ],
        },
      },
    },
  },
})
