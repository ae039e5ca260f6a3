import { join } from 'node:path'
import Database from 'libsql'
import { expect, it } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { systemClock } from '../support/clock.ts'
import { runCommand } from './run-command.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

/** The commands of an installation whose cloud does not run. */
function setUp() {
  const above = temporaryFolder()
  const folder = join(above, 'data')
  const env = { THROUGHLINE_DATA: folder, THROUGHLINE_PORT: '1' }
  const run = async (...argv: string[]) => {
    const out: string[] = []
    const err: string[] = []
    const status = await runCommand(argv, {
      env,
      config: () => readConfig(env),
      print: (line) => out.push(line),
      tell: (line) => err.push(line),
      stop: new AbortController().signal,
      clock: systemClock,
    })
    return { status, out, err }
  }
  return { folder, run }
}

it('[AU14] audit verify proves the chains without a running cloud, and names the first broken entry with status 1', async () => {
  const { folder, run } = setUp()
  for (let n = 0; n < 3; n++) await run('ban', 'add', 'ip', `192.0.2.${n}`)
  const whole = await run('audit', 'verify')
  expect(whole).toEqual({ status: 0, out: [expect.stringMatching(/^[0-9a-f-]{36}: whole, 3 entries\.$/)], err: [] })
  const [spaceId = ''] = (whole.out[0] ?? '').split(':')
  const lines = (await run('audit', 'export', '--space', spaceId)).out.map((line) => JSON.parse(line) as { seq: number; chain: string })
  expect(lines.map(({ seq, chain }) => [seq, chain])).toEqual([1, 2, 3].map((seq) => [seq, spaceId]))
  expect((await run('audit', 'verify', '--space', spaceId)).out).toEqual([`${spaceId}: whole, 4 entries.`])
  const file = new Database(join(folder, 'metadata.db'))
  file.exec(
    `UPDATE items SET data = replace(data, 'ban-added', 'ban-adder') WHERE sort = x'${Buffer.from('entry/000000000002').toString('hex')}'`,
  )
  file.close()
  const broken = await run('audit', 'verify')
  expect([broken.status, broken.out]).toEqual([
    1,
    [`${spaceId}: BROKEN at entry 2: it cannot be read. Number of whole entries before it: 1.`],
  ])
  expect((await run('audit', 'verify', '--json')).out.join('')).toContain('"brokenAt": 2')
  const taking = new Database(join(folder, 'metadata.db'))
  taking.exec("DELETE FROM items WHERE kind IN ('audit-head', 'audit-entry')")
  taking.close()
  expect(await run('audit', 'verify')).toEqual({ status: 0, out: [`${spaceId}: no entries.`], err: [] })
  for (const words of [['audit'], ['audit', 'x'], ['audit', 'verify', '--space', 'x']]) expect((await run(...words)).status).toBe(2)
})

it('[BN12] bans are added, listed and removed in the store itself, and an account is named by its address', async () => {
  const { run } = setUp()
  expect((await run('ban', 'list')).out).toEqual(['Nobody is kept out.'])
  expect((await run('ban', 'add', 'account', 'owner@localhost', '--for', '2h', '--reason', 'left')).out).toEqual([
    expect.stringMatching(/^account [0-9a-f-]{36} is kept out until .*; open links are cut within seconds\.$/),
  ])
  await run('ban', 'add', 'cidr', '203.0.113.0/24')
  const { bans } = JSON.parse((await run('ban', 'list', '--json')).out.join('')) as {
    bans: { banId: string; kind: string; reason: string }[]
  }
  expect(bans.map(({ kind, reason }) => [kind, reason]).toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))).toEqual([
    ['account', 'left'],
    ['cidr', ''],
  ])
  expect((await run('ban', 'remove', '203.0.113.0/24')).status).toBe(0)
  expect((await run('ban', 'remove', bans.find(({ kind }) => kind === 'account')?.banId ?? '')).status).toBe(0)
  expect((await run('ban', 'list')).out).toEqual(['Nobody is kept out.'])
  for (const [status, ...words] of [
    [1, 'ban', 'add', 'ip', 'x'],
    [1, 'ban', 'add', 'account', 'nobody@example.com'],
    [1, 'ban', 'remove', 'x'],
    [2, 'ban', 'add', 'mac', 'x'],
    [2, 'ban', 'add', 'ip', '192.0.2.1', '--for', 'ever'],
    [2, 'ban'],
  ] as const)
    expect([words, (await run(...words)).status]).toEqual([words, status])
})
