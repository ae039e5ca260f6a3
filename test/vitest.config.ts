import { defineConfig } from 'vitest/config'

/**
 * One configuration for every suite; `test/run.mjs` runs the projects one after the other and counts. Suites that start servers,
 * processes and browsers may be kept waiting for seconds by a busy machine: their tests are tried once more. A file that failed is
 * then run once more by itself, whatever its suite. `npm test` names all that passed only at a second try, and why it failed at first.
 */
const project = (name: string, include: string[], more: { retry?: number; globalSetup?: string; testTimeout?: number } = {}) => ({
  extends: true as const,
  test: { name, include, ...more },
})
/** A suite that runs the built product. */
const built = (name: string, include: string[]) =>
  project(name, include, { globalSetup: 'test/doubles/built.mjs', retry: 1, testTimeout: 240_000 })

/** Programs that are not on this machine, as `test/run.mjs` found and printed. */
const without = (process.env['TEST_WITHOUT'] ?? '').split(' ')
const needNetdata = [
  'test/journeys/alerts-of-agents.test.ts',
  'test/journeys/dashboard.test.ts',
  'test/journeys/netdata-source.test.ts',
  'test/browser/metrics.test.ts',
  'test/browser/netdata.test.ts',
  'test/browser/plug.test.ts',
  'test/browser/values.test.ts',
]

const needJournal = ['agent-link/functions/journal/journal.test.ts']

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    exclude: [
      'node_modules',
      'dist',
      ...(without.includes('netdata') ? needNetdata : []),
      ...(without.includes('systemd-journal-remote') ? needJournal : []),
    ],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Its own limit of one second is met by a quiet machine alone.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    maxWorkers: 2,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      project('unit', ['{src,agent-link,cloud,browser-ui}/**/*.test.{ts,tsx}', 'test/*.test.ts', 'test/{types,golden}/**/*.test.ts']),
      project('peers', ['test/{contract,faults,hostile}/**/*.test.ts'], { retry: 1, testTimeout: 180_000 }),
      built('journeys', ['test/journeys/**/*.test.ts']),
      built('browser', ['test/browser/**/*.test.ts']),
      project('screenshots', ['test/browser/screenshots.ts'], { globalSetup: 'test/doubles/built.mjs' }),
    ],
  },
})
