import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { MachineGuid } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { SourceInfo } from '../source.ts'
import { timezoneAbbreviation } from '../timezone.ts'

/** Collectors in one list; more is no agent. */
const collectorLimit = 2_000

/** What `/api/v1/info` (agent-api §4.1) tells. Throws SOURCE_UNAVAILABLE when it is not the answer of a netdata agent. */
export function readInfo(document: unknown): { readonly machineGuid: MachineGuid; readonly info: SourceInfo } {
  const fields = asRecord(document)
  const machineGuid = canonicalUuid(fields['uid'])
  const version = text(fields['version'])
  if (machineGuid === undefined || version === '') {
    throw new ThroughlineError('SOURCE_UNAVAILABLE', 'What answers at the agent address is not a netdata agent.')
  }
  const hosts: unknown[] = Array.isArray(fields['mirrored_hosts_status']) ? fields['mirrored_hosts_status'] : []
  const own = hosts.map(asRecord).find((host) => host['guid'] === fields['uid'])
  const mirrored: unknown[] = Array.isArray(fields['mirrored_hosts']) ? fields['mirrored_hosts'] : []
  // An agent in a container sees its image's files; that is then the best that is known.
  const os = (name: string) => known(fields[`os_${name}`]) ?? known(fields[`container_os_${name}`]) ?? ''
  const collectors: unknown[] = Array.isArray(fields['collectors']) ? fields['collectors'].slice(0, collectorLimit) : []
  return {
    machineGuid: machineGuid as MachineGuid,
    info: {
      node: {
        hostname: text(own?.['hostname']) || text(mirrored[0]) || 'unknown',
        os: 'linux',
        osName: os('name'),
        osVersion: os('version'),
        kernelName: text(fields['kernel_name']),
        kernelVersion: text(fields['kernel_version']),
        architecture: text(fields['architecture']),
        cpus: Number.parseInt(text(fields['cores_total']), 10) || 0,
        cpuFrequencyHz: digits(fields['cpu_freq']),
        memoryBytes: digits(fields['ram_total']),
        diskSpaceBytes: digits(fields['total_disk_space']),
        agentVersion: version,
        releaseChannel: text(fields['release-channel']),
        timezone: timezoneAbbreviation(),
        virtualization: text(fields['virtualization']),
        container: text(fields['container']),
        isChild: false,
        labels: labels(fields['host_labels']),
        capabilities: [],
      },
      collectors: collectors.map(asRecord).map((collector) => ({ plugin: text(collector['plugin']), module: text(collector['module']) })),
    },
  }
}

function labels(value: unknown): Record<string, string> {
  const entries = Object.entries(asRecord(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  // Limits of what a cloud keeps of an agent (security requirements §1).
  return Object.fromEntries(entries.slice(0, 256).map(([key, label]) => [key.slice(0, 200), label.slice(0, 800)]))
}

/** Any value as a record; what is none is empty. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** A value as text: text itself, or a number's; else empty. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : ''
}

const known = (value: unknown) => (text(value) === '' || value === 'unknown' || value === 'none' ? undefined : text(value))
const digits = (value: unknown) => (/^\d{1,20}$/.test(text(value)) ? text(value) : '0')
