import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { readOptions } from '../simulate/options.ts'

/** Runs the simulator as `npm run simulate` does, once everything is built. */
function simulate(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  const project = new URL('../..', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/simulate/main.ts', ...args], { cwd: project })
  let [out, err] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })))
}

it('[SIM5] the simulator brings up a fleet with children against a cloud of its own and says what it saw', async () => {
  const { status, out, err } = await simulate('--agents', '3', '--children', '4', '--contexts', '50', '--seconds', '0')
  expect(err).toBe('')
  expect(out).toMatch(/^ +\d+ s: 3 claimed, 3 linked, 3 of 3 settled, 0 lost, 0 failed; /m)
  expect(out).toMatch(/^Summary: 3 of 3 agents with 15 nodes up after [\d.]+ s \(.*\), 0 lost, 0 failed; \d+ publishes acknowledged, /m)
  expect(status).toBe(0)
})

it.each([
  [['--agents', '0'], '--agents is a whole number from 1 to 20000.'],
  [['--contexts', 'many'], '--contexts is a whole number from 0 to 20000.'],
  [['--agents'], '--agents needs a value, or is no option.'],
  [['--speed', '3'], '--speed is no option.'],
  [['--agents', '20000', '--children', '2000', '--contexts', '2000'], expect.stringContaining('contexts in all')],
  [['--url', 'https://localhost:1'], '--url and --token belong together.'],
  [['--url', 'http://localhost:1', '--token', 't'], '--url is an https:// address.'],
  [['--url', 'https://cloud.example:443', '--token', 't'], expect.stringContaining('not this machine')],
  [['--ca', 'x'], '--ca belongs to --url.'],
] as const)('[SIM6] it is bounded, stays on the loopback unless told otherwise, and refuses %j in one sentence', (argv, sentence) => {
  expect(readOptions(argv)).toEqual(sentence)
})

it('[SIM6] a cloud elsewhere is meant when it is said so', () => {
  expect(readOptions(['--agents', '2', '--url', 'https://cloud.example:8443/', '--token', 't', '--anywhere'])).toEqual({
    agents: 2,
    children: 0,
    contexts: 200,
    seconds: 30,
    cloud: { url: 'https://cloud.example:8443', token: 't', caFile: undefined },
  })
})
