import type { KeyObject } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Recorded sessions of stock agents; see the README beside them. Absent outside the project's own machines and CI. */
export const recordingsFolder = new URL('../../../../shared/fixtures/aclk', import.meta.url).pathname
export const hasRecordings = existsSync(recordingsFolder)

/** One line of a recording, as far as replays read it. */
export interface RecordedLine {
  readonly t_ms: number
  readonly conn: number | null
  readonly dir: 'agent' | 'cloud'
  readonly kind: 'note' | 'http' | 'ws-open' | 'ws-close' | 'mqtt'
  readonly cmd?: string
  readonly name?: string
  readonly type?: string | null
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly packetId?: number
  readonly raw?: string
  readonly wsFrames?: readonly number[]
  readonly payload?: string
  readonly topic?: string
  readonly message?: Readonly<Record<string, unknown>>
  readonly will?: { readonly topic: string; readonly qos: 0 | 1 | 2; readonly retain: boolean; readonly payload: string }
  readonly properties?: { readonly topicAliasMaximum?: number }
  readonly mqttDisconnect?: boolean
  readonly query?: { readonly header: Readonly<Record<string, unknown>>; readonly request: string }
  readonly response?: { readonly request: string; readonly header: Readonly<Record<string, unknown>>; readonly bodyBase64?: string }
}

export interface Recording {
  readonly version: string
  readonly scenario: string
  readonly lines: readonly RecordedLine[]
  /** Claim id to the private key behind it. */
  readonly privateKeys: ReadonlyMap<string, KeyObject>
  /** Machine guid to the node id the recorded cloud gave it. */
  readonly nodeIds: ReadonlyMap<string, string>
}

interface Keys {
  readonly agents: readonly { readonly claimId: string | null; readonly privateKeyJwk?: Readonly<Record<string, string>> | null }[]
  readonly nodes: readonly { readonly machineGuid: string; readonly nodeId: string }[]
}

/** Every version and scenario there is. */
export function listRecordings(): { version: string; scenario: string }[] {
  if (!hasRecordings) return []
  return readdirSync(recordingsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: version }) =>
      readdirSync(join(recordingsFolder, version))
        .filter((file) => file.endsWith('.jsonl'))
        .map((file) => ({ version, scenario: file.slice(0, -'.jsonl'.length) })),
    )
}

export function readRecording(version: string, scenario: string): Recording {
  const base = join(recordingsFolder, version, scenario)
  const keys = JSON.parse(readFileSync(`${base}.keys.json`, 'utf8')) as Keys
  const lines = readFileSync(`${base}.jsonl`, 'utf8').trimEnd().split('\n')
  return {
    version,
    scenario,
    lines: lines.map((line) => JSON.parse(line) as RecordedLine),
    privateKeys: new Map(
      keys.agents.flatMap(({ claimId, privateKeyJwk }) =>
        claimId === null || !privateKeyJwk ? [] : [[claimId, createPrivateKey({ key: privateKeyJwk, format: 'jwk' })]],
      ),
    ),
    nodeIds: new Map(keys.nodes.map(({ machineGuid, nodeId }) => [machineGuid, nodeId])),
  }
}
