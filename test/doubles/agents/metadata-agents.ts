import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMetadata, type Metadata } from '../../../cloud/metadata/metadata.ts'
import { createSqliteStore } from '../../../cloud/store/sqlite/sqlite-store.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import type { ClaimId, MachineGuid, PersonId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Context, NodeInfo } from '../../../src/domain/model.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createHandClock } from '../hand-clock.ts'
import { testSeals } from '../stores/test-seals.ts'

/** Public keys as agents send them; the metadata side does not look inside. */
export function publicKeyPem(letter = 'A'): string {
  return `-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA${Buffer.from(randomBytesOf(letter)).toString('base64')}QIDAQAB\n-----END PUBLIC KEY-----\n`
}

/** Incompressible, yet the same for the same letter. */
function randomBytesOf(letter: string): Uint8Array {
  let state = letter.charCodeAt(0) * 7919
  return Uint8Array.from({ length: 256 }, () => (state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff) >> 16)
}

export function newUuid<T extends string>(): T {
  return randomUUID() as string as T
}

/** A SQLite store in a folder of its own, on a hand clock. */
export async function startStore() {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-metadata-'))
  const clock = createHandClock()
  const store = createSqliteStore({ path: join(folder, 'metadata.db'), clock, log: silentLog })
  return {
    clock,
    store,
    dispose: async () => {
      await store.close()
      await rm(folder, { recursive: true, maxRetries: 10 })
    },
  }
}

/** The services over such a store, with one space. `wrap` puts a double around the store. */
export async function startMetadata(wrap: (store: MetadataStore) => MetadataStore = (store) => store) {
  const { clock, store: sqlite, dispose } = await startStore()
  const store = wrap(sqlite)
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const space = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  return { clock, store, metadata, spaceId: space.spaceId, dispose }
}

/** Claims a machine and answers its agent. */
export async function claimAgent(
  metadata: Metadata,
  spaceId: SpaceId,
  wish: {
    token?: string | undefined
    claimId?: ClaimId
    machineGuid?: MachineGuid
    hostname?: string
    roomIds?: readonly RoomId[]
    key?: string
  } = {},
) {
  const token = wish.token ?? (await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000, uses: 1 })).token
  const claimId = wish.claimId ?? newUuid<ClaimId>()
  const machineGuid = wish.machineGuid ?? newUuid<MachineGuid>()
  await metadata.claims.claim({
    claimId,
    machineGuid,
    hostname: wish.hostname ?? 'host-1',
    token,
    roomIds: wish.roomIds ?? [],
    publicKeyPem: publicKeyPem(wish.key),
  })
  const agent = await metadata.claims.find(claimId)
  if (agent === undefined) throw new Error('the claim is not found')
  return agent
}

/** Node info like the one stock agents send (fixtures, 2.10.4). */
export function nodeInfo(hostname: string, labels: Record<string, string> = {}): NodeInfo {
  return {
    hostname,
    os: 'linux',
    osName: 'Debian GNU/Linux',
    osVersion: '12 (bookworm)',
    kernelName: 'Linux',
    kernelVersion: '6.1.0-41-amd64',
    architecture: 'x86_64',
    cpus: 8,
    cpuFrequencyHz: '3400000000',
    memoryBytes: '33554432000',
    diskSpaceBytes: '512110190592',
    agentVersion: 'v2.10.4',
    releaseChannel: 'stable',
    timezone: 'CET',
    virtualization: 'none',
    container: 'none',
    isChild: false,
    labels: {
      _os_name: 'Debian GNU/Linux',
      _os_version: '12 (bookworm)',
      _kernel_version: '6.1.0-41-amd64',
      _system_cores: '8',
      _system_cpu_freq: '3400000000',
      _system_cpu_model: 'AMD Ryzen 7 5700G with Radeon Graphics',
      _system_ram_total: '33554432000',
      _system_disk_space: '512110190592',
      _architecture: 'x86_64',
      _virtualization: 'none',
      _container: 'none',
      _hostname: hostname,
      _os: 'linux',
      _timezone: 'Europe/Berlin',
      _abbrev_timezone: 'CET',
      _aclk_proxy: 'none',
      _aclk_available: 'true',
      _mqtt_version: '5',
      _aclk_ng_new_cloud_protocol: 'true',
      _has_unstable_connection: 'false',
      _is_k8s_node: 'false',
      _is_parent: 'false',
      _is_ephemeral: 'false',
      _net_default_iface: 'enp5s0',
      _net_default_iface_ip: '10.20.30.40',
      _hw_sys_vendor: 'ASUS',
      _hw_product_name: 'PRIME B550M-A',
      _cloud_provider_type: 'unknown',
      _cloud_instance_type: 'unknown',
      ...labels,
    },
    capabilities,
  }
}

export const capabilities = ['proto', 'ml', 'mc', 'ctx', 'funcs', 'http_api_v2', 'health', 'req_cancel', 'dyncfg'].map((name, n) => ({
  name,
  version: n === 1 ? 0 : 1,
  enabled: n !== 1,
}))

const segments = [
  'system',
  'mem',
  'cpu',
  'disk',
  'disk_ext',
  'net',
  'ip',
  'ipv4',
  'ipv6',
  'netfilter',
  'app',
  'user',
  'usergroup',
  'cgroup',
  'systemd',
  'netdata',
  'nginx',
  'mysql',
]

/** Contexts as an agent has them shortly after its start: nearly the same version, and a handful of first seconds. */
export function someContexts(count: number, startS = 1_795_296_434): Context[] {
  return Array.from({ length: count }, (_, n) => {
    const segment = segments[n % segments.length] ?? 'system'
    return {
      id: `${segment}.metric_${n}`,
      version: BigInt(startS + 81 + (n % 17 === 0 ? 1 : 0)),
      firstEntryS: BigInt(startS + ((n * 7) % 13 === 0 ? n % 9 : 0)),
      lastEntryS: n % 50 === 3 ? BigInt(startS + 60 + n) : 0n,
      title: `What ${segment} says about metric ${n}`,
      priority: 1000 + n,
      chartType: n % 3 === 0 ? 'line' : 'stacked',
      units: n % 2 === 0 ? 'percentage' : 'operations/s',
      family: segment,
    }
  })
}
