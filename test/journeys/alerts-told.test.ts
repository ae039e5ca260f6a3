import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { runThroughline, startInstallation, startThroughline } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { markedStatus, startMarked } from '../doubles/agents/marked-netdata.ts'
import { netdataProgram } from '../doubles/agents/netdata-server.ts'
import { failing, limiting, redirecting, startReceiver, type Receiver } from '../doubles/servers/receiver.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

interface Hook {
  readonly messageId: string
  readonly items: readonly { readonly alert: string; readonly severity: string }[]
}

/** What a receiver was told of the alert in all, one line a message however often it came, in order. */
function toldBy(receiver: Receiver): readonly string[] {
  const byId = new Map<string, string>()
  for (const received of receiver.requests) {
    const { messageId, items } = received.json() as Hook
    const text = items.flatMap(({ alert, severity }) => (alert === 'mark' ? [severity] : [])).join('+')
    const before = byId.get(messageId)
    // A message that comes again says the same.
    if (before !== undefined) expect(text).toBe(before)
    if (text !== '') byId.set(messageId, text)
  }
  return [...byId.values()]
}

it(
  `[DL35] alerts of ${netdataProgram} are raised, get worse, end, are silenced, and go on through kill -9 of the cloud: each change reaches each channel once`,
  { timeout: 420_000 },
  async () => {
    const netdata = await startMarked()
    const mailbox = await startMailbox()
    const receivers = {
      well: await startReceiver(),
      fails: await startReceiver(),
      limits: await startReceiver(),
      hangs: await startReceiver(),
    }
    const redirects = await startReceiver()
    const caFile = join(temporaryFolder(), 'receivers.pem')
    writeFileSync(caFile, [...Object.values(receivers), redirects].map(({ caPem }) => caPem).join('\n'))
    let cloud = await startInstallation({
      NODE_EXTRA_CA_CERTS: caFile,
      THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
      THROUGHLINE_SMTP_URL: mailbox.smtpUrl,
    })
    const call = await cloudCaller(() => cloud)
    const options = ['CRITICAL', 'WARNING', 'CLEAR']
    const hook = (name: string, { url }: Receiver) => call('POST', '/channels', { name, slug: 'webhook', options, fields: { url } })
    for (const [name, receiver] of Object.entries({ ...receivers, redirects })) await hook(name, receiver)
    await call('POST', '/channels', { name: 'mail', slug: 'email', options, fields: { address: 'ops@example.com' } })

    const source = ['--source', 'netdata', '--netdata-url', netdata.url]
    const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
    const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
    await runThroughline(
      ['claim', '--accept-manifest', '--url', cloud.url, '--token', await claimTokenOf(cloud), '--ca', ca, ...source],
      env,
    )
    await startThroughline(['agent', ...source], env).says(/online/i)
    await waitUntil(async () => {
      const { definitions } = (await call('GET', '/alert-definitions')) as { definitions: { name: string }[] }
      return definitions.some(({ name }) => name === 'mark') ? true : undefined
    })

    const told: string[] = []
    const tells = async (severity: string) => {
      told.push(severity)
      await waitUntil(() => (toldBy(receivers.well).length >= told.length ? true : undefined))
      expect(toldBy(receivers.well)).toEqual(told)
    }
    const becomes = async (level: number, status: string) => {
      await netdata.gauge('mark.level', level)
      await markedStatus(netdata, status)
    }

    receivers.fails.script(failing(500), failing(502))
    receivers.limits.script(limiting('1'))
    receivers.hangs.script({ does: 'hang' })
    redirects.script(redirecting(`${receivers.well.url}/elsewhere`))
    await becomes(15, 'WARNING')
    await tells('warning')
    await becomes(25, 'CRITICAL')
    await tells('critical')

    // The cloud is killed; what happens meanwhile is told when it is back.
    await cloud.end('SIGKILL')
    await becomes(5, 'CLEAR')
    cloud = await startInstallation(cloud.env)
    await tells('clear')

    // While it is silenced nobody is told; what is still raised when the silence goes is told once.
    const silence = { name: 'Repair', alertNames: ['mark'], startsAtMs: Date.now() - 1_000 }
    const { silenceId } = (await call('POST', '/silences', silence)) as { silenceId: string }
    const silenced = async () => ((await call('GET', '/messages')) as { silencedToday: number }).silencedToday
    await becomes(15, 'WARNING')
    await waitUntil(async () => ((await silenced()) > 0 ? true : undefined))
    expect(toldBy(receivers.well)).toEqual(told)
    await call('DELETE', `/silences/${silenceId}`)
    await tells('warning')
    await becomes(5, 'CLEAR')
    await tells('clear')

    // Those with bad moments have caught up, under the ids of the first attempts, and nobody was told anything twice.
    for (const receiver of Object.values(receivers)) {
      await waitUntil(() => (toldBy(receiver).length >= told.length ? true : undefined))
      expect(toldBy(receiver)).toEqual(told)
    }
    const mails = () => mailbox.mails.filter(({ to, subject }) => to === 'ops@example.com' && subject.includes('mark'))
    // A mail whose acceptance the cloud had no time to note before it was killed comes again, under the same id.
    const mailed = () => new Set(mails().map(({ messageId }) => messageId)).size
    await waitUntil(() => (mailed() >= told.length ? true : undefined))
    expect(mailed()).toBe(told.length)
    // A redirect is refused, followed nowhere, and visible; what came after it arrived.
    expect(receivers.well.requests.map(({ path }) => path)).not.toContain('/elsewhere')
    const states = async () => {
      const { messages } = (await call('GET', '/messages?limit=100')) as {
        messages: { targetName: string; state: string; items: { name?: string }[] }[]
      }
      const of = (target: string) => messages.filter(({ targetName }) => targetName === target)
      return {
        failed: of('redirects').filter(({ state }) => state === 'failed').length,
        well: of('well')
          .filter(({ items }) => items[0]?.name === 'mark')
          .map(({ state }) => state),
      }
    }
    await expect.poll(states).toEqual({ failed: 1, well: told.map(() => 'sent') })
  },
)
