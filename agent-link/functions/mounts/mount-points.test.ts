import { expect, it } from 'vitest'
import { createFunctionCaller } from '../../../test/doubles/hosts/function-caller.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { makeHostFolder } from '../../../test/doubles/hosts/host-folder.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { createHostFiles } from '../host/host-files.ts'
import { createPatience } from '../host/patience.ts'
import { createMountPointsFunction } from './mount-points.ts'
import type { Statfs } from './mount-points.ts'
import { isRemote, parseMountTable } from './parse-mounts.ts'

const table = [
  'proc /proc proc rw 0 0',
  'tmpfs /run tmpfs rw,nosuid 0 0',
  '/dev/sda1 / ext4 rw,relatime 0 0',
  '/dev/sdb1 /data ext3 ro 0 0',
  '/dev/sdc1 /data xfs rw 0 0',
  'server:/a\\040b /mnt/with\\040space\\134and nfs4 rw,hard 0 0',
  'systemd-1 /proc/sys/fs/binfmt_misc autofs rw 0 0',
  'broken line',
  '',
].join('\n')

it('[HF31] reads mounts with their escapes, without the kernel own ones, the last of several at one point', () => {
  expect(parseMountTable(table)).toEqual([
    { device: 'tmpfs', mountPoint: '/run', fileSystem: 'tmpfs', options: 'rw,nosuid' },
    { device: '/dev/sda1', mountPoint: '/', fileSystem: 'ext4', options: 'rw,relatime' },
    { device: '/dev/sdc1', mountPoint: '/data', fileSystem: 'xfs', options: 'rw' },
    { device: 'server:/a b', mountPoint: '/mnt/with space\\and', fileSystem: 'nfs4', options: 'rw,hard' },
  ])
  const remote = ['nfs', 'nfs4', 'cifs', 'fuse.sshfs', 'fuse', '9p', 'ext4', 'zfs', 'overlay', 'tmpfs'].filter((fileSystem) =>
    isRemote({ device: '', mountPoint: '', fileSystem, options: '' }),
  )
  expect(remote).toEqual(['nfs', 'nfs4', 'cifs', 'fuse.sshfs', 'fuse', '9p'])
})

function scene(mounts: string, statfs: Statfs) {
  const { root } = makeHostFolder({ 'proc/self/mounts': mounts })
  const clock = createHandClock()
  const patience = createPatience({ clock, timeoutMs: 1_000 })
  return createFunctionCaller([createMountPointsFunction({ files: createHostFiles(root), patience, statfs })], clock)
}

const disk = { bsize: 1024 ** 2, blocks: 10_240, bfree: 2_560, bavail: 2_048, files: 1_000, ffree: 900 }

it('[HF32] shows space and inodes as df does', async () => {
  const { call } = scene('/dev/sda1 / ext4 rw,relatime 0 0\n', () => Promise.resolve(disk))
  const { rows } = await call('mount-points', 0x08)
  expect(rows).toEqual([
    {
      MountPoint: '/',
      Type: 'ext4',
      Device: '/dev/sda1',
      Usage: 78.95,
      Size: 10,
      Occupied: 7.5,
      Available: 2,
      Reserved: 0.5,
      InodesUsage: 10,
      Inodes: 1_000,
      InodesFree: 900,
      ReadOnly: false,
      Network: false,
      Status: 'ok',
      Options: 'rw,relatime',
      rowOptions: { severity: 'normal' },
    },
  ])
})

it.each([
  { free: 0, files: 0, mode: 'rw', status: 'full', severity: 'critical' },
  { free: 500, files: 0, mode: 'rw', status: 'nearly full', severity: 'warning' },
  { free: 0, files: 0, mode: 'ro', status: 'read-only', severity: 'normal' },
])('[HF32] with $free blocks free and mounted $mode it is $status', async ({ free, files, mode, status, severity }) => {
  const { call } = scene(`/dev/sda1 / ext4 ${mode} 0 0\n`, () => Promise.resolve({ ...disk, bfree: free, bavail: free, files, ffree: 0 }))
  expect((await call('mount-points', 0x08)).rows).toMatchObject([
    { Status: status, rowOptions: { severity }, InodesUsage: null, Inodes: null },
  ])
})

it('[HF32] a dead network mount stays in the table without numbers and holds nothing up', async () => {
  const mounts = ['one', 'two', 'three', 'four'].map((name) => `server:/${name} /mnt/${name} nfs rw 0 0`)
  const asked: string[] = []
  const { call } = scene([...mounts, '/dev/sda1 / ext4 rw 0 0'].join('\n'), (path) => {
    asked.push(path)
    return path === '/' ? Promise.resolve(disk) : new Promise(() => {})
  })
  const { rows } = await call('mount-points', 0x08)
  expect(rows.map(({ MountPoint, Status, Size }) => [MountPoint, Status, Size])).toEqual([
    ['/', 'ok', 10],
    ['/mnt/one', 'no answer', null],
    ['/mnt/two', 'no answer', null],
    ['/mnt/three', 'no answer', null],
    ['/mnt/four', 'no answer', null],
  ])
  // Two threads hang, so the rest is not asked.
  expect(asked).toEqual(['/', '/mnt/one', '/mnt/two'])
  expect(rows[1]).toMatchObject({ rowOptions: { severity: 'warning' }, Network: true })
})

it('[HF32] the real file systems of this host', async ({ skip }) => {
  if (process.platform !== 'linux') skip('needs a Linux kernel')
  const clock = systemClock
  const patience = createPatience({ clock, timeoutMs: 1_000 })
  const { call } = createFunctionCaller([createMountPointsFunction({ files: createHostFiles(), patience })], clock)
  const { rows, document } = await call('mount-points', 0x08)
  expect(rows.find(({ MountPoint }) => MountPoint === '/')).toMatchObject({ Size: expect.any(Number) as number })
  expect(document['default_sort_column']).toBe('Usage')
})
