import { expect, it } from 'vitest'
import { claimAgent, newUuid, nodeInfo } from '../../../test/doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy, type TenancyBench } from '../../../test/doubles/benches/tenancy-bench.ts'

/** A node that said its labels. */
async function node({ metadata, spaceId }: TenancyBench, hostname: string, labels: Record<string, string>) {
  const agent = await claimAgent(metadata, spaceId, { hostname })
  await metadata.nodes.info(agent, agent.machineGuid, nodeInfo(hostname, labels))
  return agent.nodeId
}

const rule = (label: string, value: string, action: 'INCLUDE' | 'EXCLUDE' = 'INCLUDE') => ({
  action,
  description: '',
  clauses: [{ label, operator: 'equals', value, negate: false }],
})

it('[SP12] a room is made, filled by hand and by rules, shown and deleted', async () => {
  const bench = await startTenancy()
  const cookie = bench.ownerCookie
  const [web, db] = [await node(bench, 'web-1', { role: 'web' }), await node(bench, 'db-1', { role: 'db' })]
  const made = await bench.call('POST', `${ownApi}/rooms`, { cookie, body: { name: 'Room', description: 'Of web' } })
  expect(made.status).toBe(201)
  const path = `${ownApi}/rooms/${(made.json as { roomId: string }).roomId}`
  for (const _ of [1, 2]) expect((await bench.call('PUT', `${path}/nodes`, { cookie, body: { add: [db] } })).status).toBe(204)
  const rules = await bench.call('PUT', `${path}/rules`, { cookie, body: { rules: [rule('role', 'web')] } })
  expect(rules).toMatchObject({ status: 200, json: { rules: [{ action: 'INCLUDE', clauses: [{ label: 'role', value: 'web' }] }] } })
  expect((await bench.call('GET', path, { cookie })).json).toMatchObject({
    name: 'Room',
    description: 'Of web',
    isMember: true,
    members: 1,
    nodes: 2,
    memberIds: [bench.ownerMemberId],
    nodeIds: { byHand: [db], byRule: [web] },
  })
  const [kept] = (rules.json as { rules: { ruleId: string }[] }).rules
  const changed = await bench.call('PUT', `${path}/rules`, { cookie, body: { rules: [rule('role', 'db', 'EXCLUDE'), { ...kept }] } })
  expect((changed.json as { rules: { ruleId: string }[] }).rules[1]?.ruleId).toBe(kept?.ruleId)
  expect((await bench.call('PUT', `${path}/nodes`, { cookie, body: { remove: [db] } })).status).toBe(204)
  expect((await bench.call('GET', path, { cookie })).json).toMatchObject({ nodeIds: { byHand: [], byRule: [web] } })
  expect((await bench.call('PATCH', path, { cookie, body: { name: 'Other' } })).status).toBe(204)
  expect((await bench.call('DELETE', path, { cookie })).status).toBe(204)
  expect((await bench.call('DELETE', path, { cookie })).status).toBe(404)
  expect(bench.audited.map(({ action }) => action)).toEqual([
    'room-created',
    'room-node-added',
    'room-rule-changed',
    'room-rule-changed',
    'room-node-removed',
    'room-changed',
    'room-deleted',
  ])
})

it('[SP12] "All nodes" stays, and what is not of the space is 404', async () => {
  const bench = await startTenancy()
  const cookie = bench.ownerCookie
  const web = await node(bench, 'web-1', {})
  const [all] = await bench.metadata.rooms.list(bench.spaceId)
  const path = `${ownApi}/rooms/${all?.roomId}`
  for (const [method, at, body] of [
    ['PATCH', '', { name: 'Mine' }],
    ['DELETE', '', {}],
    ['PUT', '/rules', { rules: [rule('a', 'b')] }],
    ['PUT', '/nodes', { remove: [web] }],
  ] as const)
    expect(await bench.call(method, `${path}${at}`, { cookie, body })).toMatchObject({ status: 403, json: { errorCode: 'ROOM_FIXED' } })
  expect((await bench.call('PUT', `${path}/nodes`, { cookie, body: { add: [web] } })).status).toBe(204)
  expect((await bench.metadata.nodes.get(bench.spaceId, web))?.roomIds).toEqual([])
  expect((await bench.call('PUT', `${path}/nodes`, { cookie, body: { add: [newUuid()] } })).status).toBe(204)

  const other = await bench.metadata.spaces.create({ name: 'Other', description: '', adminPersonId: bench.owner.personId })
  const [foreign] = await bench.metadata.rooms.list(other.spaceId)
  for (const room of [foreign?.roomId, newUuid(), 'what'])
    expect((await bench.call('GET', `${ownApi}/spaces/${bench.spaceId}/rooms/${room}`, { cookie })).status).toBe(404)
  const { roomId } = (await bench.call('POST', `${ownApi}/rooms`, { cookie, body: { name: 'Room' } })).json as { roomId: string }
  expect((await bench.call('PUT', `${ownApi}/rooms/${roomId}/members`, { cookie, body: { add: [newUuid()] } })).status).toBe(404)
  expect((await bench.call('PUT', `${ownApi}/rooms/${roomId}/nodes`, { cookie, body: { add: [web, newUuid()] } })).status).toBe(404)
  expect((await bench.metadata.nodes.get(bench.spaceId, web))?.roomIds).toEqual([])
})

it('[SP12] who sees only their rooms sees no other one, and leaves one but joins none by themselves', async () => {
  const bench = await startTenancy()
  const cookie = bench.ownerCookie
  const web = await node(bench, 'web-1', {})
  const ann = await bench.member('ann@example.com', 'observer')
  const { roomId } = (await bench.call('POST', `${ownApi}/rooms`, { cookie, body: { name: 'Room' } })).json as { roomId: string }
  const path = `${ownApi}/rooms/${roomId}`
  await bench.call('PUT', `${path}/nodes`, { cookie, body: { add: [web] } })
  expect((await bench.call('GET', path, { cookie: ann.cookie })).status).toBe(404)
  expect((await bench.call('POST', `${path}/join`, { cookie: ann.cookie })).status).toBe(403)
  await bench.call('PUT', `${path}/members`, { cookie, body: { add: [ann.memberId] } })
  expect((await bench.call('GET', `${ownApi}/nodes/${web}`, { cookie: ann.cookie })).status).toBe(200)
  expect((await bench.call('PUT', `${path}/nodes`, { cookie: ann.cookie, body: {} })).status).toBe(403)
  expect((await bench.call('POST', `${path}/leave`, { cookie: ann.cookie })).status).toBe(204)
  expect((await bench.call('GET', `${ownApi}/nodes/${web}`, { cookie: ann.cookie })).status).toBe(404)
})

it('[SP13] a preview shows what rules would bring, and labels what rules can name', async () => {
  const bench = await startTenancy()
  const cookie = bench.ownerCookie
  const [web, db] = [await node(bench, 'web-1', { role: 'web' }), await node(bench, 'db-1', { role: 'db' })]
  const { roomId } = (await bench.call('POST', `${ownApi}/rooms`, { cookie, body: { name: 'Room' } })).json as { roomId: string }
  await bench.call('PUT', `${ownApi}/rooms/${roomId}/nodes`, { cookie, body: { add: [db] } })
  const preview = await bench.call('POST', `${ownApi}/rooms/${roomId}/rules/preview`, { cookie, body: { rules: [rule('role', 'web')] } })
  expect((preview.json as { nodes: { nodeId: string }[] }).nodes.sort(({ nodeId }) => (nodeId === web ? -1 : 1))).toEqual([
    { nodeId: web, hostname: 'web-1', byHand: false, byRule: true },
    { nodeId: db, hostname: 'db-1', byHand: true, byRule: false },
  ])
  expect((await bench.metadata.rooms.list(bench.spaceId))[1]?.rules).toEqual([])
  const { labels } = (await bench.call('GET', `${ownApi}/labels`, { cookie })).json as { labels: { label: string; values: unknown[] }[] }
  expect(labels.find(({ label }) => label === 'role')?.values).toEqual([
    { value: 'db', nodes: 1 },
    { value: 'web', nodes: 1 },
  ])
  const ann = await bench.member('ann@example.com', 'observer')
  expect((await bench.call('GET', `${ownApi}/labels`, { cookie: ann.cookie })).json).toEqual({ labels: [] })
})
