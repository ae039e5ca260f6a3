import { defineConfig } from 'vitest/config'

/** One configuration for every suite; `test/run.mjs` runs them one after the other and counts. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['{src,agent-link,cloud,browser-ui,test}/**/*.test.{ts,tsx}'],
    exclude: ['node_modules', 'dist'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
})
