import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** What `test/run.mjs` needs of one suite, written as JSON to the file that `TEST_COUNT_FILE` names. */
export interface SuiteCount {
  readonly passed: number
  readonly skipped: number
  /** `file > test`, and the first line of its error. */
  readonly failed: readonly string[]
  /** Passed, but not at the first try, and why that failed: somebody should look. */
  readonly passedLater: readonly string[]
}

/** Counts tests, and keeps the names of those that need a look, so that the end of a long log says which. */
export default class CountReporter implements Reporter {
  readonly #failed: string[] = []
  readonly #passedLater: string[] = []
  #passed = 0
  #skipped = 0

  onTestCaseResult(test: TestCase): void {
    const result = test.result()
    if (result.state === 'skipped') this.#skipped++
    else if (result.state === 'passed') {
      this.#passed++
      if (test.diagnostic()?.flaky === true) this.#passedLater.push(`${nameOf(test)}: ${firstLine(result.errors)}`)
    } else if (result.state === 'failed') this.#failed.push(`${nameOf(test)}: ${firstLine(result.errors)}`)
  }

  /** A file that cannot be loaded, or whose hooks fail, has tests that never ran. */
  onTestModuleEnd(module: TestModule): void {
    for (const error of module.errors()) this.#failed.push(`${module.relativeModuleId}: ${firstLine([error])}`)
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    for (const error of unhandled) this.#failed.push(`outside of a test: ${firstLine([error])}`)
    const count: SuiteCount = {
      passed: this.#passed,
      skipped: this.#skipped,
      failed: this.#failed,
      passedLater: this.#passedLater,
    }
    const file = process.env['TEST_COUNT_FILE']
    if (file !== undefined) writeFileSync(file, JSON.stringify(count))
  }
}

/** The file and the full name of a test. */
const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`
const firstLine = (errors: readonly { readonly message: string }[] | undefined): string =>
  errors?.[0]?.message.split('\n')[0] ?? 'no error was given'
