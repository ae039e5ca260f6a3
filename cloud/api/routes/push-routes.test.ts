import { expect, it } from 'vitest'
import { createSoftPushBrowser } from '../../../test/doubles/people/soft-push-browser.ts'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'

const wishOf = (endpoint: string, more: object = {}) => ({
  ...createSoftPushBrowser(endpoint).subscription,
  name: 'Laptop',
  options: ['CRITICAL'],
  ...more,
})

async function bench() {
  const made = await startTenancy()
  const { spaceId, ownerCookie, member, call } = made
  const ann = await member('ann@example.com', 'observer')
  const as = (cookie: string) => (method: string, path: string, body?: unknown) =>
    call(method, `${ownApi}/spaces/${spaceId}${path}`, { cookie, body })
  return { ...made, ann, asAnn: as(ann.cookie), asOwner: as(ownerCookie) }
}

it('[NC14] a person adds, changes and removes browsers of their own, and sees no address', async () => {
  const { asAnn, audited } = await bench()
  expect((await asAnn('GET', '/push/key')).json).toEqual({ publicKey: 'public-key' })
  const made = await asAnn('POST', '/push', wishOf('https://push.example/secret-address'))
  const { pushId, endpointHash } = made.json as { pushId: string; endpointHash: string }
  expect([made.status, made.json]).toMatchObject([201, { name: 'Laptop', options: ['CRITICAL'], roomIds: null }])
  expect(endpointHash).toMatch(/^[0-9a-f]{64}$/)
  const changed = await asAnn('PATCH', `/push/${pushId}`, { name: 'Desk', options: ['CRITICAL', 'CLEAR'] })
  expect(changed.json).toMatchObject({ pushId, name: 'Desk', options: ['CRITICAL', 'CLEAR'] })
  const listed = await asAnn('GET', '/push')
  expect(listed.json).toEqual({ browsers: [changed.json] })
  expect(`${made.text}${listed.text}`).not.toContain('secret-address')
  expect((await asAnn('DELETE', `/push/${pushId}`)).status).toBe(204)
  expect((await asAnn('DELETE', `/push/${pushId}`)).status).toBe(404)
  expect(audited.map(({ action }) => action).filter((action) => action.startsWith('push'))).toEqual([
    'push-target-added',
    'push-target-removed',
  ])
})

it('[NC14] nobody reaches a browser of somebody else, names a room they do not see, or an address that is none', async () => {
  const { asAnn, asOwner, metadata, spaceId } = await bench()
  const { pushId } = (await asAnn('POST', '/push', wishOf('https://push.example/a'))).json as { pushId: string }
  expect((await asOwner('GET', '/push')).json).toEqual({ browsers: [] })
  expect((await asOwner('PATCH', `/push/${pushId}`, { name: 'Mine' })).status).toBe(404)
  expect((await asOwner('DELETE', `/push/${pushId}`)).status).toBe(404)
  const [room] = await metadata.rooms.list(spaceId)
  expect((await asAnn('POST', '/push', wishOf('https://push.example/a', { roomIds: [room?.roomId] }))).status).toBe(422)
  expect((await asOwner('POST', '/push', wishOf('https://push.example/b', { roomIds: [room?.roomId] }))).status).toBe(201)
  for (const endpoint of ['http://push.example/', 'https://a:b@push.example/', 'ftp://x', 'x', ''])
    expect((await asAnn('POST', '/push', wishOf(endpoint))).status).toBe(422)
  for (const more of [{ options: [] }, { options: ['ALL'] }, { name: ' ' }, { keys: { p256dh: 'x', auth: 'y' } }, { value: true }])
    expect((await asAnn('POST', '/push', wishOf('https://push.example/c', more))).status).toBe(422)
})

it('[NC13] whoever leaves, is removed or deletes their account leaves no browser behind', async () => {
  const { asAnn, asOwner, member, call, store, spaceId, tenancy, ann } = await bench()
  const kept = async () => (await store.list(`space/${spaceId}`, { prefix: 'push/' })).items.length
  await asAnn('POST', '/push', wishOf('https://push.example/a'))
  expect((await asOwner('DELETE', `/members/${ann.memberId}`)).status).toBe(204)
  expect(await kept()).toBe(0)
  const ben = await member('ben@example.com', 'admin')
  await call('POST', `${ownApi}/spaces/${spaceId}/push`, { cookie: ben.cookie, body: wishOf('https://push.example/b') })
  expect(await kept()).toBe(1)
  expect((await call('POST', `${ownApi}/spaces/${spaceId}/space/leave`, { cookie: ben.cookie })).status).toBe(204)
  expect(await kept()).toBe(0)
  const eve = await member('eve@example.com', 'manager')
  await call('POST', `${ownApi}/spaces/${spaceId}/push`, { cookie: eve.cookie, body: wishOf('https://push.example/c') })
  await tenancy.accountRemoval.remove(eve.personId, 'eve@example.com')
  expect(await kept()).toBe(0)
})
