import { join } from 'node:path'
import { expect, it } from 'vitest'
import { signOperatorToken } from '../../cloud/identity/operator-token.ts'
import { runCommand } from '../../src/cli/run-command.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { systemClock } from '../../src/support/clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

it('[RQ6] (D7) the operator erases somebody who asked by letter by the path of the profile, and nobody else may', async () => {
  const bench = await startTenancy()
  const ada = await bench.member('ada@example.com', 'observer')
  const path = `${ownApi}/people/${ada.personId}`
  for (const cookie of [ada.cookie, bench.ownerCookie]) expect((await bench.call('DELETE', path, { cookie })).status).toBe(403)
  const headers = {
    authorization: `Bearer ${await signOperatorToken(bench.keysFolder, bench.clock)}`,
    'content-type': 'application/json',
  }
  const erase = (personId: string) => bench.call('DELETE', `${ownApi}/people/${personId}`, { headers })
  expect((await erase(newUuid())).status).toBe(404)
  const sole = await erase(bench.owner.personId)
  expect([sole.status, sole.text]).toEqual([409, expect.stringContaining('admin')])
  const begun = await erase(ada.personId)
  const { statusHref } = begun.json as { statusHref: string }
  expect([begun.status, statusHref]).toEqual([202, expect.stringContaining('/erasures/')])
  expect((await bench.call('GET', `${ownApi}/me`, { cookie: ada.cookie })).status).toBe(401)
  expect(await bench.identity.people.find('ada@example.com')).toBeUndefined()
  expect((await bench.call('GET', statusHref)).json).toMatchObject({ steps: expect.any(Array) as unknown })
  expect(bench.audited.find(({ action }) => action === 'account-deleted')).toMatchObject({ via: 'operator', details: { why: 'by-letter' } })
})

it('[RQ6] the command wants the address twice, knows who is here, and needs the running cloud', async () => {
  const folder = temporaryFolder()
  const env = { THROUGHLINE_DATA: join(folder, 'data'), THROUGHLINE_PORT: '1', THROUGHLINE_BACKUPS: 'off' }
  const run = async (...words: string[]) => {
    const err: string[] = []
    const status = await runCommand(['erase-person', ...words], {
      env,
      config: () => readConfig(env),
      print: () => {},
      tell: (line) => err.push(line),
      stop: new AbortController().signal,
      clock: systemClock,
    })
    return [status, err.join('\n')]
  }
  const [email, other] = ['owner@localhost', 'ada@example.com']
  expect(await run('--email', email)).toEqual([2, expect.stringContaining('twice')])
  expect(await run('--email', email, '--confirm', other)).toEqual([2, expect.stringContaining('twice')])
  expect(await run('--email', other, '--confirm', other)).toEqual([1, expect.stringContaining('Nobody here')])
  expect(await run('--email', email, '--confirm', email)).toEqual([1, expect.stringContaining('does not run')])
})
