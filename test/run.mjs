// `npm test`: installs what is missing, then lint, format, types, build and every suite. Ends with `N passed, N failed`.

import '../src/bootstrap/node-version.mjs'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, projectFolder } from '../src/bootstrap/install.mjs'
import { run, startStep } from '../src/bootstrap/progress.mjs'
import { ensureSystemPrograms } from './system-programs.mjs'

const bin = (path) => [process.execPath, join(projectFolder, 'node_modules', path)]
const checks = [
  { name: 'lint', command: [...bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'format', command: [...bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: [...bin('typescript/bin/tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of the page', command: [...bin('typescript/bin/tsc'), '-p', 'browser-ui/tsconfig.json'] },
  { name: 'types of the browser tests', command: [...bin('typescript/bin/tsc'), '-p', 'test/browser/tsconfig.json'] },
  { name: 'build', command: [process.execPath, 'src/bootstrap/build.mjs'] },
]
/** Projects of test/vitest.config.ts, and the programs each cannot run without; single files are left out there, by TEST_WITHOUT. */
const suites = [{ project: 'unit' }, { project: 'peers' }, { project: 'journeys' }, { project: 'browser', needs: ['chromium'] }]

let passed = 0
let failed = 0
const failures = []
const passedLater = []
const countOf = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, skipped: 0, failed: [], passedLater: [] }
  }
}
const count = (isGood) => (isGood ? passed++ : failed++)

await ensureInstalled({ withDev: true })
const leftOut = await ensureSystemPrograms()
for (const { reason } of leftOut) process.stdout.write(`LEFT OUT  ${reason}\n`)

for (const { name, command } of checks) {
  const finish = startStep(name)
  const [program, ...args] = command
  const isGood = (await run(program, args, { cwd: projectFolder })) === 0
  finish(isGood ? 'passed' : 'FAILED')
  count(isGood)
  if (!isGood) failures.push(`check: ${name}`)
}

const scratch = mkdtempSync(join(tmpdir(), 'throughline-test-'))
for (const { project, needs = [] } of suites) {
  if (leftOut.some((program) => needs.includes(program.name))) continue
  process.stdout.write(`\n== ${project}\n`)
  const countFile = join(scratch, `${project}.json`)
  const args = [
    'run',
    '--config',
    'test/vitest.config.ts',
    '--reporter',
    'default',
    '--reporter',
    './test/count-reporter.ts',
    '--project',
    project,
  ]
  const status = await run(process.execPath, [join(projectFolder, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: projectFolder,
    show: true,
    env: { ...process.env, TEST_COUNT_FILE: countFile, TEST_WITHOUT: leftOut.map(({ name }) => name).join(' ') },
  })
  const suite = countOf(countFile)
  if (status !== 0 && suite.failed.length === 0) suite.failed.push(`suite ${project}: ended with status ${status}`)
  if (suite.skipped > 0) suite.failed.push(...Array(suite.skipped).fill(`suite ${project}: a test was skipped; a skip counts as a failure`))
  passed += suite.passed
  failed += suite.failed.length
  failures.push(...suite.failed)
  passedLater.push(...suite.passedLater)
}
rmSync(scratch, { recursive: true, force: true })
for (const name of passedLater) process.stdout.write(`PASSED AT THE SECOND TRY  ${name}\n`)
for (const name of failures) process.stdout.write(`FAILED  ${name}\n`)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
