// The product as it is shipped: the built `startCloud` with SQLite and no host agent, on a free loopback port.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Compose from '../../src/compose.ts'
import type * as ReadConfig from '../../src/config/read-config.ts'
import type * as Clock from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { freePort } from '../doubles/servers/free-port.ts'
import { serveCommands, settledMemory, usedCpu } from './server-commands.ts'

/** What the product tells when it is up. */
export interface ProductHello {
  readonly url: string
  readonly caPem: string
  /** Where the certificate lies that the bare server serves, too. */
  readonly tlsFolder: string
}

const built = (path: string): string => new URL(`../../dist/src/${path}`, import.meta.url).href
const { startCloud, openInstallation } = (await import(built('compose.js'))) as typeof Compose
const { readConfig } = (await import(built('config/read-config.js'))) as typeof ReadConfig
const { systemClock: clock } = (await import(built('support/clock.js'))) as typeof Clock

const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
const port = await freePort()
const url = `https://127.0.0.1:${port}`
const config = readConfig({
  THROUGHLINE_PORT: String(port),
  THROUGHLINE_LISTEN: '127.0.0.1',
  THROUGHLINE_PUBLIC_URL: url,
  THROUGHLINE_DATA: join(folder, 'data'),
  THROUGHLINE_HOST_AGENT: 'off',
})
const cloud = await startCloud(config, { clock, log: silentLog, tell: () => {} })
const installation = await openInstallation(config, { clock })

async function stop(): Promise<never> {
  await installation.close()
  await cloud.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}

serveCommands((command) => {
  const { ask } = command
  if (ask === 'memory') return settledMemory()
  if (ask === 'cpu') return usedCpu()
  if (ask === 'rss') return process.memoryUsage.rss()
  if (ask === 'sign-in-link') return command.email === undefined ? cloud.signInLink() : installation.signInLink(command.email)
  if (ask === 'claim-token') return installation.claimToken().then(({ token }) => token)
  if (ask === 'stop') return stop()
  throw new Error(`no such command here: ${ask}`)
})
const hello: ProductHello = {
  url,
  caPem: readFileSync(join(folder, 'data', 'tls', 'ca.pem'), 'utf8'),
  tlsFolder: join(folder, 'data', 'tls'),
}
process.send?.(hello)
