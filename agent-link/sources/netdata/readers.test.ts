import { expect, it } from 'vitest'
import { netdataUrl } from './http.ts'
import { readAlerts } from './read-alerts.ts'
import { readChartContexts, readContexts, sameContexts } from './read-contexts.ts'
import { readInfo } from './read-info.ts'

const uid = 'a70ef954-e5fa-11f1-9c42-02fc00000001'

it.each(['http://127.0.0.1:19999', 'http://localhost:1', 'http://[::1]:19999', 'http://127.8.8.8:80'])(
  '[NS1] %s is an address of this host',
  (text) => {
    expect(netdataUrl(text).protocol).toBe('http:')
  },
)

it.each([
  'https://127.0.0.1:1',
  'http://10.0.0.1:19999',
  'http://example.com',
  'http://127.0.0.1.example.com',
  'ftp://127.0.0.1',
  'nonsense',
])('[NS1] refuses %s: only an agent on this host is read, and over its plain port', (text) => {
  expect(() => netdataUrl(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error)
})

it('[NS2] reads the facts of an agent; in a container those of its image', () => {
  const { machineGuid, info } = readInfo({
    version: 'v1.37.1',
    uid,
    mirrored_hosts: ['parent', 'child'],
    mirrored_hosts_status: [
      { guid: 'x', hostname: 'child' },
      { guid: uid, hostname: 'parent' },
    ],
    os_name: 'unknown',
    container_os_name: 'Debian GNU/Linux',
    os_version: '12',
    cores_total: '2',
    cpu_freq: '2100000000',
    ram_total: 25_325_268_992,
    total_disk_space: 'much',
    kernel_name: 'Linux',
    virtualization: 'kvm',
    host_labels: { _a: 'b', odd: 7 },
    collectors: [{ plugin: 'proc.plugin', module: '/proc/stat' }, 'odd'],
    'release-channel': 'stable',
  })
  expect(machineGuid).toBe(uid)
  expect(info.node).toMatchObject({
    hostname: 'parent',
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    cpus: 2,
    cpuFrequencyHz: '2100000000',
    memoryBytes: '25325268992',
    diskSpaceBytes: '0',
    agentVersion: 'v1.37.1',
    labels: { _a: 'b' },
  })
  expect(info.collectors).toEqual([
    { plugin: 'proc.plugin', module: '/proc/stat' },
    { plugin: '', module: '' },
  ])
})

it.each([undefined, null, [], 'x', {}, { uid, version: 7 }.uid, { uid: 'x', version: 'v1' }])(
  '[NS2] refuses %j: no netdata agent',
  (document) => {
    expect(() => readInfo(document)).toThrow(expect.objectContaining({ code: 'SOURCE_UNAVAILABLE' }) as Error)
  },
)

const nowS = 1_795_301_000
const contextsDocument = (change: Record<string, unknown> = {}) => ({
  contexts: {
    'disk.io': {
      title: 'Disk I/O',
      units: 'KiB/s',
      family: 'disk',
      chart_type: 'area',
      priority: 2000,
      first_time_t: 1_795_300_014,
      last_time_t: 1_795_300_038,
      collected: true,
      ...change,
    },
  },
})

it('[NS3] versions of contexts follow the definition; retention that creeps within a day changes nothing', () => {
  const [context] = readContexts(contextsDocument(), nowS)
  expect(context).toMatchObject({
    id: 'disk.io',
    title: 'Disk I/O',
    units: 'KiB/s',
    family: 'disk',
    chartType: 'area',
    priority: 2000,
    firstEntryS: 1_795_219_200n,
    lastEntryS: 0n,
  })
  const same = (change: Record<string, unknown>) =>
    sameContexts(readContexts(contextsDocument(), nowS), readContexts(contextsDocument(change), nowS))
  expect(same({ first_time_t: 1_795_300_900, last_time_t: 1_795_309_999 })).toBe(true)
  expect(same({ first_time_t: 1_795_400_000 })).toBe(false)
  expect(same({ title: 'Other' })).toBe(false)
  expect(same({ collected: false })).toBe(false)
  expect(same({ collected: false, last_time_t: nowS - 59 })).toBe(true)
  expect(readContexts(contextsDocument({ collected: false }), nowS)[0]?.lastEntryS).toBe(1_795_300_038n)
})

it('[NS3] reads nothing from what is no list of contexts, and survives odd members', () => {
  for (const document of [undefined, [], { contexts: 'x' }]) expect(readContexts(document, nowS)).toEqual([])
  expect(readContexts({ contexts: { a: 7, b: { priority: -1, first_time_t: 1_795_300_014 } } }, nowS)).toMatchObject([
    { id: 'b', title: '', priority: 0 },
  ])
  expect(readChartContexts({ contexts: { 'disk.io': { charts: { 'disk.sda': {}, 'disk.sdb': {} } }, x: 7 } })).toEqual(
    new Map([
      ['disk.sda', 'disk.io'],
      ['disk.sdb', 'disk.io'],
    ]),
  )
})

const alarm = (change: Record<string, unknown> = {}) => ({
  name: 'load_cpu_number',
  chart: 'system.load',
  family: 'load',
  class: 'Utilization',
  component: 'Load',
  type: 'System',
  status: 'WARNING',
  config_hash_id: '00000000-0000-0000-0000-000000000000',
  silenced: false,
  exec: '/usr/bin/notify',
  recipient: 'root',
  source: '7@load.conf',
  units: 'cpus',
  info: 'number of &quot;active&quot; cores',
  last_status_change: 1_795_300_023,
  last_repeat: '0',
  update_every: 60,
  delay: 0,
  delay_up_to_timestamp: 1_795_300_023,
  delay_up_duration: 60,
  delay_down_duration: 120,
  delay_multiplier: 1.5,
  delay_max_duration: 3600,
  lookup_after: -600,
  lookup_method: 'average',
  lookup_options: 'unaligned',
  calc: '$a &lt; 2 &amp;&amp; $b &#x2F; 3 &gt; 1',
  warn: '$this &gt; 4',
  value_string: '2 cpus',
  value: 2,
  ...change,
})
const alarms = (...list: readonly Record<string, unknown>[]) => ({
  alarms: Object.fromEntries(list.map((entry, index) => [`a${index}`, entry])),
})

it('[NS4] reads an alert with its value, its context and its definition, texts without HTML escapes', () => {
  const { alerts, configs } = readAlerts(alarms(alarm()), () => 'system.load')
  expect(alerts).toMatchObject([
    {
      chart: 'system.load',
      name: 'load_cpu_number',
      context: 'system.load',
      family: 'load',
      status: 'warning',
      whenS: 1_795_300_023,
      execPath: '/usr/bin/notify',
      configSource: '7@load.conf',
      valueText: '2 cpus',
      value: 2,
      info: 'number of "active" cores',
    },
  ])
  expect(configs.get(alerts[0]?.configHash ?? '')).toEqual({
    template: 'load_cpu_number',
    onChart: 'system.load',
    classification: 'Utilization',
    type: 'System',
    component: 'Load',
    every: '60s',
    units: 'cpus',
    calculationExpr: '$a < 2 && $b / 3 > 1',
    warningExpr: '$this > 4',
    recipient: 'root',
    exec: '/usr/bin/notify',
    delay: 'up 60s down 120s multiplier 1.5 max 3600s',
    info: 'number of "active" cores',
    pDbLookupAfter: -600,
    pDbLookupMethod: 'average',
    pDbLookupOptions: 'unaligned',
    pUpdateEvery: 60,
    lookup: 'average -600s unaligned',
  })
})

it('[NS4] a zero configuration hash is replaced by one of the definition, the same for all instances; a given one is kept', () => {
  const given = '6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11'
  const { alerts } = readAlerts(
    alarms(
      alarm(),
      alarm({ chart: 'system.load2', info: 'other text', status: 'CLEAR' }),
      alarm({ warn: '$this > 5' }),
      alarm({ config_hash_id: given }),
    ),
    () => 'system.load',
  )
  const [one, two, three, four] = alerts.map(({ configHash }) => configHash)
  expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(two).toBe(one)
  expect(three).not.toBe(one)
  expect(four).toBe(given)
})

it('[NS4] leaves out what was never evaluated, and odd members', () => {
  const { alerts } = readAlerts(
    alarms(
      alarm({ status: 'UNINITIALIZED' }),
      alarm({ name: 7 }),
      alarm({ chart: '' }),
      alarm({ status: 'UNDEFINED', value: null, value_string: '' }),
    ),
    () => '',
  )
  expect(alerts.map(({ name, status, value, valueText }) => ({ name, status, value, valueText }))).toEqual([
    { name: '7', status: 'warning', value: 2, valueText: '2 cpus' },
    { name: 'load_cpu_number', status: 'undefined', value: 0, valueText: '-' },
  ])
  expect(readAlerts(undefined, () => '').alerts).toEqual([])
})
