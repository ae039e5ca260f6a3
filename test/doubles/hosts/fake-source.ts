import type { Context, NodeInfo } from '../../../src/domain/model.ts'
import { jsonAnswer } from '../../../agent-link/sources/source.ts'
import type { Source, SourceAlert, SourceAlertConfig, SourceChange, SourceTransition } from '../../../agent-link/sources/source.ts'
import { contextVersion } from '../../../agent-link/sources/context-version.ts'

/** A source whose every word the test decides. */
export interface FakeSource extends Source {
  setContexts(contexts: readonly Context[]): void
  setAlerts(alerts: readonly SourceAlert[], log?: readonly SourceTransition[]): void
  emit(change: SourceChange): void
}

export const fakeNodeInfo: NodeInfo = {
  hostname: 'edge-1',
  os: 'linux',
  osName: 'Debian',
  osVersion: '12',
  kernelName: 'Linux',
  kernelVersion: '6.1',
  architecture: 'x86_64',
  cpus: 4,
  cpuFrequencyHz: '2100000000',
  memoryBytes: '1024',
  diskSpaceBytes: '2048',
  agentVersion: 'v1.2.3',
  releaseChannel: 'stable',
  timezone: 'UTC',
  virtualization: 'kvm',
  container: 'none',
  isChild: false,
  labels: { _os_name: 'Debian' },
  capabilities: [],
}

export function fakeContext(id: string, change: Partial<Context> = {}): Context {
  const definition = { id, title: `Title of ${id}`, units: 'things', family: 'family', chartType: 'line', priority: 100 }
  return { ...definition, version: contextVersion(definition), firstEntryS: 1_700_000_000n, lastEntryS: 0n, ...change }
}

export function fakeAlert(name: string, change: Partial<SourceAlert> = {}): SourceAlert {
  return {
    chart: 'system.cpu',
    name,
    context: 'system.cpu',
    family: 'cpu',
    status: 'clear',
    whenS: 1_700_000_000,
    configHash: '6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11',
    execPath: '/bin/notify',
    configSource: '1@cpu.conf',
    delayS: 1,
    delayUpToS: 2,
    lastRepeatS: 3,
    isSilenced: true,
    valueText: '1 %',
    value: 1,
    info: 'info',
    summary: 'summary',
    ...change,
  }
}

export function createFakeSource(
  start: {
    contexts?: readonly Context[]
    alerts?: readonly SourceAlert[]
    configs?: Readonly<Record<string, SourceAlertConfig>>
    hasAlerts?: boolean
    /** Answers configuration with what it was asked. */
    isConfigurable?: boolean
  } = {},
): FakeSource {
  let contexts = start.contexts ?? []
  let alerts = start.alerts ?? []
  let log: readonly SourceTransition[] = []
  const listeners = new Set<(change: SourceChange) => void>()
  return {
    kind: 'host',
    hasAlerts: start.hasAlerts ?? true,
    machineGuid: undefined,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    info: () => ({ node: fakeNodeInfo, collectors: [{ plugin: 'proc.plugin', module: '/proc/stat' }] }),
    contexts: () => contexts,
    alerts: () => alerts,
    alertLog: () => log,
    alertConfig: (hash) => start.configs?.[hash],
    ...(start.isConfigurable ? { configure: (request) => Promise.resolve(jsonAnswer(200, JSON.stringify(request))) } : {}),
    answer: ({ command }) => Promise.resolve(jsonAnswer(200, JSON.stringify({ command }))),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setContexts: (next) => void (contexts = next),
    setAlerts(next, entries = log) {
      alerts = next
      log = entries
    },
    emit(change) {
      for (const listener of listeners) listener(change)
    },
  }
}
