import { expect, it } from 'vitest'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { startInstallation } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { newsOf, otherIdentity, recordedAgents, recordedAlerts, type RecordedAlert } from '../doubles/agents/recorded-alerts.ts'
import { failing, startReceiver } from '../doubles/servers/receiver.ts'
import { hasRecordings, recordingsFolder } from '../doubles/agents/recording.ts'
import { claimReplayed, type ReplayedAgent } from '../doubles/agents/replayed-agent.ts'
import { waitUntil } from '../doubles/wait-until.ts'

interface Hook {
  readonly messageId: string
  readonly items: readonly { readonly host: string; readonly alert: string; readonly severity: string }[]
}

it(
  '[DL37] what recorded agents of every generation tell reaches a webhook and a mailbox once and in order, the cloud killed in the middle',
  { timeout: 300_000 },
  async () => {
    expect(hasRecordings, `no recordings at ${recordingsFolder}`).toBe(true)
    const [receiver, mailbox] = [await startReceiver(), await startMailbox()]
    let cloud = await startInstallation({
      NODE_EXTRA_CA_CERTS: receiver.caFile,
      THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
      THROUGHLINE_SMTP_URL: mailbox.smtpUrl,
    })
    const call = await cloudCaller(() => cloud)
    const options = ['CRITICAL', 'WARNING', 'CLEAR']
    await call('POST', '/channels', { name: 'Hook', slug: 'webhook', options, fields: { url: receiver.url } })
    await call('POST', '/channels', { name: 'Mail', slug: 'email', options, fields: { address: 'ops@example.com' } })

    const agents: { readonly host: string; readonly agent: ReplayedAgent; readonly entries: readonly RecordedAlert[] }[] = []
    for (const { version, generation } of recordedAgents) {
      const { entries, identity } = recordedAlerts(version, 'alert-transition')
      const host = `${version}-${generation}`
      // Another machine with the same log where the recorded one is there already.
      const own = { ...identity, ...(generation === 'B' ? otherIdentity(identity) : {}), hostname: host }
      agents.push({ host, entries, agent: await claimReplayed(cloud, await claimTokenOf(cloud), own, generation) })
    }
    const connect = () => Promise.all(agents.map(({ agent }) => agent.connect()))
    const last = (text: string) => text.split(' ').at(-1) ?? ''
    /** What each host has told so far, as severities in order. */
    const wanted = new Map<string, readonly string[]>()
    const told = (): Map<string, readonly string[]> => {
      const byId = new Map(receiver.requests.map((request) => [(request.json() as Hook).messageId, request.json() as Hook]))
      const found = new Map<string, readonly string[]>()
      for (const { items } of byId.values())
        for (const { host, alert, severity } of items) found.set(host, [...(found.get(host) ?? []), `${alert} ${severity}`])
      return found
    }
    const isAllTold = () => [...wanted].every(([host, lines]) => (told().get(host)?.length ?? 0) >= lines.length)

    receiver.script(failing(503))
    await connect()
    const rounds = Math.max(...agents.map(({ entries }) => entries.length))
    let kills = 0
    for (let round = 0; round < rounds; round++) {
      let isNew = false
      for (const { host, agent, entries } of agents) {
        const entry = entries[round]
        if (entry === undefined) continue
        const news = newsOf(entries.slice(0, round + 1)).map((line) => `${last(line.split(':')[0] ?? '')} ${last(line)}`)
        isNew ||= news.length > (wanted.get(host)?.length ?? 0)
        wanted.set(host, news)
        agent.happen(entry.bytes)
      }
      await Promise.all(agents.map(({ agent }) => agent.settled()))
      if (!isNew) continue
      if (kills++ === 1) {
        await cloud.end('SIGKILL')
        cloud = await startInstallation(cloud.env)
        await connect()
      }
      await waitUntil(() => (isAllTold() ? true : undefined))
    }
    expect(Object.fromEntries(told())).toEqual(Object.fromEntries(wanted))
    const changes = [...wanted.values()].flat().length
    expect(changes).toBeGreaterThanOrEqual(16)
    // The mailbox was told as much, by as many mails as there were messages, each with an id of its own.
    const log = async () => {
      const answer = await call('GET', '/messages?limit=100')
      return (answer as { messages: { targetName: string; state: string; changes: number }[] }).messages
    }
    await waitUntil(async () => ((await log()).every(({ state }) => state === 'sent') ? true : undefined))
    const byMail = (await log()).filter(({ targetName }) => targetName === 'Mail')
    expect(byMail.reduce((sum, message) => sum + message.changes, 0)).toBe(changes)
    const ids = mailbox.mails.filter(({ to }) => to === 'ops@example.com').map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(byMail.length)
  },
)
