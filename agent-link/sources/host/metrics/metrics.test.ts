import { expect, it } from 'vitest'
import { createFakeKernel } from '../../../../test/doubles/hosts/fake-kernel.ts'
import type { ChartDefinition } from '../chart.ts'
import { createClockSyncMetric } from './clock-sync.ts'
import { createCpuMetric, cpuShares } from './cpu.ts'
import { createDisksMetric, createSpaceMetric } from './disks.ts'
import { createLoadMetric, createPressureMetric, createProcessesMetric, createUptimeMetric, processScanEveryS } from './load.ts'
import { createMemoryMetric, createVmstatMetric } from './memory.ts'
import { createRates } from './metric.ts'
import type { Metric } from './metric.ts'
import { createNetworkMetric } from './network.ts'

/** Runs a metric over texts, one per second, and answers the last round's values and all definitions by chart. */
async function run(metric: Metric, rounds: readonly Record<string, string>[]) {
  const kernel = createFakeKernel({})
  const definitions = new Map<string, ChartDefinition>()
  let values: Record<string, readonly number[]> = {}
  for (const [index, texts] of rounds.entries()) {
    for (const name of Object.keys(kernel.texts)) delete kernel.texts[name]
    Object.assign(kernel.texts, texts)
    values = {}
    await metric.collect({
      files: kernel,
      timeS: 1_800_000_000 + index,
      monotonicS: index,
      set(definition, row) {
        definitions.set(definition.id, definition)
        values[definition.id] = row
      },
    })
  }
  return { values, definitions }
}

it('[HS2] system.cpu is the share of each kind of time in all ticks, in the order and units agents use', async () => {
  const first =
    'cpu 100 0 100 800 0 0 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0 0 0\nintr 100 1\nctxt 50\nprocesses 7\nprocs_running 2\nprocs_blocked 1\n'
  const second =
    'cpu 120 4 110 850 6 1 2 3 4 0\ncpu0 120 4 110 850 6 1 2 3 4 0\nintr 160 1\nctxt 1050\nprocesses 9\nprocs_running 3\nprocs_blocked 0\n'
  const { values, definitions } = await run(createCpuMetric(), [{ 'proc/stat': first }, { 'proc/stat': second }])
  // 100 ticks passed: 4 guest of 20 user, the rest idle.
  const share = [0, 4, 3, 2, 1, 16, 10, 4, 6].map((ticks) => (ticks * 100) / 96)
  expect(values).toEqual({
    'system.cpu': share,
    'cpu.cpu0': share,
    'system.intr': [60],
    'system.ctxt': [1000],
    'system.forks': [2],
    'system.processes': [3, 0],
  })
  expect(definitions.get('system.cpu')).toMatchObject({
    family: 'cpu',
    units: 'percentage',
    chartType: 'stacked',
    priority: 100,
    dimensions: ['guest_nice', 'guest', 'steal', 'softirq', 'irq', 'user', 'system', 'nice', 'iowait'],
  })
  expect(definitions.get('cpu.cpu0')).toMatchObject({ context: 'cpu.cpu', family: 'utilization', priority: 1001 })
})

it('[HS2] ticks that went back count as none, and no tick at all gives no value', () => {
  const ticks = { user: 5, nice: 0, system: 5, idle: 10, iowait: 3, irq: 0, softirq: 0, steal: 0, guest: 0, guestNice: 0 }
  expect(cpuShares(ticks, ticks)).toBeUndefined()
  expect(cpuShares(ticks, { ...ticks, iowait: 1, user: 10, idle: 15 })).toEqual([0, 0, 0, 0, 0, 50, 0, 0, 0])
})

it('[HS3] memory is in MiB; cached counts reclaimable slab and leaves out shared memory; used is the rest', async () => {
  const meminfo = [
    'MemTotal: 1024000 kB',
    'MemFree: 102400 kB',
    'MemAvailable: 512000 kB',
    'Buffers: 10240 kB',
    'Cached: 204800 kB',
    'SReclaimable: 20480 kB',
    'Shmem: 51200 kB',
    'SwapTotal: 2048 kB',
    'SwapFree: 1024 kB',
    'Committed_AS: 4096 kB',
    'Dirty: 1024 kB',
    'Slab: 30720 kB',
    'SUnreclaim: 10240 kB',
  ].join('\n')
  const { values, definitions } = await run(createMemoryMetric(), [{ 'proc/meminfo': meminfo }])
  expect(values).toMatchObject({
    'system.ram': [100, 720, 170, 10],
    'system.swap': [1, 1],
    'mem.available': [500],
    'mem.committed': [4],
    'mem.slab': [20, 10],
  })
  expect(definitions.get('system.ram')).toMatchObject({ units: 'MiB', priority: 200, dimensions: ['free', 'used', 'cached', 'buffers'] })
  const withoutSwap = await run(createMemoryMetric(), [{ 'proc/meminfo': 'MemTotal: 1 kB\nSwapTotal: 0 kB' }])
  expect(Object.keys(withoutSwap.values)).toEqual(['system.ram'])
})

it('[HS3] paging out is negative, minor faults are those that were not major, swapping counts in pages', async () => {
  const rounds = [0, 1].map((round) => ({
    'proc/vmstat': `pgpgin ${round * 10}\npgpgout ${round * 20}\npgfault ${round * 100}\npgmajfault ${round * 30}\npswpin ${round * 2}\npswpout ${round * 3}\noom_kill ${round * 4}\n`,
  }))
  const { values } = await run(createVmstatMetric(), rounds)
  expect(values).toEqual({ 'system.pgpgio': [10, -20], 'mem.pgfaults': [70, 30], 'system.swapio': [8, -12], 'mem.oom_kill': [4] })
})

it('[HS4] a disk has KiB/s from sectors, writes negative, utilization from busy milliseconds; partitions are left out', async () => {
  const stats = (n: number) =>
    [
      ` 8 0 sda ${10 * n} ${n} ${2000 * n} ${50 * n} ${4 * n} ${2 * n} ${400 * n} ${40 * n} 0 ${250 * n} ${300 * n}`,
      ` 8 1 sda1 ${10 * n} 0 ${2000 * n} 0 0 0 0 0 0 0 0`,
      ` 9 0 md0 0 0 0 0 0 0 0 0 0 0 0`,
    ].join('\n')
  const rounds = [1, 2].map((n) => ({ 'proc/diskstats': stats(n), 'sys/block/sda': '', 'sys/block/sda/device': '', 'sys/block/md0': '' }))
  const { values, definitions } = await run(createDisksMetric(), rounds)
  expect(values).toEqual({
    'system.io': [1000, -200],
    'disk.sda': [1000, -200],
    'disk_ops.sda': [10, -4],
    'disk_backlog.sda': [300],
    'disk_busy.sda': [250],
    'disk_util.sda': [25],
    'disk_await.sda': [5, -10],
    'disk_mops.sda': [1, -2],
    'disk_iotime.sda': [50, -40],
  })
  expect(definitions.get('disk_util.sda')).toMatchObject({
    context: 'disk.util',
    family: 'sda',
    units: '% of time working',
    priority: 2040,
    labels: { device: 'sda', device_type: 'physical' },
  })
})

it('[HS4] space of local file systems is in GiB and adds up', async () => {
  const { values, definitions } = await run(createSpaceMetric(), [
    { 'proc/self/mounts': '/dev/x / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/y /no/such/mount ext4 rw 0 0\n' },
  ])
  const [available = 0, used = 0, reserved = 0] = values['disk_space._'] ?? []
  expect(available + used + reserved).toBeGreaterThan(0)
  expect(Object.keys(values).filter((id) => id.startsWith('disk_space'))).toEqual(['disk_space._'])
  expect(definitions.get('disk_space._')).toMatchObject({
    context: 'disk.space',
    family: '/',
    units: 'GiB',
    dimensions: ['avail', 'used', 'reserved_for_root=reserved for root'],
  })
})

const netHead = 'Inter-| Receive | Transmit\n face |bytes\n'
const netLine = (name: string, n: number) =>
  `${name}: ${125_000 * n} ${100 * n} ${n} 0 0 0 0 ${5 * n} ${250_000 * n} ${200 * n} 0 ${2 * n} 0 0 0 0\n`

it('[HS5] network is kilobits/s, sent negative; the total sums real interfaces only', async () => {
  const rounds = [1, 2].map((n) => ({
    'proc/net/dev': `${netHead}${netLine('eth0', n)}${netLine('veth1', n)}${netLine('quiet', 0)}`,
    'sys/class/net/eth0': '',
    'sys/class/net/veth1': '',
    'sys/devices/virtual/net/veth1': '',
  }))
  const { values, definitions } = await run(createNetworkMetric(), rounds)
  expect(values).toEqual({
    'net.eth0': [1000, -2000],
    'net_packets.eth0': [100, -200, 5],
    'net_errors.eth0': [1, -0],
    'net_drops.eth0': [0, -2],
    'net.veth1': [1000, -2000],
    'net_packets.veth1': [100, -200, 5],
    'net_errors.veth1': [1, -0],
    'net_drops.veth1': [0, -2],
    'system.net': [1000, -2000],
  })
  expect(definitions.get('net.eth0')).toMatchObject({
    context: 'net.net',
    family: 'eth0',
    units: 'kilobits/s',
    priority: 7000,
    labels: { interface_type: 'real', device: 'eth0' },
  })
})

it('[HS22] the state of the clock is told where systemd looks after it, and nowhere else', async () => {
  expect((await run(createClockSyncMetric(), [{}])).values).toEqual({})
  expect((await run(createClockSyncMetric(), [{ 'run/systemd/timesync': '' }])).values).toEqual({ 'system.clock_sync_state': [0] })
  const synchronized = { 'run/systemd/timesync': '', 'run/systemd/timesync/synchronized': '' }
  expect((await run(createClockSyncMetric(), [synchronized])).values).toEqual({ 'system.clock_sync_state': [1] })
})

it('[HS5] in a container, which has no real interface, the total sums all', async () => {
  const rounds = [1, 2].map((n) => ({ 'proc/net/dev': `${netHead}${netLine('eth0', n)}${netLine('eth1', n)}` }))
  expect((await run(createNetworkMetric(), rounds)).values['system.net']).toEqual([2000, -4000])
})

it('[HS6] load, uptime, pressure and process states carry the names agents use', async () => {
  expect((await run(createLoadMetric(), [{ 'proc/loadavg': '1.5 2.5 3.5 2/321 99' }])).values).toEqual({
    'system.load': [1.5, 2.5, 3.5],
    'system.active_processes': [321],
  })
  expect((await run(createUptimeMetric(), [{ 'proc/uptime': '77.5 1' }])).values).toEqual({ 'system.uptime': [77.5] })
  const pressure = (total: number) => ({
    'proc/pressure/io': `some avg10=1.00 avg60=2.00 avg300=3.00 total=${total}\nfull avg10=4.00 avg60=5.00 avg300=6.00 total=${total}\n`,
    'proc/pressure/cpu': 'full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  })
  const { values, definitions } = await run(createPressureMetric(), [pressure(0), pressure(5_000)])
  expect(values).toEqual({
    'system.io_some_pressure': [1, 2, 3],
    'system.io_full_pressure': [4, 5, 6],
    'system.io_some_pressure_stall_time': [5],
    'system.io_full_pressure_stall_time': [5],
  })
  expect(definitions.get('system.io_some_pressure')).toMatchObject({
    family: 'disk',
    priority: 190,
    dimensions: ['some 10', 'some 60', 'some 300'],
  })
  const states = (await run(createProcessesMetric('/proc'), [{}])).values['system.processes_state'] ?? []
  expect(states.length).toBe(5)
  expect(states.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  expect([10, 300, 301, 5_000].map(processScanEveryS)).toEqual([5, 5, 15, 60])
})

it('[HS7] a counter gives a rate by the time that really passed, and none at first, after a reset or without time', () => {
  const rates = createRates()
  expect(rates.rate('a', [100, 10], 1)).toBeUndefined()
  expect(rates.rate('a', [300, 20], 3)).toEqual([100, 5])
  expect(rates.rate('a', [10, 30], 4)).toBeUndefined()
  expect(rates.rate('a', [20, 40], 5)).toEqual([10, 10])
  expect(rates.rate('a', [30, 50], 5)).toBeUndefined()
})

it.each([
  createCpuMetric,
  createMemoryMetric,
  createVmstatMetric,
  createDisksMetric,
  createSpaceMetric,
  createNetworkMetric,
  createLoadMetric,
  createUptimeMetric,
  createPressureMetric,
])('[HS8] %o says nothing when its file is missing or is nonsense', async (createMetric) => {
  expect((await run(createMetric(), [{}, {}])).values).toEqual({})
  const paths = ['stat', 'meminfo', 'vmstat', 'diskstats', 'self/mounts', 'net/dev', 'loadavg', 'uptime', 'pressure/io']
  const nonsense = Object.fromEntries(paths.map((path) => [`proc/${path}`, 'x\0 : y\n12 13']))
  expect((await run(createMetric(), [nonsense, nonsense])).values).toEqual({})
})
