import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'

/** What became of one test file. */
export interface FileCount {
  passed: number
  skipped: number
  /** Where and why: a test with the beginning of its error, or what happened outside of tests with all there is of it. */
  readonly failed: string[]
  /** Passed, but not at the first try, and why that failed: somebody should look. */
  readonly passedLater: string[]
}

/** What `test/run.mjs` needs of one suite, written as JSON to the file that `TEST_COUNT_FILE` names: a count for each test file. */
export type SuiteCount = Record<string, FileCount>

interface Problem {
  readonly message: string
  readonly stack?: string
}

/** Counts tests, and keeps the names of those that need a look, so that the end of a long log says which. */
export default class CountReporter implements Reporter {
  readonly #files: SuiteCount = {}
  #root = ''

  onInit({ config }: Vitest): void {
    this.#root = config.root
  }

  onTestCaseResult(test: TestCase): void {
    const { relativeModuleId } = test.module
    const file = this.#file(relativeModuleId)
    const result = test.result()
    const told = `${relativeModuleId} > ${test.fullName}: ${beginningOf(result.errors?.[0])}`
    if (result.state === 'skipped') file.skipped++
    else if (result.state === 'failed') file.failed.push(told)
    else if (result.state === 'passed') {
      file.passed++
      if (test.diagnostic()?.flaky === true) file.passedLater.push(told)
    }
  }

  /** A file that cannot be loaded, or whose hooks fail, has tests that never ran. */
  onTestModuleEnd(module: TestModule): void {
    const { relativeModuleId } = module
    for (const error of module.errors()) this.#file(relativeModuleId).failed.push(`${relativeModuleId}: ${beginningOf(error)}`)
  }

  /** What nobody caught. Its first line seldom says whose it was: the file, the test of that moment and the whole stack do. */
  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly (Problem & Record<string, unknown>)[]): void {
    for (const error of unhandled) {
      const { VITEST_TEST_PATH: path, VITEST_TEST_NAME: test } = error
      const name = typeof path === 'string' ? relative(this.#root, path) : 'no file'
      this.#file(name).failed.push(`${name}, outside of a test, while at "${String(test)}": ${error.stack ?? error.message}`)
    }
    const target = process.env['TEST_COUNT_FILE']
    if (target !== undefined) writeFileSync(target, JSON.stringify(this.#files))
  }

  #file(name: string): FileCount {
    return (this.#files[name] ??= { passed: 0, skipped: 0, failed: [], passedLater: [] })
  }
}

/** The beginning of what an error says: a browser's says in its further lines what it waited for. */
const beginningOf = (error: Problem | undefined): string => error?.message.split('\n').slice(0, 12).join('\n  ') ?? 'no error was given'
