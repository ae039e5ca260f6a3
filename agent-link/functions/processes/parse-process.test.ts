import { expect, it } from 'vitest'
import { categoryOf } from './category.ts'
import { parseCommandLine, parseNames, parseProcessIo, parseProcessStat, parseProcessStatus } from './parse-process.ts'

const tail = '-1 4194560 1 2 3 4 1234 66 7 8 20 -5 17 0 9900 1048576 55 18446744073709551615 1 1'

it('[HF21] reads a process, whatever its name holds', () => {
  const known = { ppid: 1, userS: 12.34, systemS: 0.66, nice: -5, threads: 17, startedS: 99, virtualBytes: 1_048_576 }
  for (const name of ['nginx', 'a) R 7 (b', 'two words', 'line\nbreak', '', '\u202eevil', '<b>']) {
    expect(parseProcessStat(`42 (${name}) S 1 42 42 0 ${tail}`)).toEqual({ pid: 42, name, state: 'sleeping', ...known })
  }
  expect(parseProcessStat(`7 (x) Q 1 42 42 0 ${tail}`)?.state).toBe('unknown')
})

it.each(['', '42', '42 (half', '42 (cut) S 1 2', ') 1 ('])('[HF21] leaves out what is cut short: "%s"', (text) => {
  expect(parseProcessStat(text)).toBeUndefined()
})

it('[HF21] reads the effective ids and the memory, which kernel threads do not have', () => {
  const text = 'Name:\tx\nUid:\t1\t1000\t3\t4\nGid:\t1\t100\t3\t4\nVmRSS:\t    2048 kB\nVmSwap:\t      12 kB\n'
  expect(parseProcessStatus(text)).toEqual({ uid: 1000, gid: 100, residentKib: 2048, swapKib: 12 })
  expect(parseProcessStatus('Name:\tk\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n')).toEqual({ uid: 0, gid: 0, residentKib: 0, swapKib: 0 })
  expect(parseProcessStatus('Name:\tk\n')).toBeUndefined()
  expect(parseProcessStatus('')).toBeUndefined()
})

it('[HF21] reads what a process read and wrote, all of it or nothing', () => {
  const text = 'rchar: 10\nwchar: 20\nsyscr: 1\nsyscw: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 1\n'
  expect(parseProcessIo(text)).toEqual({ storageRead: 4096, storageWritten: 8192, read: 10, written: 20 })
  expect(parseProcessIo('rchar: 10\n')).toBeUndefined()
})

it('[HF21] reads command lines and the names of users', () => {
  expect(parseCommandLine('nginx\0-g\0daemon off;\0\0')).toBe('nginx -g daemon off;')
  expect(parseCommandLine('')).toBe('')
  expect([...parseNames('root:x:0:0::/root:/bin/sh\ntoor:x:0:0\n# note\n:x:5\nbad:x:y\nweb:x:33:33\n')]).toEqual([
    [0, 'root'],
    [33, 'web'],
  ])
})

it('[HF21] files processes under what they are for', () => {
  const of = (name: string, pid = 50, ppid = 1) => categoryOf({ pid, ppid, name })
  expect(['postgres', 'nginx', 'sshd', 'bash', 'systemd-journald', 'cron', 'my-own'].map((name) => of(name))).toEqual([
    'database',
    'web',
    'remote access',
    'shells',
    'logs',
    'jobs',
    'other',
  ])
  expect([of('kthreadd', 2, 0), of('nginx', 77, 2)]).toEqual(['kernel', 'kernel'])
})
