import { expect, it } from 'vitest'
import { claimAgent, newUuid, nodeInfo } from '../../../test/doubles/agents/metadata-agents.ts'
import { startTenancy, type TenancyBench } from '../../../test/doubles/benches/tenancy-bench.ts'

/** What a command line client calls with: an API token of the owner, no content type, no origin. */
async function client(bench: TenancyBench) {
  const bearer = await bench.bearerOf(bench.owner.personId)
  const send = (method: string, path: string, body?: unknown) =>
    bench.call(method, path, { bearer, ...(body === undefined ? {} : { body }) })
  const idOf = async (path: string, body: unknown) => ((await send('POST', path, body)).json as { id: string }).id
  return { send, idOf }
}

const of = (spaceId: string) => ({
  v1: `/api/v1/spaces/${spaceId}`,
  v2: `/api/v2/spaces/${spaceId}`,
  v3: `/api/v3/spaces/${spaceId}`,
})

it('[SP14] a space is made, described, listed and deleted with what is in it', async () => {
  const bench = await startTenancy()
  const { send, idOf } = await client(bench)
  bench.clock.advance(1)
  const made = await send('POST', '/api/v1/spaces', { name: 'testAcc' })
  const { id } = made.json as { id: string }
  expect(made.status).toBe(201)
  expect((await send('PATCH', of(id).v1, { description: '', name: '' })).status).toBe(200)
  const listed = async () => ((await send('GET', '/api/v3/spaces')).json as { id: string }[]).filter((space) => space.id === id)
  expect(await listed()).toMatchObject([{ name: 'testAcc', description: '' }])
  await send('PATCH', of(id).v1, { name: 'renamed', description: 'About it' })
  expect(await listed()).toMatchObject([{ name: 'renamed', description: 'About it' }])
  await send('PATCH', of(id).v1, { description: '' })
  expect(await listed()).toMatchObject([{ name: 'renamed', description: '' }])
  expect((await send('GET', '/api/v2/spaces')).json).toMatchObject([
    { id: bench.spaceId, name: 'My space' },
    {
      id,
      slug: `renamed-${id.slice(0, 8)}`,
      name: 'renamed',
      iconURL: null,
      createdAt: new Date(bench.clock.nowMs()).toISOString(),
      isNG: true,
    },
  ])
  expect((await send('GET', `${of(id).v2}/rooms`)).json).toMatchObject([{ name: 'All nodes', untouchable: true, private: false }])
  await idOf(`${of(id).v1}/rooms`, { name: 'Room', description: '' })
  expect((await send('DELETE', of(id).v1)).status).toBe(204)
  expect(await listed()).toEqual([])
  expect((await send('GET', `${of(id).v2}/rooms`)).status).toBe(404)
})

it('[SP14] deleting what is gone, foreign or absent is 204 alike and changes nothing', async () => {
  const bench = await startTenancy()
  const { send } = await client(bench)
  const stranger = await bench.identity.people.ensure('stranger@example.com')
  const foreign = await bench.metadata.spaces.create({ name: 'Theirs', description: '', adminPersonId: stranger.personId })
  for (const id of [foreign.spaceId, newUuid()]) {
    expect(await send('DELETE', of(id).v1)).toMatchObject({ status: 204, text: '' })
    expect((await send('DELETE', `${of(id).v1}/rooms/${newUuid()}`)).status).toBe(204)
    expect((await send('PATCH', of(id).v1, { name: 'Mine' })).status).toBe(404)
  }
  expect(await bench.metadata.spaces.get(foreign.spaceId)).toMatchObject({ name: 'Theirs' })
  const ann = await bench.member('ann@example.com', 'manager')
  const refused = await bench.call('DELETE', of(bench.spaceId).v1, { bearer: await bench.bearerOf(ann.personId) })
  expect(refused).toMatchObject({ status: 403, json: { errorMsgKey: 'ErrForbidden' } })
  expect(bench.audited.at(-1)).toMatchObject({ action: 'access-denied' })
})

it('[SP15] rooms, their members and nodes, as often as a client likes', async () => {
  const bench = await startTenancy()
  const { send, idOf } = await client(bench)
  const { v1, v2 } = of(bench.spaceId)
  bench.clock.advance(1)
  const id = await idOf(`${v1}/rooms`, { name: 'testAcc', description: '' })
  const twin = await idOf(`${v1}/rooms`, { name: 'testAcc' })
  expect(twin).not.toBe(id)
  expect((await send('PATCH', `${v1}/rooms/${id}`, { name: 'changed', description: 'words' })).status).toBe(200)
  expect((await send('PATCH', `${v1}/rooms/${id}`, { name: '', description: null })).status).toBe(200)
  const { memberID } = (await send('POST', `${v2}/members`, { email: 'room@member.local', role: 'admin' })).json as { memberID: string }
  for (const _ of [1, 2]) expect((await send('POST', `${v2}/rooms/${id}/members`, [memberID])).status).toBe(200)
  expect((await send('GET', `${v2}/rooms/${id}/members`)).json).toMatchObject([{ memberID: bench.ownerMemberId }, { memberID }])
  const { nodeId } = await claimAgent(bench.metadata, bench.spaceId)
  for (const _ of [1, 2]) expect((await send('POST', `${v1}/rooms/${id}/claimed-nodes`, [nodeId])).status).toBe(200)
  const rows = (await send('GET', `${v2}/rooms?show_all=true`)).json as { id: string }[]
  expect(rows).toHaveLength(3)
  expect(rows.find((room) => room.id === id)).toMatchObject({
    name: 'changed',
    description: 'words',
    node_count: 1,
    member_count: 2,
    isMember: true,
    untouchable: false,
    permissions: ['room:Read', 'room:ChangeName', 'room:Delete', 'room:InviteUsers', 'room:AddNode', 'room:RemoveNode'],
  })
  for (const _ of [1, 2]) expect((await send('DELETE', `${v1}/rooms/${id}/claimed-nodes?node_ids=${nodeId}`)).status).toBe(204)
  for (const _ of [1, 2]) expect((await send('DELETE', `${v2}/rooms/${id}/members?member_ids=${memberID}`)).status).toBe(204)
  expect((await bench.metadata.nodes.get(bench.spaceId, nodeId))?.roomIds).toEqual([])
  for (const _ of [1, 2]) expect((await send('DELETE', `${v1}/rooms/${id}`)).status).toBe(204)
  expect((await send('DELETE', `${v2}/rooms/${id}/members?member_ids=${memberID}`)).status).toBe(204)
  expect((await send('POST', `${v2}/rooms/${id}/members`, [memberID])).status).toBe(404)
})

it('[SP15] "All nodes" has every node and cannot be renamed, emptied or deleted', async () => {
  const bench = await startTenancy()
  const { send } = await client(bench)
  const { v1, v2, v3 } = of(bench.spaceId)
  const [all] = (await send('GET', `${v2}/rooms`)).json as { id: string; permissions: string[] }[]
  expect(all?.permissions).toEqual(['room:Read'])
  const { nodeId } = await claimAgent(bench.metadata, bench.spaceId)
  const room = `${v1}/rooms/${all?.id}`
  expect((await send('POST', `${room}/claimed-nodes`, [nodeId])).status).toBe(200)
  const statuses = [
    await send('DELETE', room),
    await send('PATCH', room, { name: 'Mine', description: '' }),
    await send('DELETE', `${room}/claimed-nodes?node_ids=${nodeId}`),
    await send('POST', `${v3}/rooms/${all?.id}/node-membership-rules`, { action: 'INCLUDE', description: '', clauses: null }),
  ].map(({ status }) => status)
  expect(statuses).toEqual([403, 403, 403, 403])
})

it('[SP16] members are invited, listed, appointed and removed, and invitations taken back', async () => {
  const bench = await startTenancy()
  const { send } = await client(bench)
  const { v1, v2 } = of(bench.spaceId)
  const invite = (email: string, role = 'observer') => send('POST', `${v2}/members`, { email, role })
  const invited = await invite('space@member.local', 'admin')
  expect(invited).toMatchObject({ status: 201, json: { email: 'space@member.local', role: 'admin' } })
  const { memberID } = invited.json as { memberID: string }
  expect((await invite('space@member.local')).status).toBe(409)
  expect((await invite('other@member.local', 'king')).status).toBe(422)
  expect((await invite('not an address')).status).toBe(422)
  expect((await send('GET', `${v2}/members`)).json).toMatchObject([
    { memberID: bench.ownerMemberId, accountID: bench.owner.personId, email: 'owner@example.com', deactivated: false },
    { memberID, email: 'space@member.local', role: 'admin', joinedAt: null },
  ])
  expect((await send('PATCH', `${v2}/members/${memberID}`, { role: 'observer' })).status).toBe(200)
  const other = (await invite('other@member.local')).json as { memberID: string }
  const third = (await invite('third@member.local')).json as { memberID: string }
  const invitations = async () => (await send('GET', `${v2}/invitations`)).json as { id: string; email: string }[]
  expect(await invitations()).toMatchObject([
    { email: 'space@member.local' },
    { email: 'other@member.local' },
    { email: 'third@member.local' },
  ])
  for (const _ of [1, 2]) expect((await send('DELETE', `${v2}/members?member_ids=${memberID},${other.memberID},nonsense`)).status).toBe(204)
  const [left] = await invitations()
  expect(left).toMatchObject({ email: 'third@member.local' })
  for (const _ of [1, 2]) expect((await send('DELETE', `${v1}/invitations?invitation_ids=${left?.id},${newUuid()}`)).status).toBe(204)
  expect(await send('GET', `${v2}/invitations`)).toMatchObject({ status: 200, text: '[]' })
  expect((await send('PATCH', `${v2}/members/${third.memberID}`, { role: 'observer' })).status).toBe(404)
  expect((await send('DELETE', `${v2}/members`)).status).toBe(422)
})

it('[SP16] a list with one who may not go removes nobody', async () => {
  const bench = await startTenancy()
  const [manager, observer] = [await bench.member('m@example.com', 'manager'), await bench.member('o@example.com', 'observer')]
  const bearer = await bench.bearerOf(manager.personId)
  const ids = [observer.memberId, bench.ownerMemberId].join(',')
  expect((await bench.call('DELETE', `${of(bench.spaceId).v2}/members?member_ids=${ids}`, { bearer })).status).toBe(403)
  expect(await bench.metadata.roster.list(bench.spaceId)).toHaveLength(3)
})

it('[SP16] join-callback leads to the page, whatever stands in the address', async () => {
  const bench = await startTenancy()
  for (const path of [
    `${of(bench.spaceId).v1}/join-callback?token=x`,
    '/api/v1/spaces/%2f%2fevil.example/join-callback?redirect_uri=https://evil.example',
  ])
    expect(await bench.call('GET', path)).toMatchObject({ status: 303, headers: { location: '/join' } })
})

it('[SP17] rules one by one: ids in quotes or braces, null clauses, the order of clauses', async () => {
  const bench = await startTenancy()
  const { send, idOf } = await client(bench)
  const { v1, v3 } = of(bench.spaceId)
  const room = await idOf(`${v1}/rooms`, { name: 'testAcc', description: '' })
  const base = `${v3}/rooms/${room}/node-membership-rules`
  const clauses = [
    { label: 'role', operator: 'equals', value: 'parent', negate: false },
    { label: 'environment', operator: 'equals', value: 'production', negate: true },
    { label: 'a', operator: 'contains', value: '', negate: false },
  ]
  const made = await send('POST', base, { action: 'INCLUDE', description: 'words', clauses })
  const { id } = made.json as { id: string }
  expect(made).toMatchObject({
    status: 201,
    json: { spaceID: bench.spaceId, roomID: room, action: 'INCLUDE', description: 'words', clauses },
  })
  for (const form of [id, `%22${id}%22`, `%7B${id}%7D`, `%22${id.toUpperCase()}%22`])
    expect((await send('GET', `${base}/${form}`)).json).toEqual(made.json)
  for (const form of [`%22${id}`, `%22%22${id}%22%22`, newUuid(), 'x']) expect((await send('GET', `${base}/${form}`)).status).toBe(404)
  const put = await send('PUT', `${base}/${id}`, { action: 'EXCLUDE', clauses: null })
  expect(put).toMatchObject({ status: 200, json: { id, action: 'EXCLUDE', description: '', clauses: [] } })
  expect((await send('GET', base)).json).toEqual([put.json])
  for (const wrong of [
    { action: 'MAYBE', clauses },
    { action: 'INCLUDE', clauses: [{ ...clauses[0], operator: 'like' }] },
    { action: 'INCLUDE', clauses: {} },
  ])
    expect((await send('POST', base, wrong)).status).toBe(422)
  for (const form of [`%22${id}%22`, id]) expect((await send('DELETE', `${base}/${form}`)).status).toBe(204)
  expect((await send('GET', base)).text).toBe('[]')
  expect((await send('PUT', `${base}/${id}`, { action: 'INCLUDE', clauses })).status).toBe(404)
})

it('[SP17] a node that was put in by hand stays whatever the rules say, and one that fits a rule comes by itself', async () => {
  const bench = await startTenancy()
  const { send, idOf } = await client(bench)
  const { v1, v3 } = of(bench.spaceId)
  const agents = await Promise.all(
    ['parent', 'child'].map(async (role) => ({ role, agent: await claimAgent(bench.metadata, bench.spaceId) })),
  )
  for (const { role, agent } of agents) await bench.metadata.nodes.info(agent, agent.machineGuid, nodeInfo(role, { role }))
  const [byRule, byHand] = agents.map(({ agent }) => agent.nodeId)
  const room = await idOf(`${v1}/rooms`, { name: 'testAcc', description: '' })
  await send('POST', `${v1}/rooms/${room}/claimed-nodes`, [byHand])
  const clauses = [{ label: 'role', operator: 'equals', value: 'parent', negate: false }]
  const rule = await idOf(`${v3}/rooms/${room}/node-membership-rules`, { action: 'INCLUDE', description: '', clauses })
  const inRoom = async () =>
    ((await send('POST', `${v3}/rooms/${room}/nodes`, {})).json as { nodes: { nd: string }[] }).nodes.map(({ nd }) => nd)
  expect(new Set(await inRoom())).toEqual(new Set([byRule, byHand]))
  await send('DELETE', `${v3}/rooms/${room}/node-membership-rules/${rule}`)
  expect(await inRoom()).toEqual([byHand])
})

it('[SP18] ten writers at a time, on //api, without a content type', async () => {
  const bench = await startTenancy()
  const { send } = await client(bench)
  const { v1, v2 } = of(bench.spaceId)
  const ten = Array.from({ length: 10 }, (_, n) => n)
  const rooms = await Promise.all(ten.map((n) => send('POST', `/${v1}/rooms`, { name: `Room ${n}`, description: '' })))
  const people = await Promise.all(ten.map((n) => send('POST', `/${v2}/members`, { email: `p${n}@member.local`, role: 'observer' })))
  expect([...rooms, ...people].map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
  const roomIds = rooms.map(({ json }) => (json as { id: string }).id)
  const memberIds = people.map(({ json }) => (json as { memberID: string }).memberID)
  const joined = await Promise.all(memberIds.map((id) => send('POST', `/${v2}/rooms/${roomIds[0]}/members`, [id])))
  expect(joined.every(({ status }) => status === 200)).toBe(true)
  expect((await send('GET', `/${v2}/rooms/${roomIds[0]}/members`)).json).toHaveLength(11)
  const gone = await Promise.all([
    ...roomIds.map((id) => send('DELETE', `/${v1}/rooms/${id}`)),
    ...memberIds.map((id) => send('DELETE', `/${v2}/members?member_ids=${id}`)),
    ...memberIds.map((id) => send('DELETE', `/${v2}/rooms/${roomIds[0]}/members?member_ids=${id}`)),
  ])
  expect(gone.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 204))
  expect(await bench.metadata.rooms.list(bench.spaceId)).toHaveLength(1)
  expect(await bench.metadata.roster.list(bench.spaceId)).toHaveLength(1)
})

it('[CR33] an address is read back as it was written, and is one address all the same', async () => {
  const bench = await startTenancy()
  const { send } = await client(bench)
  const { v1, v2 } = of(bench.spaceId)
  const email = 'Ops.Team@Example.COM'
  const made = (await send('POST', `${v2}/members`, { email, role: 'observer' })).json as { memberID: string; email: string }
  expect(made.email).toBe(email)
  const roomId = ((await send('POST', `${v1}/rooms`, { name: 'Room' })).json as { id: string }).id
  await send('POST', `${v2}/rooms/${roomId}/members`, [made.memberID])
  const listed = async (path: string) =>
    ((await send('GET', path)).json as { memberID: string; email: string }[]).find(({ memberID }) => memberID === made.memberID)?.email
  const paths = [`${v2}/members`, `${v2}/invitations`, `${v2}/rooms/${roomId}/members`]
  expect(await Promise.all(paths.map(listed))).toEqual([email, email, email])
  expect((await send('POST', `${v2}/members`, { email: email.toLowerCase(), role: 'observer' })).status).toBe(409)
  const person = await bench.identity.people.find(email)
  expect(person?.email).toBe('ops.team@example.com')
  expect((await send('PATCH', `${v2}/members/${made.memberID}`, { role: 'manager' })).status).toBe(200)
  expect(await listed(`${v2}/members`)).toBe(email)
})

it('[CR33] who moved to another address is shown with that one', async () => {
  const bench = await startTenancy()
  const { send } = await client(bench)
  const { v2 } = of(bench.spaceId)
  await send('POST', `${v2}/members`, { email: 'O.T@Example.com', role: 'observer' })
  const person = await bench.identity.people.find('o.t@example.com')
  if (person === undefined) throw new Error('nobody was invited')
  await bench.identity.people.moveTo(person.personId, 'z1@b.example')
  const rows = (await send('GET', `${v2}/members`)).json as { accountID: string; email: string }[]
  expect(rows.find(({ accountID }) => accountID === person.personId)?.email).toBe('z1@b.example')
})

it('[CR34] names and descriptions are read back to the character, or refused', async () => {
  const bench = await startTenancy()
  const { send, idOf } = await client(bench)
  const { v1, v2, v3 } = of(bench.spaceId)
  const name = '  padded \u{1f469}\u200d\u{1f4bb} name '
  const description = '\n  first line\r\n\tsecond\n\n'
  const id = await idOf(`${v1}/rooms`, { name, description })
  const room = async () => ((await send('GET', `${v2}/rooms`)).json as { id: string }[]).find((each) => each.id === id)
  expect(await room()).toMatchObject({ name, description })
  expect((await send('PATCH', `${v1}/rooms/${id}`, { name: ' ', description: ' ' })).status).toBe(200)
  expect(await room()).toMatchObject({ name, description: ' ' })
  const spaceId = await idOf('/api/v1/spaces', { name, description })
  await send('PATCH', of(spaceId).v1, { name: `${name}two`, description: `${description}two` })
  const spaces = (await send('GET', '/api/v3/spaces')).json as { id: string }[]
  expect(spaces.find((each) => each.id === spaceId)).toMatchObject({ name: `${name}two`, description: `${description}two` })
  const rules = `${v3}/rooms/${id}/node-membership-rules`
  expect((await send('POST', rules, { action: 'INCLUDE', description, clauses: [] })).json).toMatchObject({ description })
  expect((await send('GET', rules)).json).toMatchObject([{ description }])
  const odd = await idOf(`${v1}/rooms`, { name: 'two\n\u202elines', description: 'a\u0000\n\u2028b' })
  const oddRoom = ((await send('GET', `${v2}/rooms`)).json as { id: string }[]).find((each) => each.id === odd)
  expect(oddRoom).toMatchObject({ name: 'twolines', description: 'a\nb' })
  for (const blank of ['', '  ']) expect((await send('POST', `${v1}/rooms`, { name: blank })).status).toBe(422)
})
