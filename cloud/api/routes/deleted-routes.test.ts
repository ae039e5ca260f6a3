import { expect, it } from 'vitest'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'

it('[TB6] whoever may make a thing restores it; only admins set the days and allow a purge', async () => {
  const lab = await startTenancy()
  const { rooms, roomRemoval } = lab.metadata
  const room = await rooms.create(lab.spaceId, { name: 'Web', description: '', memberId: undefined })
  await roomRemoval.remove(lab.spaceId, room.roomId)
  const manager = await lab.member('manager@example.com', 'manager')
  const observer = await lab.member('observer@example.com', 'observer')
  const listed = async (cookie: string) =>
    ((await lab.call('GET', `${ownApi}/deleted`, { cookie })).json as { items: { id: string }[] }).items
  expect(await listed(observer.cookie)).toEqual([])
  expect(await listed(manager.cookie)).toMatchObject([{ kind: 'room', id: room.roomId, name: 'Web' }])
  const path = `${ownApi}/deleted/room/${room.roomId}/restore`
  expect((await lab.call('POST', path, { cookie: observer.cookie, body: {} })).status).toBe(404)
  expect((await lab.call('POST', path, { cookie: manager.cookie, body: {} })).status).toBe(204)
  expect((await rooms.get(lab.spaceId, room.roomId))?.name).toBe('Web')
  expect((await lab.call('POST', path, { cookie: manager.cookie, body: {} })).status).toBe(404)
  expect((await lab.call('POST', `${ownApi}/deleted/node/x/restore`, { cookie: manager.cookie, body: {} })).status).toBe(404)

  const body = { days: { node: 0 } }
  expect((await lab.call('PUT', `${ownApi}/retention`, { cookie: manager.cookie, body })).status).toBe(403)
  const set = await lab.call('PUT', `${ownApi}/retention`, { cookie: lab.ownerCookie, body })
  expect(set.json).toEqual({ days: { node: 0, contexts: 90, 'alert-configuration': 90, 'channel-secret': 90 } })
  for (const days of [{ node: 91 }, { node: -1 }, { node: 1.5 }, { account: 3 }])
    expect((await lab.call('PUT', `${ownApi}/retention`, { cookie: lab.ownerCookie, body: { days } })).status).toBe(422)
  await roomRemoval.remove(lab.spaceId, room.roomId)
  expect(await listed(manager.cookie)).toEqual([])
  expect((await lab.call('GET', `${ownApi}/purges`, { cookie: manager.cookie })).status).toBe(403)
  expect((await lab.call('GET', `${ownApi}/purges`, { cookie: lab.ownerCookie })).json).toEqual({ orders: [] })
  expect((await lab.call('POST', `${ownApi}/purges/none/approve`, { cookie: lab.ownerCookie, body: {} })).status).toBe(404)
})
