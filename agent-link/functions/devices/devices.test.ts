import { expect, it } from 'vitest'
import { createFunctionCaller } from '../../../test/doubles/hosts/function-caller.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { makeHostFolder } from '../../../test/doubles/hosts/host-folder.ts'
import { createHostFiles } from '../host/host-files.ts'
import { createBlockDevicesFunction } from './block-devices.ts'
import { createNetworkInterfacesFunction } from './network-interfaces.ts'

function scene(entries: Parameters<typeof makeHostFolder>[0]) {
  const folder = makeHostFolder(entries)
  const files = createHostFiles(folder.root)
  const clock = createHandClock()
  const functions = [createNetworkInterfacesFunction({ files, clock }), createBlockDevicesFunction({ files, clock })]
  return { clock, folder, ...createFunctionCaller(functions, clock) }
}

/** Two calls, so far apart that the hand clock's own steps do not count. */
async function between(first: () => void, name: string, { call, clock }: ReturnType<typeof scene>) {
  await call(name, 0x08)
  clock.advance(50_000)
  first()
  return call(name, 0x08)
}

const about = (value: unknown, expected: number) => Math.abs(Number(value) / expected - 1) < 0.02

const net = (inBytes: number, outBytes: number, errors = 0) =>
  `Inter-|   Receive\n face |bytes\n    lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n  eth0: ${inBytes} 100 ${errors} 0 0 0 0 5 ${outBytes} 50 0 0 0 0 0 0\n veth1: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n`

it('[HF41] shows state, speed, utilisation and rates; what has no speed has no utilisation', async () => {
  const lab = scene({
    'proc/net/dev': net(0, 0),
    'sys/class/net/eth0/speed': '100\n',
    'sys/class/net/eth0/duplex': 'full\n',
    'sys/class/net/eth0/operstate': 'up\n',
    'sys/class/net/eth0/mtu': '1500\n',
    'sys/class/net/veth1/operstate': 'down\n',
    'sys/class/net/veth1/speed': '-1\n',
    'sys/devices/virtual/net/veth1/mtu': '1500\n',
  })
  // 50 Mbit/s in and 10 Mbit/s out over 50 s.
  const { rows } = await between(() => lab.folder.write('proc/net/dev', net(312_500_000, 62_500_000)), 'network-interfaces', lab)
  const [eth0, veth1] = rows
  expect(rows).toHaveLength(2)
  expect(eth0).toMatchObject({ Interface: 'eth0', Type: 'physical', State: 'up', Speed: 100, Duplex: 'full', MTU: 1500, ErrorsIn: 0 })
  expect([about(eth0?.['In'], 50), about(eth0?.['Out'], 10), about(eth0?.['Total'], 60), about(eth0?.['Usage'], 50)]).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(eth0?.['rowOptions']).toEqual({ severity: 'normal' })
  expect(veth1).toMatchObject({ Type: 'virtual', State: 'down', Speed: null, Usage: null, In: 0 })
})

it('[HF41] half duplex shares its speed, errors are told, and a counter that went back has no rate', async () => {
  const lab = scene({ 'proc/net/dev': net(0, 100), 'sys/class/net/eth0/speed': '100\n', 'sys/class/net/eth0/duplex': 'half\n' })
  const next = await between(() => lab.folder.write('proc/net/dev', net(312_500_000, 62_500_100, 7)), 'network-interfaces', lab)
  expect(about(next.rows[0]?.['Usage'], 60)).toBe(true)
  expect(next.rows[0]?.['rowOptions']).toEqual({ severity: 'warning' })
  const reset = await between(() => lab.folder.write('proc/net/dev', net(5, 5)), 'network-interfaces', lab)
  expect(reset.rows[0]).toMatchObject({ In: null, Out: null, Total: null, Usage: null })
})

const disk = (reads: number, sectors: number, readMs: number, busyMs: number) =>
  ` 8 0 sda ${reads} 0 ${sectors} ${readMs} 0 0 0 0 0 ${busyMs} ${busyMs}\n 8 1 sda1 1 0 1 1 1 0 1 1 0 1 1\n 253 0 dm-0 0 0 0 0 0 0 0 0 0 0 0\n`

it('[HF42] shows what each device is and does', async () => {
  const lab = scene({
    'proc/diskstats': disk(0, 0, 0, 0),
    'sys/class/block/sda/size': '2097152\n',
    'sys/class/block/sda/ro': '0\n',
    'sys/class/block/sda/queue/rotational': '0\n',
    'sys/class/block/sda/device/model': 'FAST <b>DISK</b>   \n',
    'sys/class/block/sda/device/state': 'running\n',
    'sys/class/block/sda1/partition': '1\n',
    'sys/class/block/sda1/ro': '1\n',
    'sys/class/block/dm-0/size': '1\n',
  })
  const { rows } = await between(() => lab.folder.write('proc/diskstats', disk(500, 100_000, 1_000, 25_000)), 'block-devices', lab)
  const [sda, sda1, dm0] = rows
  expect(sda).toMatchObject({
    Device: 'sda',
    Type: 'disk',
    Medium: 'solid state',
    Model: 'FAST <b>DISK</b>',
    Size: 1,
    State: 'running',
    WriteAwait: 0,
  })
  expect(about(sda?.['Reads'], 1_000) && about(sda?.['ReadOps'], 10) && about(sda?.['Util'], 50) && about(sda?.['ReadAwait'], 2)).toBe(true)
  expect([sda1?.['Type'], sda1?.['State'], dm0?.['Type']]).toEqual(['partition', 'read-only', 'virtual'])
  const reset = await between(() => lab.folder.write('proc/diskstats', disk(1, 1, 1, 1)), 'block-devices', lab)
  expect(reset.rows[0]).toMatchObject({ Reads: null, ReadOps: null, Util: null, ReadAwait: null })
})

it('[HF3] offers no devices where the kernel shows none', () => {
  expect(scene({ 'etc/passwd': '' }).host.list()).toEqual({})
})
