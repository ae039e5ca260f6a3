import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createFunctionCaller } from '../../../test/doubles/hosts/function-caller.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { makeHostFolder } from '../../../test/doubles/hosts/host-folder.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { createHostFiles } from '../host/host-files.ts'
import { createNetworkConnectionsFunction } from './network-connections.ts'
import { addressSpace, parseSockets } from './parse-sockets.ts'

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const line = (local: string, remote: string, state: string, uid: number, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`

it('[HF51] reads IPv4 sockets with their states', () => {
  const text =
    head + line('0100007F:1F90', '00000000:0000', '0A', 0, 11) + line('0A00020F:0016', '010200C0:D431', '01', 1000, 12) + 'cut short\n'
  expect(parseSockets('tcp', text)).toEqual([
    {
      protocol: 'tcp',
      state: 'listen',
      localAddress: '127.0.0.1',
      localPort: 8080,
      remoteAddress: '0.0.0.0',
      remotePort: 0,
      uid: 0,
      inode: 11,
    },
    {
      protocol: 'tcp',
      state: 'established',
      localAddress: '15.2.0.10',
      localPort: 22,
      remoteAddress: '192.0.2.1',
      remotePort: 54321,
      uid: 1000,
      inode: 12,
    },
  ])
  const states = ['02', '06', '08', '0C', 'FF'].map(
    (state) => parseSockets('tcp', line('00000000:0001', '00000000:0001', state, 0, 1))[0]?.state,
  )
  expect(states).toEqual(['syn-sent', 'time-wait', 'close-wait', 'syn-received', 'unknown'])
  const udp = head + line('00000000:0035', '00000000:0000', '07', 0, 1) + line('00000000:0035', '0100007F:0035', '01', 0, 1)
  expect(parseSockets('udp', udp).map(({ state }) => state)).toEqual(['unconnected', 'established'])
})

it.each([
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000001000000', '::1'],
  ['B80D0120000000000000000001000000', '2001:db8::1'],
  ['000080FE00000000FF00FE0001000200', 'fe80::fe:ff:2:1'],
  ['0000000000000000FFFF00000100007F', '127.0.0.1'],
  ['B80D01200100000001000000010000FF', '2001:db8:0:1:0:1:ff00:1'],
])('[HF51] reads %s as %s', (hex, address) => {
  expect(parseSockets('tcp6', line(`${hex}:0050`, `${hex}:0050`, '01', 0, 1))[0]?.localAddress).toBe(address)
})

it('[HF51] knows where addresses are', () => {
  const spaces = ['127.0.0.1', '::1', '10.1.2.3', '172.31.0.1', '172.32.0.1', '100.64.0.1', '169.254.1.1', '224.0.0.1', '8.8.8.8']
  expect(spaces.map(addressSpace)).toEqual([
    'loopback',
    'loopback',
    'private',
    'private',
    'public',
    'private',
    'link-local',
    'multicast',
    'public',
  ])
  expect(['fe80::1', 'fd00::1', 'ff02::1', '2001:db8::1', '::', '0.0.0.0'].map(addressSpace)).toEqual([
    'link-local',
    'private',
    'multicast',
    'public',
    'any',
    'any',
  ])
})

function scene(entries: Parameters<typeof makeHostFolder>[0]) {
  const { root } = makeHostFolder({ 'etc/passwd': 'root:x:0:0\nweb:x:33:33\n', ...entries })
  return createFunctionCaller([createNetworkConnectionsFunction({ files: createHostFiles(root) })], createHandClock())
}

const sockets =
  head +
  line('00000000:01BB', '00000000:0000', '0A', 0, 11) +
  line('0A00020F:01BB', '010200C0:D431', '01', 33, 12) +
  line('0A00020F:01BB', '020200C0:D432', '01', 33, 13) +
  line('0A00020F:C001', '08080808:0035', '01', 1000, 14) +
  line('0100007F:C002', '0100007F:1538', '01', 0, 15) +
  line('0100007F:0400', '0100007F:C350', '01', 0, 16) +
  line('0100007F:C350', '00000000:0000', '0A', 0, 17)

const entries = {
  'proc/net/tcp': sockets,
  'proc/77/stat': '77 (ngin)x (b) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 20 0 3 0 1 1 1 1',
  'proc/77/fd/3': { to: 'socket:[11]' },
  'proc/77/fd/4': { to: 'socket:[12]' },
  'proc/77/fd/5': { to: '/dev/null' },
  'proc/78/stat': '78 (child) S 77 1 1 0 0 0 0 0 0 0 0 0 0 0 0 20 0 3 0 1 1 1 1',
  'proc/78/fd/4': { to: 'socket:[12]' },
}

it('[HF52] says who listens, who came in, who went out, and what stays within', async () => {
  const { rows } = await scene(entries).call('network-connections sockets:detailed')
  expect(
    rows.map(({ Direction, Process, PID, User, LocalPort, RemoteIP, RemoteAddressSpace }) => [
      Direction,
      Process,
      PID,
      User,
      LocalPort,
      RemoteIP,
      RemoteAddressSpace,
    ]),
  ).toEqual([
    ['listen', 'ngin)x (b', 77, 'root', 443, null, null],
    ['inbound', 'ngin)x (b', 77, 'web', 443, '192.0.2.1', 'public'],
    ['inbound', null, null, 'web', 443, '192.0.2.2', 'public'],
    ['outbound', null, null, '1000', 49153, '8.8.8.8', 'public'],
    ['local', null, null, 'root', 49154, '127.0.0.1', 'loopback'],
    ['local', null, null, 'root', 1024, '127.0.0.1', 'loopback'],
    ['listen', null, null, 'root', 50000, null, null],
  ])
})

it('[HF53] puts connections alike into one row with their number, and refuses another view', async () => {
  const { call } = scene({ ...entries, 'proc/78/fd/9': { to: 'socket:[13]' }, 'proc/77/fd/9': { to: 'socket:[13]' } })
  const { rows } = await call('network-connections')
  expect(rows.map(({ Direction, ServicePort, Remotes, Count }) => [Direction, ServicePort, Remotes, Count])).toEqual([
    ['inbound', 443, 2, 2],
    ['listen', 443, 0, 1],
    ['outbound', 53, 1, 1],
    ['local', 5432, 1, 1],
    ['local', 50000, 1, 1],
    ['listen', 50000, 0, 1],
  ])
  expect((await call('network-connections sockets:other')).status).toBe(400)
  expect((await call('network-connections info')).document).toMatchObject({
    required_params: [{ id: 'sockets', type: 'select', options: [{ id: 'aggregated', defaultSelected: true }, { id: 'detailed' }] }],
  })
})

it('[HF52] the real sockets of this host: a port of this process is found with its name', async ({ skip }) => {
  if (process.platform !== 'linux') skip('needs a Linux kernel')
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { call } = createFunctionCaller([createNetworkConnectionsFunction({ files: createHostFiles() })], systemClock)
  const { rows } = await call('network-connections sockets:detailed')
  expect(rows.find(({ LocalPort }) => LocalPort === port)).toMatchObject({ Direction: 'listen', PID: process.pid, LocalIP: '127.0.0.1' })
})
