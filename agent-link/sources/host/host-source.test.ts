import { expect, it } from 'vitest'
import { createFakeKernel } from '../../../test/doubles/hosts/fake-kernel.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { MachineGuid } from '../../../src/domain/ids.ts'
import { contextsVersionHash } from '../../../src/domain/version-hash.ts'
import { silentLog } from '../../../src/support/log.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { contextVersion } from '../context-version.ts'
import { parseOsRelease } from './host-info.ts'
import { createHostSource, hostMetrics } from './host-source.ts'
import { openKernelFiles } from './kernel/files.ts'
import { createCpuMetric } from './metrics/cpu.ts'
import { createLoadMetric } from './metrics/load.ts'
import { createNetworkMetric } from './metrics/network.ts'
import type { Source, SourceChange } from '../source.ts'

const machineGuid = '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as MachineGuid
const base = {
  machineGuid,
  hostname: 'edge-1',
  agentVersion: '1.2.3',
  sinceS: 1_799_000_000,
  log: silentLog,
  platform: 'linux',
  stockAlerts: [],
}

const stat = (n: number) => `cpu ${100 * n} 0 0 ${100 * n} 0 0 0 0 0 0\nprocs_running 1\nprocs_blocked 0\n`

/** A source over texts; `tick` moves one second on with new counters. */
function scene(texts: Record<string, string> = {}) {
  const clock = createHandClock(1_800_000_000_500)
  const kernel = createFakeKernel({ 'proc/stat': stat(1), 'proc/loadavg': '1 2 3 1/9 9', ...texts })
  const source = createHostSource({
    ...base,
    clock,
    files: kernel,
    metrics: [createCpuMetric(), createLoadMetric(), createNetworkMetric()],
  })
  const changes: SourceChange[] = []
  source.onChange((change) => void changes.push(change))
  let n = 1
  const tick = (count = 1) => {
    for (let index = 0; index < count; index++) {
      kernel.texts['proc/stat'] = stat(++n)
      clock.advance(1_000)
    }
  }
  return { clock, kernel, source, changes, tick }
}

async function json(source: Source, command: string, query = ''): Promise<Record<string, unknown>> {
  const answer = await source.answer({ command, query, acceptsGzip: false }, new AbortController().signal)
  return JSON.parse(new TextDecoder().decode(answer.body)) as Record<string, unknown>
}

it('[HS17] is started when its contexts are complete, and tells of later ones by a change', async () => {
  const { source, tick, kernel, changes } = scene()
  const started = source.start()
  tick(3)
  await started
  expect(source.contexts().map(({ id }) => id)).toEqual(['system.cpu', 'system.load', 'system.processes', 'system.active_processes'])
  expect(changes).toEqual([])
  kernel.texts['proc/net/dev'] = 'eth0: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n'
  tick()
  kernel.texts['proc/net/dev'] = 'eth0: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n'
  tick(3)
  expect(changes).toEqual(['contexts'])
  expect(source.contexts().map(({ id }) => id)).toContain('net.net')
  await source.stop()
})

it('[HS17] has the same contexts with the same versions after a restart, so both ends agree without a word', async () => {
  const hashes = []
  for (let run = 0; run < 2; run++) {
    const { source, tick } = scene()
    const started = source.start()
    tick(3)
    await started
    expect(source.contexts()[0]).toMatchObject({
      id: 'system.cpu',
      firstEntryS: 1_799_000_000n,
      lastEntryS: 0n,
      title: 'Total CPU utilization',
      family: 'cpu',
      priority: 100,
    })
    hashes.push(contextsVersionHash(source.contexts()))
    await source.stop()
  }
  expect(hashes[0]).toBe(hashes[1])
})

it('[HS17] the version of a context is 32 bits that follow its definition alone', () => {
  const definition = { id: 'a', title: 't', units: 'u', family: 'f', chartType: 'line', priority: 1 }
  const version = contextVersion(definition)
  expect(version).toBeGreaterThan(0n)
  expect(version).toBeLessThan(2n ** 32n)
  expect(contextVersion({ ...definition })).toBe(version)
  expect(contextVersion({ ...definition, title: 'other' })).not.toBe(version)
})

it('[HS18] refuses in one sentence where there is no Linux kernel or nothing of it can be read', async () => {
  const clock = createHandClock()
  const elsewhere = createHostSource({ ...base, clock, files: createFakeKernel({}), metrics: [], platform: 'darwin' })
  await expect(elsewhere.start()).rejects.toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    message: expect.stringContaining('this is darwin') as string,
  })
  const empty = createHostSource({ ...base, clock, files: createFakeKernel({}), metrics: [createCpuMetric()] })
  await expect(empty.start()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
})

it('[HS19] serves info, contexts, context, charts, chart and alarms in the shapes of API v1', async () => {
  const { source, tick, clock } = scene()
  const started = source.start()
  tick(3)
  await started
  const nowS = Math.floor(clock.nowMs() / 1000)

  expect(await json(source, 'info')).toMatchObject({
    version: 'v1.2.3',
    uid: machineGuid,
    mirrored_hosts: ['edge-1'],
    kernel_name: 'Linux',
    cores_total: expect.stringMatching(/^\d+$/) as string,
    ram_total: expect.stringMatching(/^\d+$/) as string,
    alarms: { normal: 0, warning: 0, critical: 0 },
    collectors: expect.arrayContaining([{ plugin: 'proc.plugin', module: '/proc/stat' }]) as unknown,
  })
  expect(await json(source, 'contexts')).toMatchObject({
    hostname: 'edge-1',
    machine_guid: machineGuid,
    contexts: {
      'system.cpu': {
        title: 'Total CPU utilization',
        units: 'percentage',
        family: 'cpu',
        chart_type: 'stacked',
        priority: 100,
        last_time_t: nowS,
        collected: true,
      },
    },
  })
  expect((await json(source, 'contexts'))['contexts']).not.toHaveProperty(['system.cpu', 'charts'])
  expect(await json(source, 'context', 'context=system.load&options=charts,dimensions,labels')).toMatchObject({
    charts: {
      'system.load': {
        context: 'system.load',
        update_every: 5,
        labels: { _collect_plugin: 'proc.plugin', _collect_module: '/proc/loadavg' },
        dimensions: { load1: { name: 'load1', collected: true } },
      },
    },
  })
  expect(await json(source, 'charts')).toMatchObject({
    hostname: 'edge-1',
    update_every: 1,
    history: 3600,
    charts_count: 4,
    charts: { 'system.cpu': { id: 'system.cpu' } },
  })
  expect(await json(source, 'chart', 'chart=system.cpu')).toMatchObject({
    id: 'system.cpu',
    context: 'system.cpu',
    title: 'Total CPU utilization (system.cpu)',
    data_url: '/api/v1/data?chart=system.cpu',
    last_entry: nowS,
    dimensions: { user: { name: 'user' } },
  })
  expect(await json(source, 'alarms', 'all')).toEqual({
    hostname: 'edge-1',
    latest_alarm_log_unique_id: 0,
    status: true,
    now: nowS,
    alarms: {},
  })
  expect(await json(source, 'data', 'chart=system.cpu&dimension=user&after=-1')).toMatchObject({ data: [[nowS - 1, 50]] })
  const statuses = []
  for (const [command, query] of [
    ['chart', 'chart=x'],
    ['context', 'context=x'],
    ['context', ''],
    ['data', ''],
    ['constructor', ''],
  ] as const) {
    statuses.push((await source.answer({ command, query, acceptsGzip: false }, new AbortController().signal)).status)
  }
  expect(statuses).toEqual([404, 404, 400, 400, 404])
})

it('[HS20] reads this very host: CPU, memory, load, network, processes and uptime, every second', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const clock = createHandClock(Date.now())
  const files = openKernelFiles()
  const source = createHostSource({
    ...base,
    clock: { ...clock, monotonicMs: () => systemClock.monotonicMs() },
    files,
    metrics: hostMetrics(),
  })
  const started = source.start()
  for (let second = 0; second < 5; second++) {
    await new Promise(setImmediate)
    clock.advance(1_000)
  }
  await started
  const ids = source.contexts().map(({ id }) => id)
  for (const id of [
    'system.cpu',
    'system.load',
    'system.ram',
    'mem.available',
    'system.processes',
    'system.active_processes',
    'system.uptime',
    'system.ctxt',
    'system.intr',
    'system.forks',
    'cpu.cpu',
  ]) {
    expect(ids).toContain(id)
  }
  const info = source.info()
  expect(info.node).toMatchObject({ hostname: 'edge-1', os: 'linux', kernelName: 'Linux', agentVersion: 'v1.2.3' })
  expect(Number(info.node.memoryBytes)).toBeGreaterThan(0)
  expect(Object.keys(info.node.labels)).toContain('_system_cores')
  const ram = await json(source, 'data', 'chart=system.ram&after=-1')
  const [, ...parts] = (ram['data'] as number[][])[0] ?? []
  expect(parts.reduce((sum, part) => sum + part, 0) * 1024 ** 2).toBeCloseTo(Number(info.node.memoryBytes), -8)
  await source.stop()
})

it('[HS19] reads os-release with and without quotes', () => {
  expect(parseOsRelease('NAME="Debian GNU/Linux"\nVERSION_ID=\'12\'\nID=debian\n# x\n')).toEqual(
    new Map([
      ['NAME', 'Debian GNU/Linux'],
      ['VERSION_ID', '12'],
      ['ID', 'debian'],
    ]),
  )
})
