import { readRecording } from './recording.ts'
import type { claimReplayed, ReplayedGeneration } from './replayed-agent.ts'

/** Recorded agents with alerts, and how each streams them. */
export const recordedAgents = [
  { version: '1.37.1', generation: 'A' },
  // The same log told the way generation B does: all of it again with each connection (no recording of it exists).
  { version: '2.10.4', generation: 'B' },
  { version: '2.10.4', generation: 'C' },
  { version: '2.11.0-84-nightly', generation: 'C' },
] as const satisfies readonly { version: string; generation: ReplayedGeneration }[]

const words = ['null', 'unknown', 'removed', 'undefined', 'clear', 'warning', 'critical']
const isRaised = (status: string) => status === 'warning' || status === 'critical'

/** One entry of a recorded log: of which alert (chart and name), which status, and the recorded bytes. */
export interface RecordedAlert {
  readonly alert: string
  readonly status: string
  readonly bytes: Buffer
}

/** The alert log of the agent in a recording, and who it is. */
export function recordedAlerts(
  version: string,
  scenario: string,
): { readonly entries: readonly RecordedAlert[]; readonly identity: Identity } {
  const recording = readRecording(version, scenario)
  const [[machineGuid, nodeId] = ['', '']] = recording.nodeIds
  const [[claimId, privateKey] = ['', undefined]] = recording.privateKeys
  if (privateKey === undefined) throw new Error(`${version} ${scenario} has no key`)
  const entries = recording.lines
    .filter(({ dir, name, message }) => dir === 'agent' && name?.startsWith('alarm-log') === true && message?.['node_id'] === nodeId)
    .map(({ message, payload = '' }) => ({
      alert: `${String(message?.['chart'])} ${String(message?.['name'])}`,
      status: words[Number(message?.['status'] ?? 0)] ?? '',
      bytes: Buffer.from(payload, 'base64'),
    }))
  return { entries, identity: { claimId, machineGuid, privateKey, hostname: `${scenario}-${version}` } }
}
type Identity = Parameters<typeof claimReplayed>[2]

/** What has to be told of a log: what is raised, what ends that, nothing twice. */
export function newsOf(entries: readonly RecordedAlert[]): string[] {
  const told = new Map<string, string>()
  const news: string[] = []
  for (const { alert, status } of entries) {
    if (!isRaised(status) && status !== 'clear' && status !== 'removed') continue
    const before = told.get(alert) ?? 'clear'
    if (status === before || (!isRaised(status) && !isRaised(before))) continue
    told.set(alert, status)
    news.push(`${alert}: ${before} > ${status}`)
  }
  return news
}

/** The ids of the last letter changed: the key stays the recorded one. */
export function otherIdentity({ claimId, machineGuid }: Identity): Pick<Identity, 'claimId' | 'machineGuid'> {
  const other = (id: string) => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`
  return { claimId: other(claimId), machineGuid: other(machineGuid) }
}
