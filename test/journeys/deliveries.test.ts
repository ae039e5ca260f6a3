import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { messageItem } from '../../cloud/notify/message-record.ts'
import { notifyKeys } from '../../cloud/notify/message-id.ts'
import { unpackTray } from '../../cloud/notify/pack-tray.ts'
import type { StoredItem } from '../../cloud/store/port.ts'
import type { SpaceId } from '../../src/domain/ids.ts'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { startInstallation, type Installation } from '../doubles/installation.ts'
import { withKept } from '../doubles/stores/kept-of.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { failing, startReceiver, type Receiver } from '../doubles/servers/receiver.ts'
import { alertItem, messageOf } from '../doubles/benches/sample-messages.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'
import { waitUntil } from '../doubles/wait-until.ts'

/** A value that is nothing else. */
const canary = '7391.846'

interface Row {
  readonly targetName: string
  readonly state: string
}

/** Everything an item says, also what is compressed in it. */
function textsOf(item: StoredItem): readonly string[] {
  const blob = item.blob === undefined ? [] : [Buffer.from(item.blob).toString('latin1')]
  const opened = item.sort.startsWith(notifyKeys.trayPrefix)
    ? [JSON.stringify(unpackTray(item.blob))]
    : [...blob].flatMap(() => {
        try {
          return [inflateRawSync(item.blob ?? new Uint8Array()).toString('utf8')]
        } catch {
          return []
        }
      })
  return [JSON.stringify(item.data), ...blob, ...opened]
}

/** Which items of a space hold the canary once they are opened, and how many were looked at. */
function search(cloud: Installation, spaceId: SpaceId, plant: boolean): Promise<{ found: string[]; looked: number }> {
  return withKept(cloud, async ({ store }) => {
    if (plant) {
      const kept = { targetId: 'planted', targetName: '', slug: '', personId: null, kind: 'alert', state: 'sent', changes: 1 } as const
      const more = { attempts: 1, problem: null, createdAtMs: 0, nextAttemptAtMs: null, sentAtMs: 0 }
      const message = messageOf([alertItem({ summary: `it is ${canary}` })])
      await store.write(messageItem(spaceId, { ...kept, ...more, messageId: message.messageId }, message, undefined), 'absent')
    }
    const found: string[] = []
    let looked = 0
    let after: string | undefined
    do {
      const page = await store.list(notifyKeys.partition(spaceId), after === undefined ? {} : { after })
      for (const item of page.items) {
        looked++
        if (textsOf(item).some((text) => text.includes(canary))) found.push(item.sort)
      }
      after = page.next
    } while (after !== undefined)
    return { found, looked }
  })
}

it(
  '[DL32] (N3) a receiver that hangs keeps no other waiting, and the value of an alert is in the message that asked for it and nowhere else: not in the queue, the log of deliveries, or a line',
  { timeout: 180_000 },
  async () => {
    const [values, plain, hanging, refusing] = [await startReceiver(), await startReceiver(), await startReceiver(), await startReceiver()]
    hanging.script({ does: 'hang' }, { does: 'hang' }, { does: 'hang' })
    refusing.script(failing(404))
    const authorities = [values, plain, hanging, refusing].map(({ caPem }) => caPem).join('\n')
    const caFile = join(values.caFile, '..', 'all.pem')
    await writeFile(caFile, authorities)
    const cloud = await startInstallation({
      NODE_EXTRA_CA_CERTS: caFile,
      THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
      THROUGHLINE_LOG_LEVEL: 'debug',
    })
    const call = await cloudCaller(() => cloud)
    const options = ['CRITICAL', 'WARNING', 'CLEAR']
    const make = (name: string, { url }: Receiver, includesValue: boolean) =>
      call('POST', '/channels', { name, slug: 'webhook', options, includesValue, fields: { url } })
    await make('Hangs', hanging, false)
    await make('Values', values, true)
    await make('Plain', plain, false)
    await make('Refuses', refusing, true)
    const { space } = (await call('GET', '/me')) as { space: { spaceId: SpaceId } }

    const whenS = Math.floor(Date.now() / 1_000) - 30
    const about = { chart: 'system.cpu', name: 'cpu_canary', context: 'system.cpu', status: 'critical', whenS } as const
    const alerts = [simulatedAlert({ ...about, valueText: `${canary}%` })]
    const history = [{ ...about, oldStatus: 'clear', value: Number(canary), oldValue: null, durationS: 0, units: '%' }] as const
    await connectAgents(cloud, { 'shop-1': { generation: 'A', alerts, history } })
    await Promise.all([values.until(1), plain.until(1), refusing.until(1), hanging.until(1)])
    const rows = await waitUntil(async () => {
      const { messages } = (await call('GET', '/messages')) as { messages: Row[] }
      return messages.filter(({ state }) => state === 'sent' || state === 'failed').length === 3 ? messages : undefined
    })
    expect(Object.fromEntries(rows.map(({ targetName, state }) => [targetName, state]))).toEqual({
      Hangs: 'waiting',
      Values: 'sent',
      Plain: 'sent',
      Refuses: 'failed',
    })
    expect(values.requests[0]?.text).toContain(canary)
    expect(plain.requests[0]?.text).not.toContain(canary)

    const { err, out } = await cloud.end('SIGKILL')
    expect(err).toContain('message_failed')
    expect(`${err}${out}`).not.toContain(canary)
    const clean = await search(cloud, space.spaceId, false)
    expect(clean.found).toEqual([])
    expect(clean.looked).toBeGreaterThan(8)
    // A planted one is found, so that finding none says something.
    expect((await search(cloud, space.spaceId, true)).found).toHaveLength(1)
  },
)
