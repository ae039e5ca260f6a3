import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFunctionCaller } from '../../../test/doubles/hosts/function-caller.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { makeHostFolder } from '../../../test/doubles/hosts/host-folder.ts'
import { waitUntil } from '../../../test/doubles/wait-until.ts'
import { createHostFiles } from '../host/host-files.ts'
import { findProgram, runProgram } from '../host/run-program.ts'
import { createListUnitsFunction } from './list-units.ts'
import { parseUnits, unitSeverity, unitType } from './parse-units.ts'

const unit = (name: string, load: string, active: string, sub: string) => ({ unit: name, load, active, sub, description: `About ${name}` })

it('[HF62] reads what systemctl writes, and leaves out what has no name', () => {
  const text = JSON.stringify([unit('ssh.service', 'loaded', 'active', 'running'), { load: 'x' }, null, 5, { unit: 7 }])
  expect(parseUnits(text)).toEqual([
    { name: 'ssh.service', load: 'loaded', active: 'active', sub: 'running', description: 'About ssh.service' },
  ])
  expect([parseUnits(''), parseUnits('{}'), parseUnits('UNIT LOAD')]).toEqual([undefined, undefined, undefined])
})

it.each([
  ['loaded', 'failed', 'failed', 'critical'],
  ['error', 'inactive', 'dead', 'warning'],
  ['loaded', 'activating', 'auto-restart', 'warning'],
  ['loaded', 'activating', 'start', 'notice'],
  ['loaded', 'active', 'running', 'normal'],
  ['not-found', 'inactive', 'dead', 'debug'],
])('[HF62] a unit that is %s, %s and %s is %s', (load, active, sub, severity) => {
  expect(unitSeverity({ name: 'a.service', load, active, sub, description: '' })).toBe(severity)
  expect(unitType('dev-disk-by\\x2did.device')).toBe('device')
})

/** A host with a program of a few lines in the place of systemctl: whether it is run rightly shows in what it prints. */
function scene(script: string, isBooted = true) {
  const folder = makeHostFolder({ ...(isBooted ? { 'run/systemd/system/x': '' } : {}), 'usr/bin/systemctl': `#!/bin/sh\n${script}\n` })
  const program = join(folder.root, 'usr/bin/systemctl')
  chmodSync(program, 0o755)
  return createFunctionCaller([createListUnitsFunction({ files: createHostFiles(folder.root), program })], createHandClock())
}

it('[HF62] shows the units of a host where systemd runs, with fixed arguments', async () => {
  const units = JSON.stringify([unit('ssh.service', 'loaded', 'active', 'running'), unit('<b>.timer', 'loaded', 'failed', 'failed')])
  const { call } = scene(`[ "$*" = "list-units --all --full --no-pager --no-legend --output=json" ] || exit 3\ncat <<'END'\n${units}\nEND`)
  const { rows } = await call('systemd-list-units ; touch /tmp/never')
  expect(rows.map(({ Unit, Type, Active, rowOptions }) => [Unit, Type, Active, rowOptions])).toEqual([
    ['ssh.service', 'service', 'active', { severity: 'normal' }],
    ['<b>.timer', 'timer', 'failed', { severity: 'critical' }],
  ])
})

it('[HF62] answers 503 for what is no list of units, and is not offered where systemd does not run', async () => {
  expect((await scene('echo sorry').call('systemd-list-units')).status).toBe(503)
  expect((await scene('echo "[]"; exit 1').call('systemd-list-units')).status).toBe(503)
  expect((await scene('echo "[]"', false).call('systemd-list-units')).status).toBe(404)
})

const run = (args: readonly string[], change: Partial<Parameters<typeof runProgram>[0]> = {}) => {
  const lines: string[] = []
  const onLine = (line: string) => {
    lines.push(line)
    return 'more' as const
  }
  const end = runProgram({
    file: '/bin/sh',
    args,
    signal: new AbortController().signal,
    onLine,
    maxLineBytes: 100,
    maxBytes: 10_000,
    ...change,
  })
  return { lines, end }
}

it('[HF61] hands over arguments as they are and an environment of ours', async () => {
  const { lines, end } = run(['-c', 'printf "%s\\n" "$0" "$1"; env | sort; cat', '$(id)', 'a b; c'])
  expect(await end).toBe('complete')
  expect(lines.slice(0, 2)).toEqual(['$(id)', 'a b; c'])
  expect(lines.slice(2).filter((line) => !/^(?:LC_ALL|PATH|PWD|SYSTEMD_\w+|TZ|_|OLDPWD|SHLVL)=/.test(line))).toEqual([])
})

it('[HF61] leaves out lines that are too long, also at the end, and keeps the others', async () => {
  const long = 'x'.repeat(200)
  const { lines, end } = run(['-c', `echo one; echo ${long}; echo two; printf ${long}; printf y`])
  expect(await end).toBe('complete')
  expect(lines).toEqual(['one', 'two'])
  const unfinished = run(['-c', 'printf end'])
  await unfinished.end
  expect(unfinished.lines).toEqual(['end'])
})

it('[HF61] ends a program that wrote too much, was read enough, or nobody waits for; trouble is told apart', async () => {
  expect(await run(['-c', 'yes']).end).toBe('stopped')
  expect(await run(['-c', 'yes'], { onLine: () => 'enough', maxBytes: 1e9 }).end).toBe('stopped')
  expect(await run(['-c', 'exit 4']).end).toBe('failed')
  expect(await run([], { file: '/nothing/here' }).end).toBe('failed')
  expect(await run(['-c', 'yes'], { signal: AbortSignal.abort() }).end).toBe('stopped')
  const abort = new AbortController()
  const waiting = run(['-c', 'echo $$; exec tail -f /dev/null'], { signal: abort.signal })
  const pid = await waitUntil(() => waiting.lines[0])
  abort.abort()
  expect(await waiting.end).toBe('stopped')
  expect(() => process.kill(Number(pid), 0)).toThrow()
})

it('[HF61] finds a program in the folders of the system only', () => {
  const at = (path: string) => ({ exists: (asked: string) => asked === path })
  expect([findProgram(at('/bin/x'), 'x'), findProgram(at('/home/x'), 'x')]).toEqual(['/bin/x', undefined])
})
