import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { systemClock } from '../support/clock.ts'
import { runCommand } from './run-command.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

it('[RQ7] (D7) the operator enters a letter, sees the days that are left and what is overdue, and answers on the command line', async () => {
  const folder = temporaryFolder()
  const env = { THROUGHLINE_DATA: join(folder, 'data'), THROUGHLINE_PORT: '1', THROUGHLINE_BACKUPS: 'off' }
  let aheadMs = 0
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs }
  const run = async (...words: string[]) => {
    const out: string[] = []
    const status = await runCommand(['requests', ...words], {
      env,
      config: () => readConfig(env),
      print: (line) => out.push(line),
      tell: (line) => out.push(line),
      stop: new AbortController().signal,
      clock,
    })
    return [status, out.join('\n')] as const
  }
  expect(await run()).toEqual([0, 'Nobody asked for anything.'])
  const letter = ['add', '--email', 'ben@example.org', '--kind', 'access', '--text', 'What\u001b[2J is there?']
  expect(await run(...letter)).toEqual([0, expect.stringMatching(/^Noted as [0-9a-f-]{36}; an answer is due by \d{4}-\d\d-\d\d\.$/)])
  const [, line] = await run()
  expect(line).toMatch(/ {2}access {2}ben@example\.org {2}due .*, 30 days left {2}"What\\u001b\[2J is there\?"$/)
  const requestId = line.slice(0, 36)
  aheadMs = 31 * 24 * 3_600_000
  expect((await run())[1]).toContain('OVERDUE since')
  expect((await run('extend', requestId, '--note', 'Later.'))[0]).toBe(1)
  expect(await run('answer', requestId, '--note', 'Nothing.')).toEqual([0, 'The request is answered.'])
  expect((await run('refuse', requestId, '--note', 'No.'))[0]).toBe(1)
  expect((await run('--json'))[1]).toContain('"note": "Nothing."')
  for (const words of [
    ['add'],
    ['answer', requestId],
    ['answer'],
    ['burn', requestId],
    ['add', '--email', 'a@b.org', '--kind', 'wish', '--text', 'x'],
  ])
    expect([words, (await run(...words))[0]]).toEqual([words, 2])
})
