import { expect, it } from 'vitest'
import { createPushBrowsers } from '../../cloud/notify/push/push-browsers.ts'
import { createPushTargets } from '../../cloud/notify/push/push-targets.ts'
import { ensureVapidKeys } from '../../cloud/notify/push/vapid-keys.ts'
import { createOutbound } from '../../cloud/outbound/outbound.ts'
import type { MemberId, PersonId } from '../../src/domain/ids.ts'
import { systemClock } from '../../src/support/clock.ts'
import { createChannelBench } from '../doubles/benches/channel-bench.ts'
import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { redirecting, startReceiver } from '../doubles/servers/receiver.ts'
import { benchSpace, messageOf } from '../doubles/benches/sample-messages.ts'
import { createSoftPushBrowser } from '../doubles/people/soft-push-browser.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const refusal = {
  is: 'refused',
  problem: 'The address lies in a private or reserved network; the operator can allow it with THROUGHLINE_PRIVATE_TARGETS.',
}
const webhook = (url: string) => ({ slug: 'webhook', fields: { url } })

it.each([
  ['loopback', '127.0.0.1'],
  ['another loopback', '127.8.9.1'],
  ['as one number', '2130706433'],
  ['in octal', '0177.0.0.1'],
  ['in hexadecimal', '0x7f.0.0.1'],
  ['as one hexadecimal number', '0x7f000001'],
  ['short', '127.1'],
  ['with a dot at its end', '127.0.0.1.'],
  ['in full-width digits', '１２７.０.０.１'],
  ['unspecified', '0.0.0.0'],
  ['link-local, where clouds keep secrets', '169.254.169.254'],
  ['private 10', '10.1.2.3'],
  ['private 172', '172.20.0.1'],
  ['private 192', '192.168.1.1'],
  ['carrier', '100.64.0.1'],
  ['benchmark', '198.18.0.1'],
  ['multicast', '224.0.0.251'],
  ['broadcast', '255.255.255.255'],
  ['IPv6 loopback', '[::1]'],
  ['IPv6 unspecified', '[::]'],
  ['IPv6 link-local', '[fe80::1]'],
  ['IPv6 unique local', '[fd00::1]'],
  ['IPv6 multicast', '[ff02::1]'],
  ['mapped', '[::ffff:10.0.0.1]'],
  ['mapped in hexadecimal', '[::ffff:7f00:1]'],
  ['compatible', '[::127.0.0.1]'],
  ['translated (NAT64)', '[64:ff9b::10.0.0.1]'],
  ['translated locally', '[64:ff9b:1::a00:1]'],
  ['6to4', '[2002:7f00:1::]'],
  ['Teredo', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]'],
])('[NC5] (N1) no message goes to an address that is %s', async (_what, host) => {
  const { send } = createChannelBench({ ...webhook(`https://${host}/in`), allow: [] })
  expect(await send()).toEqual(refusal)
})

it.each([
  ['one private address', ['10.0.0.1']],
  ['a public and a private address', ['93.184.216.34', '192.168.1.1']],
  ['a mapped address', ['::ffff:127.0.0.1']],
  ['a translated address', ['64:ff9b::7f00:1']],
])('[NC5] (N1) no message goes to a name with %s', async (_what, addresses) => {
  for (const name of ['hooks.example', 'localhost', 'hooks.example.', 'HOOKS.example'])
    expect(await createChannelBench({ ...webhook(`https://${name}/in`), allow: [], resolve: async () => addresses }).send()).toEqual(
      refusal,
    )
})

it('[NC5] (N1) a name that changes its mind is asked once for each attempt, and leads only where it was checked', async () => {
  const receiver = await startReceiver()
  let times = 0
  const resolve = async () => ((times += 1) % 2 === 1 ? ['127.0.0.1'] : ['127.0.0.2'])
  const { send } = createChannelBench({ ...webhook(`${receiver.url}/in`), receiver, allow: ['127.0.0.1/32'], resolve })
  expect(await send()).toEqual({ is: 'delivered' })
  expect([times, receiver.requests.length]).toEqual([1, 1])
  expect(await send()).toEqual(refusal)
  expect([times, receiver.requests.length]).toEqual([2, 1])
})

it('[NC5] (N1) a redirect to an inner address is not followed, whichever it is', async () => {
  const receiver = await startReceiver()
  const inside = await startReceiver()
  const { send } = createChannelBench({ ...webhook(`${receiver.url}/in`), receiver })
  const places = [`${inside.url}/`, 'http://127.0.0.1/', 'https://[::1]/', '//169.254.169.254/', 'file:///etc/passwd']
  receiver.script(...places.flatMap((place) => [301, 302, 303, 307, 308].map((status) => redirecting(place, status))))
  for (let n = 0; n < places.length * 5; n++) expect(await send()).toMatchObject({ is: 'refused' })
  expect([receiver.requests.length, inside.requests.length]).toEqual([25, 0])
})

it.each(['http://hooks.example/', 'ftp://hooks.example/', 'https://ann:pw@hooks.example/', 'file:///etc/passwd', 'no address', ''])(
  '[NC5] (N1) %s is refused',
  async (url) => {
    expect(await createChannelBench(webhook(url)).send()).toMatchObject({ is: 'refused' })
  },
)

it('[NC5] (N1) the operator allows a network, and no other is allowed with it', async () => {
  const receiver = await startReceiver()
  const wish = { ...webhook(`${receiver.url}/in`), receiver }
  expect(await createChannelBench({ ...wish, allow: ['127.0.0.0/8'] }).send()).toEqual({ is: 'delivered' })
  for (const allow of [[], ['10.0.0.0/8'], ['::/0'], ['::ffff:127.0.0.0/104']])
    expect(await createChannelBench({ ...wish, allow }).send()).toEqual(refusal)
})

it('[NC8] (N2) headers of a channel can neither steer the connection nor speak for us', async () => {
  const receiver = await startReceiver()
  const bench = (headers: string) =>
    createChannelBench({ slug: 'webhook', fields: { url: receiver.url, headers, signingSecret: 's' }, receiver })
  for (const header of [
    'Host: a',
    'Transfer-Encoding: chunked',
    'Connection: upgrade',
    'Cookie: a=b',
    'Proxy-Authorization: x',
    'Content-Length: 1',
  ])
    expect(await bench(header).send()).toMatchObject({ is: 'refused' })
  expect(receiver.requests).toEqual([])
  expect(await bench('Throughline-Signature: v1=forged\nthroughline-delivery: x\nX-Ok: yes').send()).toEqual({ is: 'delivered' })
  const headers = receiver.requests[0]?.headers ?? {}
  expect(headers['throughline-signature']).toMatch(/^v1=[0-9a-f]{64}$/)
  expect([headers['throughline-delivery'], headers['x-ok']]).toEqual(['3e3e3e3e-0000-4000-8000-000000000001', 'yes'])
})

it.each(['https://127.0.0.1/push', 'https://[::1]/push', 'https://169.254.169.254/latest', 'https://push.example/inside'])(
  '[NC5] (N1) a browser that names %s as its address makes the cloud reach nothing inside',
  async (endpoint) => {
    const store = createMemoryStore(systemClock)
    const browsers = createPushBrowsers({ store, seals: testSeals, clock: systemClock })
    const folder = temporaryFolder()
    const who = { spaceId: benchSpace, personId: 'eve' as PersonId, memberId: 'm1' as MemberId }
    const targets = createPushTargets({
      browsers,
      people: { member: async () => ({ memberId: who.memberId, role: 'observer', mayHear: true }), seesNode: async () => true },
      outbound: createOutbound({ clock: systemClock, allow: [], resolve: async () => ['10.0.0.1'] }),
      vapid: { ...ensureVapidKeys(folder), subject: 'mailto:owner@example.com' },
      clock: systemClock,
    })
    const wish = { name: 'Laptop', options: ['CRITICAL'], roomIds: null } as const
    const { pushId } = await browsers.add(who, createSoftPushBrowser(endpoint).subscription, wish)
    expect(await targets.send(benchSpace, `push-${pushId}`, messageOf())).toEqual(refusal)
  },
)
