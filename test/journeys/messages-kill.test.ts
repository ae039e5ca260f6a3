import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { claimSimulated, connectSimulated, type SimulatedAgent, type SimulatedClaim } from '../doubles/agents/agent-simulator.ts'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { startInstallation } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { failing, limiting, startReceiver } from '../doubles/servers/receiver.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import type { NodeId } from '../../src/domain/ids.ts'

const hosts = Array.from({ length: 5 }, (_, n) => `shop-${n + 1}`)
const [rounds, killsARound] = [4, 3]

/** What one receiver was told: each change with the ids of the messages it came in. */
type Told = Map<string, Set<string>>
const note = (told: Told, change: string, messageId: string) => told.set(change, new Set([...(told.get(change) ?? []), messageId]))

it(
  '[DL30] a cloud killed with kill -9 in bursts between an alert and its message tells every change to every channel, each in one message',
  { timeout: 420_000 },
  async () => {
    const [seed = 0] = seedsOf(1)
    const chance = createSeeded(seed)
    const [receiver, mailbox] = [await startReceiver(), await startMailbox()]
    const settings = {
      NODE_EXTRA_CA_CERTS: receiver.caFile,
      THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
      THROUGHLINE_SMTP_URL: mailbox.smtpUrl,
    }
    let cloud = await startInstallation(settings)
    const call = await cloudCaller(() => cloud)
    const options = ['CRITICAL', 'WARNING', 'CLEAR']
    await call('POST', '/channels', { name: 'Hook', slug: 'webhook', options, fields: { url: `${receiver.url}/hook` } })
    await call('POST', '/channels', { name: 'Mail', slug: 'email', options, fields: { address: 'ops@example.com' } })
    const claimToken = await claimTokenOf(cloud)
    const claims: SimulatedClaim[] = []
    for (const host of hosts) claims.push(await claimSimulated(cloud, claimToken, host))
    const nodeIds = new Map<string, NodeId>()
    const startS = Math.floor(Date.now() / 1_000) - 60

    /** Connects every agent, each telling these alerts as raised. */
    const connect = async (names: readonly string[], status: 'warning' | 'critical'): Promise<readonly SimulatedAgent[]> => {
      const alerts = names.map((name, n) =>
        simulatedAlert({ chart: `disk_space.${name}`, name, context: 'disk.space', status, whenS: startS + n, valueText: '97%' }),
      )
      return Promise.all(
        claims.map(async (claim) => {
          const nodeId = nodeIds.get(claim.hostname)
          const agent = await connectSimulated(cloud, claim, { alerts, ...(nodeId === undefined ? {} : { nodeId }) })
          nodeIds.set(claim.hostname, agent.nodeId)
          return agent
        }),
      )
    }
    const kill = async () => {
      await cloud.end('SIGKILL')
      cloud = await startInstallation(cloud.env)
    }

    const changes: string[] = []
    const hooked = (): Told => {
      const told: Told = new Map()
      for (const received of receiver.requests) {
        const { items, messageId, omitted } = received.json() as {
          items: { host: string; alert: string; severity: string }[]
          messageId: string
          omitted: number
        }
        expect([received.headers['throughline-delivery'], omitted]).toEqual([messageId, 0])
        for (const { host, alert, severity } of items) note(told, `${host} ${alert} ${severity}`, messageId)
      }
      return told
    }
    const mailed = (): Told => {
      const told: Told = new Map()
      for (const { messageId, text } of mailbox.mails)
        for (const change of changes) {
          const [host = '', alert = ''] = change.split(' ')
          if (text.includes(host) && text.includes(alert)) note(told, change, messageId)
        }
      return told
    }
    const names: string[] = []
    for (let round = 0; round < rounds; round++) {
      const name = `rule_${round}_${randomUUID().slice(0, 8)}`
      names.push(name)
      changes.push(...hosts.map((host) => `${host} ${name} warning`))
      // The receiver has bad moments of its own.
      receiver.script(round % 2 === 0 ? failing(503) : limiting('1'))
      for (let n = 0; n < killsARound; n++) {
        const agents = await connect(names, 'warning')
        await new Promise((resolve) => setTimeout(resolve, chance.below(2_500)))
        await kill()
        for (const agent of agents) agent.close()
      }
      await connect(names, 'warning')
      // A change that is not told yet is overtaken by the next of its alert; these are of different ones.
      await waitUntil(() => (changes.every((change) => hooked().has(change)) ? true : undefined))
      await waitUntil(() => (changes.every((change) => mailed().has(change)) ? true : undefined))
    }

    // What a receiver has, the cloud notes a moment later.
    const log = async () => {
      const { messages, counts } = (await call('GET', '/messages?limit=100')) as { messages: { state: string }[]; counts: object }
      return { seed, states: [...new Set(messages.map(({ state }) => state))], counts }
    }
    await expect.poll(log).toEqual({ seed, states: ['sent'], counts: { waiting: 0, failed: 0 } })
    const inOne = (told: Told) => Object.fromEntries([...told].map(([change, ids]) => [change, ids.size]))
    const wanted = Object.fromEntries(changes.map((change) => [change, 1]))
    expect({ seed, hook: inOne(hooked()), mail: inOne(mailed()) }).toEqual({ seed, hook: wanted, mail: wanted })
  },
)
