import { expect, it } from 'vitest'
import { cloudCaller, type CallCloud } from '../doubles/people/cloud-caller.ts'
import { startInstallation } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { newsOf, otherIdentity, recordedAgents, recordedAlerts, type RecordedAlert } from '../doubles/agents/recorded-alerts.ts'
import { hasRecordings, recordingsFolder } from '../doubles/agents/recording.ts'
import { claimReplayed, type ReplayedAgent } from '../doubles/agents/replayed-agent.ts'
import { waitUntil } from '../doubles/wait-until.ts'

const scenarios = ['alert-transition', 'reconnect-known-state', 'tcp-cut', 'first-connect'] as const

interface FeedRow {
  readonly nodeId: string
  readonly alert: { readonly chart: string; readonly name: string; readonly status: string; readonly oldStatus: string }
}

async function feedOf(call: CallCloud): Promise<readonly FeedRow[]> {
  const { events } = (await call('GET', '/feed?kinds=alert&limit=200')) as { events: FeedRow[] }
  return events.toReversed()
}

it(
  '[AE17] recorded agents of every generation, told to a cloud that is killed with kill -9 again and again: each transition is told exactly once',
  { timeout: 420_000 },
  async () => {
    expect(hasRecordings, `no recordings at ${recordingsFolder}`).toBe(true)
    let cloud = await startInstallation()
    const call = await cloudCaller(() => cloud)
    const again = async (signal: 'SIGKILL' | 'SIGTERM') => {
      await cloud.end(signal)
      cloud = await startInstallation(cloud.env)
    }
    const agents: { readonly agent: ReplayedAgent; readonly entries: readonly RecordedAlert[]; readonly name: string }[] = []
    for (const { version, generation } of recordedAgents) {
      for (const scenario of scenarios) {
        const { entries, identity } = recordedAlerts(version, scenario)
        // Another machine with the same log where the recorded one is there already.
        const own = generation === 'B' ? { ...identity, ...otherIdentity(identity) } : identity
        const agent = await claimReplayed(cloud, await claimTokenOf(cloud), own, generation)
        agents.push({ agent, entries, name: `${version} ${generation} ${scenario}` })
      }
    }
    const connect = () => Promise.all(agents.map(({ agent }) => agent.connect()))
    const settled = () => Promise.all(agents.map(({ agent }) => agent.settled()))
    await connect()
    const rounds = Math.max(...agents.map(({ entries }) => entries.length))
    for (let round = 0; round < rounds; round++) {
      const now = agents.flatMap(({ agent, entries }) => entries.slice(round, round + 1).map((entry) => ({ agent, entry })))
      for (const { agent, entry } of now) agent.happen(entry.bytes)
      const isKilled = now.some(({ entry }) => entry.alert.endsWith(' fx_flip'))
      // Every other time the cloud has acknowledged what it is killed over.
      if (!isKilled || round % 2 === 0) await settled()
      if (!isKilled) continue
      await again('SIGKILL')
      await connect()
    }
    const wanted = Object.fromEntries(agents.map(({ name, entries }) => [name, newsOf(entries)]))
    await waitUntil(async () => (await feedOf(call)).length >= Object.values(wanted).flat().length || undefined)
    // An orderly end tells what is still under way: whatever is too much is there now.
    await again('SIGTERM')
    const rows = await feedOf(call)
    const told = Object.fromEntries(
      agents.map(({ agent, name }) => [
        name,
        rows
          .filter((row) => row.nodeId === agent.nodeId())
          .map(({ alert }) => `${alert.chart} ${alert.name}: ${alert.oldStatus} > ${alert.status}`),
      ]),
    )
    expect(told).toEqual(wanted)
    expect(Object.values(wanted).flat().length).toBeGreaterThanOrEqual(16)
  },
)
