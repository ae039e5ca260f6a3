import type { Capability, NodeInfo } from '../../../src/domain/model.ts'
import { metadataLimits } from '../limits.ts'
import { boundedInteger, cleanHostname, cleanText } from '../text-rules.ts'
import { capabilityTuple, type NodeRecord } from './node-record.ts'

/** What is kept of an agent's facts, and how many labels were more than is kept. */
export interface KeptFacts {
  readonly info: NonNullable<NodeRecord['info']>
  readonly droppedLabels: number
}

/** The facts of a node field by field: the published list of what is stored of them (security requirement P3). */
export function keepFacts(info: NodeInfo): KeptFacts {
  const fact = (text: unknown) => cleanText(text, metadataLimits.factBytes)
  const { labels, dropped } = keepLabels(info.labels)
  return {
    info: {
      hostname: cleanHostname(info.hostname),
      os: fact(info.os),
      osName: fact(info.osName),
      osVersion: fact(info.osVersion),
      kernelName: fact(info.kernelName),
      kernelVersion: fact(info.kernelVersion),
      architecture: fact(info.architecture),
      cpus: boundedInteger(info.cpus, 0, 1_000_000),
      cpuFrequencyHz: fact(info.cpuFrequencyHz),
      memoryBytes: fact(info.memoryBytes),
      diskSpaceBytes: fact(info.diskSpaceBytes),
      agentVersion: fact(info.agentVersion),
      releaseChannel: fact(info.releaseChannel),
      timezone: fact(info.timezone),
      virtualization: fact(info.virtualization),
      container: fact(info.container),
      isChild: info.isChild,
      labels,
      capabilities: keepCapabilities(info.capabilities),
    },
    droppedLabels: dropped,
  }
}

/** Labels in the order of their keys, so that the same set is the same text however the agent's map was ordered. */
function keepLabels(labels: NodeInfo['labels']): { labels: { [key: string]: string }; dropped: number } {
  const kept: [string, string][] = []
  let bytes = 0
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [rawKey, rawValue] of entries) {
    const key = cleanText(rawKey, metadataLimits.labelKeyBytes)
    const value = cleanText(rawValue, metadataLimits.labelValueBytes)
    bytes += Buffer.byteLength(JSON.stringify([key, value]))
    if (key === '' || kept.length === metadataLimits.labels || bytes > metadataLimits.labelsTotalBytes) continue
    kept.push([key, value])
  }
  // fromEntries defines properties: a label named __proto__ is a label.
  return { labels: Object.fromEntries(kept), dropped: entries.length - kept.length }
}

/** Abilities as they are kept. */
export function keepCapabilities(capabilities: readonly Capability[]): ReturnType<typeof capabilityTuple>[] {
  return capabilities
    .slice(0, metadataLimits.capabilities)
    .map(({ name, version, enabled }) =>
      capabilityTuple({ name: cleanText(name, metadataLimits.factBytes), version: boundedInteger(version, 0, 0xffff_ffff), enabled }),
    )
}

/** Collectors sorted and each once, since agents list them in no fixed order. */
export function keepCollectors(collectors: readonly { plugin: string; module: string }[]): [string, string][] {
  const kept = new Map<string, [string, string]>()
  let bytes = 0
  for (const { plugin, module } of collectors) {
    const pair: [string, string] = [cleanText(plugin, metadataLimits.factBytes), cleanText(module, metadataLimits.factBytes)]
    const id = JSON.stringify(pair)
    if (kept.has(id)) continue
    bytes += Buffer.byteLength(id)
    if (kept.size === metadataLimits.collectors || bytes > metadataLimits.collectorsTotalBytes) break
    kept.set(id, pair)
  }
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair)
}
