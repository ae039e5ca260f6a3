import { expect, it } from 'vitest'
import { parseDiskstats, parseMounts } from './parse-disks.ts'
import { parseNamedNumbers } from './parse-memory.ts'
import { parseNetDev } from './parse-network.ts'
import { parseLoadavg, parsePressure, parseProcessState, parseUptime } from './parse-small.ts'
import { parseStat } from './parse-stat.ts'

it('[HS1] reads /proc/stat and takes guest time out of user and nice', () => {
  const stat = parseStat(
    [
      'cpu  100 20 30 4000 5 6 7 8 10 2',
      'cpu0 60 10 20 2000 5 3 4 4 10 2',
      'cpu11 40 10 10 2000 0 3 3 4 0 0',
      'intr 123456789 1 2 3 4 5',
      'ctxt 987654',
      'btime 1700000000',
      'processes 4242',
      'procs_running 3',
      'procs_blocked 1',
      'softirq 5 1 2',
      '',
    ].join('\n'),
  )
  expect(stat).toEqual({
    total: { user: 90, nice: 18, system: 30, idle: 4000, iowait: 5, irq: 6, softirq: 7, steal: 8, guest: 10, guestNice: 2 },
    cores: new Map([
      ['cpu0', { user: 50, nice: 8, system: 20, idle: 2000, iowait: 5, irq: 3, softirq: 4, steal: 4, guest: 10, guestNice: 2 }],
      ['cpu11', { user: 40, nice: 10, system: 10, idle: 2000, iowait: 0, irq: 3, softirq: 3, steal: 4, guest: 0, guestNice: 0 }],
    ]),
    interrupts: 123_456_789,
    contextSwitches: 987_654,
    forks: 4242,
    running: 3,
    blocked: 1,
  })
})

it('[HS1] reads the shorter CPU lines of old kernels, and nothing from an empty file', () => {
  expect(parseStat('cpu 1 2 3 4').total).toEqual({
    user: 1,
    nice: 2,
    system: 3,
    idle: 4,
    iowait: 0,
    irq: 0,
    softirq: 0,
    steal: 0,
    guest: 0,
    guestNice: 0,
  })
  expect(parseStat('')).toEqual({
    total: undefined,
    cores: new Map(),
    interrupts: undefined,
    contextSwitches: undefined,
    forks: undefined,
    running: undefined,
    blocked: undefined,
  })
})

it('[HS1] reads named numbers of meminfo and vmstat', () => {
  expect(parseNamedNumbers('MemTotal:       16303880 kB\nHugePages_Total:       0\nActive(anon):     12 kB\npgpgin 5\nodd\n')).toEqual(
    new Map([
      ['MemTotal', 16_303_880],
      ['HugePages_Total', 0],
      ['Active(anon)', 12],
      ['pgpgin', 5],
    ]),
  )
})

it('[HS1] reads load averages, uptime and pressure', () => {
  expect(parseLoadavg('0.06 0.05 1.02 1/133 6727\n')).toEqual({ load1: 0.06, load5: 0.05, load15: 1.02, active: 133 })
  expect(parseLoadavg('')).toBeUndefined()
  expect(parseUptime('1263.59 2467.50\n')).toBe(1263.59)
  expect(parseUptime('x')).toBeUndefined()
  expect(parsePressure('some avg10=1.50 avg60=0.18 avg300=0.21 total=6891903\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n')).toEqual({
    some: { avg10: 1.5, avg60: 0.18, avg300: 0.21, totalUs: 6_891_903 },
    full: { avg10: 0, avg60: 0, avg300: 0, totalUs: 7 },
  })
  expect(parsePressure('')).toEqual({ some: undefined, full: undefined })
})

const processes = [
  ['1 (init) S 0 1', 'sleeping_interruptible'],
  ['2 (kworker/0:1) I 2', 'sleeping_interruptible'],
  ['3 (a) R (b) Z) D 1', 'sleeping_uninterruptible'],
  ['4 (x) R 1', 'running'],
  ['5 () Z 1', 'zombie'],
  ['6 (t) t 1', 'stopped'],
  ['7 (x) X 1', undefined],
  ['', undefined],
] as const
it.each(processes)('[HS1] reads the state of the process "%s" as %s, whatever its name holds', (text, state) => {
  expect(parseProcessState(text)).toBe(state)
})

it('[HS1] reads disks and leaves out loop, ram and compressed-memory devices', () => {
  const text = [
    '   7       0 loop0 1 0 0 0 0 0 0 0 0 0 0',
    ' 254       0 vda 30445 8556 2231458 4741 7098 29229 2675424 5897 1 3408 10842 3659 0 82360 186 823 18',
    ' 253 0 zram0 1 1 1 1 1 1 1 1 1 1 1',
    ' 8 0 sda 1 2',
    '',
  ].join('\n')
  expect(parseDiskstats(text)).toEqual(
    new Map([
      [
        'vda',
        {
          reads: 30_445,
          readsMerged: 8556,
          readSectors: 2_231_458,
          readMs: 4741,
          writes: 7098,
          writesMerged: 29_229,
          writeSectors: 2_675_424,
          writeMs: 5897,
          busyMs: 3408,
          backlogMs: 10_842,
        },
      ],
    ]),
  )
})

it('[HS1] takes local writable file systems, each device once at its shortest path', () => {
  const text = [
    'proc /proc proc rw 0 0',
    'tmpfs /run tmpfs rw,nosuid 0 0',
    '/dev/vda1 /var/lib/docker/volumes ext4 rw 0 0',
    '/dev/vda1 /mnt/with\\040space ext4 rw 0 0',
    '/dev/vda1 / ext4 rw 0 0',
    '/dev/sr0 /media iso9660 ro 0 0',
    '/dev/vdb /data xfs ro,relatime 0 0',
    'server:/x /net nfs4 rw 0 0',
    'user@host:/ /home/u/remote fuse.sshfs rw 0 0',
    'tmpfs /dev/shm tmpfs rw 0 0',
    'broken',
  ].join('\n')
  expect(parseMounts(text)).toEqual([
    { device: 'tmpfs', mountPoint: '/run', fileSystem: 'tmpfs' },
    { device: '/dev/vda1', mountPoint: '/', fileSystem: 'ext4' },
  ])
  expect(parseMounts('overlay / overlay rw 0 0')).toEqual([{ device: 'overlay', mountPoint: '/', fileSystem: 'overlay' }])
  expect(parseMounts('/dev/a /mnt/with\\040space ext4 rw 0 0')[0]?.mountPoint).toBe('/mnt/with space')
})

it('[HS1] reads interfaces without the loopback one', () => {
  const text = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:  420859     279    0    0    0     0          0         0   420859     279    0    0    0     0       0          0',
    '  eth0:1000     10    1    2    0     0          0         3 2000 20 4 5 0 0 0 0',
    '',
  ].join('\n')
  expect(parseNetDev(text)).toEqual(
    new Map([
      [
        'eth0',
        {
          receivedBytes: 1000,
          receivedPackets: 10,
          receivedErrors: 1,
          receivedDrops: 2,
          multicast: 3,
          sentBytes: 2000,
          sentPackets: 20,
          sentErrors: 4,
          sentDrops: 5,
        },
      ],
    ]),
  )
})
