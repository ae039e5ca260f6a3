import { createPublicKey, verify } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { failing, limiting, startReceiver } from '../../../test/doubles/servers/receiver.ts'
import { alertItem, benchMessageId, benchNode, benchSpace, messageOf, reachItem } from '../../../test/doubles/benches/sample-messages.ts'
import { createSoftPushBrowser } from '../../../test/doubles/people/soft-push-browser.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'
import type { MemberId, NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Role } from '../../../src/domain/model.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { createOutbound } from '../../outbound/outbound.ts'
import { createPushBrowsers, pushLimits } from './push-browsers.ts'
import { createPushTargets } from './push-targets.ts'
import { ensureVapidKeys } from './vapid-keys.ts'
import { asItemWrite } from '../../store/item-rules.ts'
import { temporaryFolder } from '../../../test/doubles/temporary-folder.ts'

const ann = { spaceId: benchSpace, personId: 'ann' as PersonId, memberId: 'm1' as MemberId }
const wish = { name: 'Laptop', options: ['CRITICAL'], roomIds: null } as const
const otherNode = '0d0d0d0d-0000-4000-8000-000000000002' as NodeId

function keysFolder(): string {
  const folder = temporaryFolder()
  return folder
}

async function bench() {
  const service = await startReceiver()
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const browsers = createPushBrowsers({ store, seals: testSeals, clock })
  const vapid = { ...ensureVapidKeys(keysFolder()), subject: 'mailto:owner@example.com' }
  const member = { memberId: ann.memberId, role: 'observer' as Role, mayHear: true }
  const people = { member: member as typeof member | undefined, nodes: new Set<NodeId>([benchNode]) }
  const targets = createPushTargets({
    browsers,
    people: { member: async () => people.member, seesNode: async (_spaceId, _member, nodeId) => people.nodes.has(nodeId) },
    outbound: createOutbound({ clock: systemClock, allow: ['127.0.0.0/8'], caPem: service.caPem, resolve: async () => ['127.0.0.1'] }),
    vapid,
    clock,
  })
  const soft = createSoftPushBrowser(`${service.url}/push/unguessable`)
  const { pushId } = await browsers.add(ann, soft.subscription, wish)
  const send = (message = messageOf()) => targets.send(benchSpace, `push-${pushId}`, message)
  return { service, clock, store, browsers, people, targets, soft, pushId, send, vapid }
}

it('[NC12] a browser gets the message encrypted for it alone and signed with our keys, without a value', async () => {
  const { service, soft, send, vapid, targets, pushId } = await bench()
  service.script({ does: 'answer', status: 201 })
  expect(await send()).toEqual({ is: 'delivered' })
  const [request] = service.requests
  expect(JSON.parse(soft.read(request?.body ?? Buffer.alloc(0)))).toEqual({
    title: 'Critical (was warning): 10min_cpu_usage on web-1',
    body: expect.stringContaining('Chart: system.cpu'),
    url: 'https://cloud.example/spaces/5a/alerts',
    tag: benchMessageId,
    isUrgent: true,
  })
  expect(request?.headers).toMatchObject({
    'content-encoding': 'aes128gcm',
    ttl: '86400',
    urgency: 'high',
    topic: benchMessageId.replaceAll('-', ''),
  })
  expect(() => createSoftPushBrowser('https://x').read(request?.body ?? Buffer.alloc(0))).toThrow()
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(request?.headers.authorization ?? '') ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  const raw = Buffer.from(key, 'base64url')
  const jwk = { kty: 'EC', crv: 'P-256', x: raw.subarray(1, 33).toString('base64url'), y: raw.subarray(33).toString('base64url') }
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
  expect(key).toBe(vapid.publicKey)
  expect(
    verify('sha256', Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
  ).toBe(true)
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))).toMatchObject({ aud: service.url, sub: 'mailto:owner@example.com' })
  expect(await targets.list(benchSpace)).toMatchObject([
    { targetId: `push-${pushId}`, kind: 'push', slug: 'push', personId: 'ann', includesValue: false, options: ['CRITICAL'] },
  ])
})

it('[NC12] fifty long changes fit what push services take', async () => {
  const { service, soft, send } = await bench()
  const items = Array.from({ length: 50 }, (_, n) => alertItem({ newsId: `${n}`, name: '漢'.repeat(900), info: '漢'.repeat(900) }))
  expect(await send(messageOf(items, { omitted: 5 }))).toEqual({ is: 'delivered' })
  const body = service.requests[0]?.body ?? Buffer.alloc(0)
  expect(body.length).toBeLessThanOrEqual(4_096)
  expect(JSON.parse(soft.read(body))).toMatchObject({ title: '55 changes: 50 critical, 5 more' })
})

it('[NC12] a subscription that is over takes the browser away; trouble that passes does not', async () => {
  const { service, browsers, send } = await bench()
  service.script(limiting('30'), failing(500), failing(403))
  expect(await send()).toMatchObject({ is: 'retry', retryAfterMs: 30_000 })
  expect(await send()).toMatchObject({ is: 'retry' })
  expect(await send()).toMatchObject({ is: 'refused' })
  expect(await browsers.listOf(benchSpace, ann.personId)).toHaveLength(1)
  service.script(failing(410))
  expect(await send()).toEqual({ is: 'refused', problem: 'This browser is not notified any more.' })
  expect(await browsers.listOf(benchSpace, ann.personId)).toEqual([])
  expect(await send()).toEqual({ is: 'refused', problem: 'This browser is not notified any more.' })
})

it('[NC13] who lost a room hears nothing more of its nodes, also of what was waiting', async () => {
  const { service, soft, people, send } = await bench()
  const both = reachItem({ nodeIds: [benchNode, otherNode], hostnames: ['web-1', 'db-1'], parentHostname: 'parent-1' })
  await send(messageOf([both, alertItem({ nodeId: otherNode, hostname: 'db-1', newsId: 'x' })]))
  const text = soft.read(service.requests[0]?.body ?? Buffer.alloc(0))
  expect(text).toContain('Unreachable: web-1')
  expect(text).not.toMatch(/db-1|parent-1/)
  people.nodes.clear()
  expect(await send()).toEqual({ is: 'refused', problem: 'Its person does not see these nodes any more.' })
  expect(service.requests).toHaveLength(1)
})

it('[NC13] who left hears nothing more, nor after a return, and nothing of theirs stays', async () => {
  const { service, clock, people, browsers, targets, send } = await bench()
  people.member = { memberId: ann.memberId, role: 'observer', mayHear: false }
  expect([await targets.list(benchSpace), await send()]).toEqual([[], { is: 'refused', problem: 'This browser is not notified any more.' }])
  expect(await browsers.list(benchSpace)).toHaveLength(1)
  clock.advance(61_000)
  people.member = { memberId: 'm2' as MemberId, role: 'admin', mayHear: true }
  expect(await targets.list(benchSpace)).toEqual([])
  expect([await browsers.list(benchSpace), service.requests]).toEqual([[], []])
})

it('[NC14] the address of a browser is sealed for its item, and the same browser again is one', async () => {
  const { store, browsers, soft, pushId } = await bench()
  const again = await browsers.add(ann, soft.subscription, { ...wish, name: 'Work laptop' })
  expect([again.pushId, await browsers.listOf(benchSpace, ann.personId)]).toMatchObject([pushId, [{ name: 'Work laptop' }]])
  const { items } = await store.list(`space/${benchSpace}`, { prefix: 'push/' })
  expect(JSON.stringify(items)).not.toContain('unguessable')
  expect(JSON.stringify(items)).not.toContain(soft.subscription.keys.auth)
  const [item] = items
  if (item === undefined) throw new Error('no item')
  await store.write(asItemWrite({ ...item, sort: 'push/other' }), 'absent')
  await expect(browsers.open(benchSpace, 'other')).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
  for (const [spaceId, personId] of [
    [benchSpace, 'eve'],
    ['other', 'ann'],
  ] as [SpaceId, PersonId][]) {
    await expect(browsers.change(spaceId, personId, pushId, { name: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await browsers.remove(spaceId, personId, pushId)).toBe(false)
  }
})

it('[NC14] a person has a bounded number of browsers in a space', async () => {
  const { browsers } = await bench()
  const add = (n: number) => browsers.add(ann, createSoftPushBrowser(`https://push.example/${n}`).subscription, wish)
  for (let n = 1; n < pushLimits.browsersPerPerson; n++) await add(n)
  await expect(add(99)).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
  await add(1)
  await browsers.forget(benchSpace, ann.personId)
  expect(await browsers.list(benchSpace)).toEqual([])
})

it('[NC14] the keys are made once, for their owner alone, and a file that is damaged is told', () => {
  const folder = keysFolder()
  const keys = ensureVapidKeys(folder)
  expect(ensureVapidKeys(folder)).toEqual(keys)
  expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777])).toEqual([['web-push.json', 0o600]])
  expect(() => ensureVapidKeys(join(folder, 'web-push.json'))).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE' }))
})
