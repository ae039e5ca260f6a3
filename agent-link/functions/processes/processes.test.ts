import { expect, it } from 'vitest'
import { createFunctionCaller } from '../../../test/doubles/hosts/function-caller.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { makeHostFolder } from '../../../test/doubles/hosts/host-folder.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { createHostFiles } from '../host/host-files.ts'
import { createPatience } from '../host/patience.ts'
import { createProcessesFunction } from './processes.ts'

interface Fake {
  readonly name?: string
  readonly ppid?: number
  readonly userTicks?: number
  readonly systemTicks?: number
  readonly startedTicks?: number
  readonly uid?: number
  readonly readBytes?: number
}

function filesOf(pid: number, { name = 'x', ppid = 1, userTicks = 0, systemTicks = 0, startedTicks = 100, uid = 0, readBytes }: Fake) {
  const stat = `${pid} (${name}) S ${ppid} 1 1 0 0 0 0 0 0 0 ${userTicks} ${systemTicks} 0 0 20 0 3 0 ${startedTicks} 2097152 1 1`
  const io =
    readBytes === undefined ? {} : { [`proc/${pid}/io`]: `rchar: ${readBytes}\nwchar: 0\nread_bytes: ${readBytes}\nwrite_bytes: 0\n` }
  return {
    [`proc/${pid}/stat`]: stat,
    [`proc/${pid}/status`]: `Name:\tx\nUid:\t${uid}\t${uid}\t0\t0\nGid:\t5\t5\t5\t5\nVmRSS:\t 512 kB\n`,
    [`proc/${pid}/cmdline`]: `/usr/bin/${pid}\0--secret=abc\0`,
    ...io,
  }
}

function scene(processes: Readonly<Record<number, Fake>>) {
  const folder = makeHostFolder({
    'etc/passwd': 'root:x:0:0\nweb:x:33:33\n',
    'etc/group': 'tty:x:5:\n',
    'proc/meminfo': 'MemTotal:       51200 kB\n',
    'proc/uptime': '1000.00 900.00\n',
    'proc/self/stat': '1',
    ...Object.assign({}, ...Object.entries(processes).map(([pid, fake]) => filesOf(Number(pid), fake))),
  })
  const clock = createHandClock()
  const files = createHostFiles(folder.root)
  const patience = createPatience({ clock, timeoutMs: 1_000 })
  const caller = createFunctionCaller([createProcessesFunction({ files, patience, clock })], clock)
  const set = (pid: number, fake: Fake) => {
    for (const [path, text] of Object.entries(filesOf(pid, fake))) folder.write(path, text)
  }
  return { ...caller, clock, folder, set }
}

it('[HF22] shows what each process is and uses since the call before, as percent of one core', async () => {
  const { call, clock, set } = scene({ 1: { name: 'init', ppid: 0 }, 42: { name: 'nginx', uid: 33, readBytes: 1024 } })
  await call('processes')
  clock.advance(10_000)
  set(42, { name: 'nginx', uid: 33, userTicks: 1_200, systemTicks: 300, readBytes: 103_424 })
  const { rows, document } = await call('processes')
  expect(rows.map(({ PID }) => PID)).toEqual([1, 42])
  expect(rows[1]).toMatchObject({
    Cmd: 'nginx',
    Category: 'web',
    State: 'sleeping',
    User: 'web',
    Group: 'tty',
    Uid: 33,
    Gid: 5,
    PPID: 1,
    Memory: 1,
    Resident: 0.5,
    VMSize: 2,
    Swap: 0,
    Threads: 3,
    Nice: 0,
    Uptime: 999,
  })
  const { CPU, UserCPU, SysCPU, PReads } = rows[1] as Record<string, number>
  // The reading itself takes some of the hand clock's time.
  for (const [value, expected] of [
    [CPU, 150],
    [UserCPU, 120],
    [SysCPU, 30],
    [PReads, 10],
  ] as const)
    expect(Math.abs((value ?? 0) / expected - 1)).toBeLessThan(0.06)
  expect(document).toMatchObject({ status: 200, type: 'table', has_history: false, update_every: 2, default_sort_column: 'CPU' })
})

it('[HF22] what the kernel hides is null and hides no row', async () => {
  const { call, folder } = scene({ 42: { name: 'hidden' } })
  for (const file of ['status', 'io', 'cmdline']) folder.remove(`proc/42/${file}`)
  const { rows } = await call('processes', 0x7ff)
  expect(rows).toMatchObject([
    {
      PID: 42,
      Cmd: 'hidden',
      User: null,
      Group: null,
      Uid: null,
      Memory: null,
      Resident: null,
      PReads: null,
      LWrites: null,
      CmdLine: null,
      CPU: 0,
    },
  ])
})

it('[HF22] names that are markup, bidirectional, control characters or no text arrive as they are', async () => {
  const names = ['<img src=x onerror=1>', '\u202egnp.exe', 'a\nb\tc', 'x'.repeat(10_000), '") S 1 (']
  const { call } = scene(Object.fromEntries(names.map((name, index) => [index + 10, { name }])))
  const { rows } = await call('processes')
  expect(rows.map(({ Cmd }) => Cmd)).toEqual(names)
})

it('[HF23] command lines only for who may view configuration, and never more than 4 KiB of one', async () => {
  const { call, folder } = scene({ 42: {} })
  const without = await call('processes', 0x1b)
  expect(without.columns['CmdLine']).toBeUndefined()
  expect(JSON.stringify(without.document)).not.toContain('--secret')
  expect((await call('processes', 0x3b)).rows).toMatchObject([{ CmdLine: '/usr/bin/42 --secret=abc' }])
  folder.write('proc/42/cmdline', 'y'.repeat(100_000))
  expect(String((await call('processes', 0x3b)).rows[0]?.['CmdLine'])).toHaveLength(4_096)
})

it.each([
  ['user:web', [43]],
  ['user:33', []],
  ['uid:33', [43]],
  ['group:tty process:ng*', [43]],
  ['process:redis*,ng*', [43, 44]],
  ['process:!ng*,*', [42, 44]],
  ['category:database', [44]],
  ['pid:42,44', [42, 44]],
  ['pid:42 uid:33', []],
  ['gid:5', [42, 43, 44]],
  ['pid:nothing', []],
] as const)('[HF24] %s shows %j', async (text, pids) => {
  const { call } = scene({ 42: { name: 'init' }, 43: { name: 'nginx', uid: 33 }, 44: { name: 'redis-server' } })
  expect((await call(`processes ${text}`)).rows.map(({ PID }) => PID)).toEqual(pids)
})

it('[HF25] a pid given to another process has no rate of the one before, one seen late has none at all', async () => {
  const { call, clock, set, folder } = scene({ 42: { userTicks: 90_000 } })
  await call('processes')
  clock.advance(10_000)
  folder.write('proc/uptime', '1010.00 1.00\n')
  set(42, { userTicks: 50, startedTicks: 100_600 })
  set(43, { userTicks: 90_000, startedTicks: 100 })
  const { rows } = await call('processes')
  const [reused, late] = rows
  expect(Number(reused?.['CPU'])).toBeLessThan(6)
  expect(late).toMatchObject({ CPU: null, PReads: null })
})

it('[HF22] the real processes of this host, this one among them', async ({ skip }) => {
  if (process.platform !== 'linux') skip('needs a Linux kernel')
  // The machine's own clock: how long a real host takes is not ours to say.
  const clock = systemClock
  const files = createHostFiles()
  const { call } = createFunctionCaller(
    [createProcessesFunction({ files, patience: createPatience({ clock, timeoutMs: 1_000 }), clock })],
    clock,
  )
  const { rows } = await call('processes', 0x7ff)
  const own = rows.find(({ PID }) => PID === process.pid)
  expect(own).toMatchObject({ PPID: process.ppid, Uid: process.getuid?.() })
  expect(Number(own?.['Resident'])).toBeGreaterThan(10)
  expect(String(own?.['CmdLine'])).not.toBe('')
})
