import { request } from 'node:https'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { openInstallation, startCloud } from '../../src/compose.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { freePort } from '../doubles/servers/free-port.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

it('[BN12] [BN3] a running cloud refuses an account, and an address even before TLS, that the command line bans, and lets them in after that', async () => {
  const folder = join(temporaryFolder(), 'data')
  const port = await freePort()
  const config = readConfig({ THROUGHLINE_DATA: folder, THROUGHLINE_PORT: String(port), THROUGHLINE_HOST_AGENT: 'off' })
  const cloud = await startCloud(config, { clock: systemClock, log: silentLog, tell: () => {} })
  onTestFinished(() => cloud.stop())
  const installation = await openInstallation(config, { clock: systemClock })
  onTestFinished(() => installation.close())
  const { token } = await installation.apiToken({ scope: 'all', name: undefined, validForMs: 3_600_000 })
  const ca = readFileSync(join(folder, 'tls', 'ca.pem'))
  const ask = () =>
    new Promise<number>((resolve) => {
      const options = { host: '127.0.0.1', port, ca, servername: 'localhost', agent: false, path: '/api/throughline/v1/nodes' }
      const asked = request({ ...options, headers: { authorization: `Bearer ${token}` } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      asked.on('error', () => resolve(0))
      asked.end()
    })
  const until = (status: number) => waitUntil(async () => ((await ask()) === status ? true : undefined))
  expect(await ask()).toBe(200)
  const forMs = 3_600_000
  const account = await installation.addBan({ kind: 'account', value: 'owner@localhost', reason: '', forMs })
  await until(403)
  await installation.removeBan(account.banId)
  await until(200)
  const address = await installation.addBan({ kind: 'ip', value: '127.0.0.1', reason: '', forMs })
  await until(0)
  await installation.removeBan(address.banId)
  await until(200)
})
