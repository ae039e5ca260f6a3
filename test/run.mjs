// `npm test`: installs what is missing, then lint, format, types, build and every suite. Ends with `N passed, N failed`.

import '../src/bootstrap/node-version.mjs'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
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
const failures = []
const passedLater = []
/** By test file; see test/count-reporter.ts. */
const countsOf = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}
/** More than these are not chance. */
const mostFilesTriedAgain = 10

await ensureInstalled({ withDev: true })
const leftOut = await ensureSystemPrograms()
for (const { reason } of leftOut) process.stdout.write(`LEFT OUT  ${reason}\n`)

for (const { name, command } of checks) {
  const finish = startStep(name)
  const [program, ...args] = command
  const isGood = (await run(program, args, { cwd: projectFolder })) === 0
  finish(isGood ? 'passed' : 'FAILED')
  if (isGood) passed++
  else failures.push(`check: ${name}`)
}

const scratch = mkdtempSync(join(tmpdir(), 'throughline-test-'))
/** Runs a suite, or files of it one after the other; resolves with what became of each file. */
async function runSuite(project, files = []) {
  const countFile = join(scratch, `${project}-${files.length}.json`)
  const reporters = ['--reporter', 'default', '--reporter', './test/count-reporter.ts']
  const args = ['run', '--config', 'test/vitest.config.ts', '--project', project, ...reporters, ...files]
  if (files.length > 0) args.push('--maxWorkers', '1')
  const status = await run(process.execPath, [join(projectFolder, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: projectFolder,
    show: true,
    env: { ...process.env, TEST_COUNT_FILE: countFile, TEST_WITHOUT: leftOut.map(({ name }) => name).join(' ') },
  })
  const counts = countsOf(countFile)
  if (status !== 0 && Object.values(counts).every(({ failed }) => failed.length === 0))
    counts[`suite ${project}`] = { passed: 0, skipped: 0, failed: [`suite ${project}: ended with status ${status}`], passedLater: [] }
  return counts
}

for (const { project, needs = [] } of suites) {
  if (leftOut.some((program) => needs.includes(program.name))) continue
  process.stdout.write(`\n== ${project}\n`)
  const counts = await runSuite(project)
  // A hook or a socket that fails by chance takes a whole file with it: such a file runs once more, with the machine to itself.
  const again = Object.keys(counts).filter((file) => counts[file].failed.length > 0 && existsSync(join(projectFolder, file)))
  if (again.length > 0 && again.length <= mostFilesTriedAgain) {
    process.stdout.write(`\n== ${project}, once more: ${again.join(' ')}\n`)
    const second = await runSuite(project, again)
    for (const file of again) {
      const now = second[file]
      if (now === undefined || now.failed.length > 0) continue
      counts[file] = { ...now, passedLater: [...counts[file].failed, ...now.passedLater] }
    }
  }
  for (const suite of Object.values(counts)) {
    passed += suite.passed
    failures.push(...suite.failed, ...Array(suite.skipped).fill(`suite ${project}: a test was skipped; a skip counts as a failure`))
    passedLater.push(...suite.passedLater)
  }
}
rmSync(scratch, { recursive: true, force: true })
for (const name of passedLater) process.stdout.write(`PASSED AT THE SECOND TRY  ${name}\n`)
for (const name of failures) process.stdout.write(`FAILED  ${name}\n`)
process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`)
process.exit(failures.length === 0 ? 0 : 1)
