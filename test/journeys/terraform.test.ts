import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { terraformClient, type TerraformClient } from '../contract/clients/terraform-client.ts'
import { terraformResources, type RuleWish } from '../contract/clients/terraform-resources.ts'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { endSuite } from '../doubles/when-over.ts'

const email = { space: 'space@member.local', room: 'room@member.local' }

/** P1 plan, A apply, P2 plan that reads data sources alone, P3 plan that reads everything, D destroy (cloud-api §13). */
describe('the acceptance suite of the Terraform provider, played against a running cloud', () => {
  let cloud: Installation
  let token = ''
  let fixed = ''

  /** A new run of the provider: a client of its own with nothing in its state. */
  const provider = (url = cloud.url): TerraformClient => terraformClient({ url, token, caPem: cloud.caPem })
  const shape = (client: TerraformClient, ...ids: readonly (readonly [string, string])[]) =>
    client.calls.map(({ method, path }) => ids.reduce((text, [id, word]) => text.replaceAll(id, word), `${method} ${path}`))

  beforeAll(async () => {
    cloud = await startInstallation()
    const { out } = await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)
    ;({ token } = JSON.parse(out) as { token: string })
    const [space] = await provider().decode<{ id: string; name: string }[]>('GET', '/api/v3/spaces')
    expect(space?.name).not.toBe('')
    fixed = space?.id ?? ''
  }, 120_000)

  afterAll(endSuite)

  it('[CT1] 1: a space is made, read back without a difference, and deleted', async () => {
    const client = provider()
    const { space } = terraformResources(client)
    // A
    const { id, claimToken } = await space.create('testAcc', '')
    expect(claimToken).toHaveLength(135)
    // P3
    const read = await space.read(id)
    expect([read?.name, read?.description ?? '']).toEqual(['testAcc', ''])
    // D
    await space.delete(id)
    expect(shape(client, [id, '{S}'])).toEqual([
      'POST /api/v1/spaces',
      'PATCH /api/v1/spaces/{S}',
      'POST /api/v1/spaces/{S}/token/rotate',
      'GET /api/v3/spaces',
      'DELETE /api/v1/spaces/{S}',
    ])
    expect(await space.read(id)).toBeUndefined()
  })

  it('[CT1] a space is renamed, described, imported with nothing but its id, and deleted again after it is gone', async () => {
    const { space, spaceData } = terraformResources(provider())
    const { id } = await space.create('testAcc', 'First words')
    expect(await space.read(id)).toMatchObject({ name: 'testAcc', description: 'First words' })
    await space.update(id, 'testAcc two', '')
    expect(await space.read(id)).toMatchObject({ name: 'testAcc two', description: '' })
    const imported = await spaceData(id)
    expect([imported.row?.name, imported.claimToken.length]).toEqual(['testAcc two', 135])
    await space.delete(id)
    await space.delete(id)
  })

  it('[CT1] 2: a data source rotates three times, and the tokens before it still claim', async () => {
    const { spaceData } = terraformResources(provider())
    const reads = []
    // P1, P2, P3
    for (const _ of ['P1', 'P2', 'P3']) reads.push(await spaceData(fixed))
    expect(reads.map(({ row, claimToken }) => [row?.id, row?.name !== '', claimToken.length])).toEqual(reads.map(() => [fixed, true, 135]))
    expect(new Set(reads.map(({ claimToken }) => claimToken)).size).toBe(3)
    const [first] = reads
    const [agent] = await connectAgents(cloud, { 'held-over': { generation: 'C' } }, first?.claimToken)
    expect(agent?.agent.nodeId).toBeDefined()
  })

  it('[CT1] 3, 4: a room and its data source', async () => {
    const { room } = terraformResources(provider())
    const id = await room.create(fixed, 'testAcc', '')
    for (const _ of ['deferred data source', 'P2', 'P3', 'P3'])
      expect(await room.read(fixed, id)).toMatchObject({ id, name: 'testAcc', description: '' })
    await room.update(fixed, id, 'testAcc', 'Words')
    expect(await room.read(fixed, id)).toMatchObject({ name: 'testAcc', description: 'Words' })
    await room.delete(fixed, id)
    expect(await room.read(fixed, id)).toBeUndefined()
  })

  it('[CT1] 5: a member who never accepted reads back with address and role', async () => {
    const { member } = terraformResources(provider())
    const made = await member.create(fixed, email.space, 'admin')
    expect(made).toMatchObject({ email: email.space, role: 'admin' })
    expect(await member.read(fixed, made.memberID)).toMatchObject({ email: email.space, role: 'admin' })
    await member.update(fixed, made.memberID, 'observer')
    expect(await member.read(fixed, made.memberID)).toMatchObject({ role: 'observer' })
    await member.delete(fixed, made.memberID)
    expect(await member.read(fixed, made.memberID)).toBeUndefined()
    await member.delete(fixed, made.memberID)
  })

  it('[CT1] 6: member and room at the same time, then one in the other, and all gone at the same time', async () => {
    const { member, room, roomMember } = terraformResources(provider())
    // A
    const [{ memberID }, roomId] = await Promise.all([member.create(fixed, email.room, 'admin'), room.create(fixed, 'testAcc', '')])
    await roomMember.create(fixed, roomId, memberID)
    // P3
    const read = await Promise.all([member.read(fixed, memberID), room.read(fixed, roomId), roomMember.read(fixed, roomId, memberID)])
    expect(read).toMatchObject([{ email: email.room }, { name: 'testAcc' }, { memberID }])
    // D
    await roomMember.delete(fixed, roomId, memberID)
    await Promise.all([room.delete(fixed, roomId), member.delete(fixed, memberID)])
    expect(await room.read(fixed, roomId)).toBeUndefined()
    // Terraform may end them the other way round, too.
    await Promise.all([roomMember.delete(fixed, roomId, memberID), room.delete(fixed, roomId), member.delete(fixed, memberID)])
  })

  it.each([
    [7, 'slack', { url: 'https://hooks.slack.example/T0/B0/x' }, { url: 'https://hooks.slack.example/T0/B0/changed' }],
    [
      8,
      'discord',
      { url: 'https://discord.example/api/webhooks/1/x', channelParams: { selection: 'text', threadName: '' } },
      { url: 'https://discord.example/api/webhooks/1/y', channelParams: { selection: 'forum', threadName: 'thread' } },
    ],
    [
      9,
      'pagerduty',
      { alertEventsURL: 'https://events.pagerduty.example/v2/enqueue', integrationKey: 'key-1' },
      { alertEventsURL: 'https://events.pagerduty.example/v2/enqueue', integrationKey: 'key-2' },
    ],
  ] as const)('[CT1] %i: a channel of %s in three steps', async (_n, slug, secrets, otherSecrets) => {
    const { room, channel } = terraformResources(provider())
    const roomId = await room.create(fixed, 'testAcc', '')
    const first = {
      name: slug,
      notification_options: ['CRITICAL', 'WARNING', 'CLEAR'],
      rooms: [roomId],
      secrets,
      repeat_notification_min: 30,
    }
    const made = await channel.create(fixed, slug, first, true)
    const stateOf = async () => {
      expect(await room.read(fixed, roomId)).toBeDefined()
      return channel.read(fixed, slug, made.id)
    }
    expect(made).toMatchObject({
      name: slug,
      rooms: [roomId],
      notification_options: first.notification_options,
      repeat_notification_min: 30,
    })
    expect(await stateOf()).toEqual({ ...made, enabled: true, secrets })
    // Step 2: P1, A, P3
    const second = { ...first, notification_options: ['CLEAR', 'CRITICAL'], repeat_notification_min: 60 }
    expect(await stateOf()).toMatchObject({ repeat_notification_min: 30 })
    const answered = await channel.update(fixed, made.id, second, true)
    expect(answered).toMatchObject({
      enabled: true,
      rooms: [roomId],
      notification_options: ['CLEAR', 'CRITICAL'],
      repeat_notification_min: 60,
    })
    expect(await stateOf()).toEqual({ ...answered, secrets })
    // Step 3: off, for every room, never again, with another secret
    const third = { name: slug, notification_options: ['CRITICAL', 'WARNING', 'CLEAR'], rooms: null, secrets: otherSecrets }
    expect(await stateOf()).toMatchObject({ repeat_notification_min: 60 })
    const last = await channel.update(fixed, made.id, third, false)
    expect(last).toMatchObject({ enabled: false, rooms: null })
    const read = await stateOf()
    expect(read).toEqual({ ...last, secrets: otherSecrets })
    expect([read?.rooms, read?.repeat_notification_min ?? 0, read?.enabled]).toEqual([null, 0, false])
    // D: in parallel, and whichever comes first
    await Promise.all([channel.delete(fixed, made.id), room.delete(fixed, roomId)])
    expect(await channel.read(fixed, slug, made.id)).toBeUndefined()
  })

  it('[CT1] 10: an agent claims with the rotated token, is found by name, and is a member of a room by hand beside a rule that does not match', async () => {
    const { space, room, nodeRoomMember } = terraformResources(provider())
    const { id: spaceId, claimToken } = await space.create('testAcc', '')
    const roomId = await room.create(spaceId, 'testAcc', '')
    const [live] = await connectAgents(cloud, { 'netdata-agent': { generation: 'C' } }, claimToken)
    const rule: RuleWish = {
      action: 'INCLUDE',
      description: 'Description for rule 1',
      clauses: [
        { label: 'role', operator: 'equals', value: 'parent', negate: false },
        { label: 'environment', operator: 'equals', value: 'production', negate: true },
      ],
    }
    const names = ['netdata-agent']
    const ruleIds = await nodeRoomMember.create(spaceId, roomId, names, [rule])
    for (const _ of ['P3', 'import']) {
      expect(await space.read(spaceId)).toBeDefined()
      expect(await room.read(spaceId, roomId)).toBeDefined()
      const read = await nodeRoomMember.read(spaceId, roomId, names, ruleIds)
      expect(read).toEqual({ names, rules: [{ id: ruleIds[0], spaceID: spaceId, roomID: roomId, ...rule }] })
    }
    const changed: RuleWish = { ...rule, action: 'EXCLUDE', clauses: null }
    expect(await nodeRoomMember.replaceRule(spaceId, roomId, ruleIds[0] ?? '', changed)).toMatchObject({ action: 'EXCLUDE' })
    const newIds = await nodeRoomMember.update(spaceId, roomId, { names, gone: [], ruleIds, rules: [rule] })
    expect(await nodeRoomMember.read(spaceId, roomId, names, [...ruleIds, ...newIds])).toMatchObject({ names, rules: [{ id: newIds[0] }] })
    // D
    await nodeRoomMember.delete(spaceId, roomId, names, newIds)
    expect(await nodeRoomMember.read(spaceId, roomId, names, newIds)).toEqual({ names: [], rules: [] })
    // The node is still in the space when its agent has gone.
    live?.agent.close()
    await live?.agent.closed
    await room.delete(spaceId, roomId)
    await space.delete(spaceId)
    expect(await space.read(spaceId)).toBeUndefined()
  }, 60_000)

  it('[CT1] 11: the sweeper takes back what is left invited, and finds an empty list afterwards', async () => {
    const { member, sweep } = terraformResources(provider())
    await member.create(fixed, 'left@member.local', 'admin')
    await member.create(fixed, 'behind@member.local', 'manager')
    expect((await sweep(fixed)).map((row) => row.email)).toEqual(expect.arrayContaining(['left@member.local', 'behind@member.local']))
    expect(await sweep(fixed)).toEqual([])
  })

  it('[CT2] a URL that ends in a slash asks for //api, and everything goes on', async () => {
    const client = provider(`${cloud.url}/`)
    const { space, room } = terraformResources(client)
    const { id, claimToken } = await space.create('testAcc', '')
    expect(claimToken).toHaveLength(135)
    const roomId = await room.create(id, 'testAcc', '')
    expect(await room.read(id, roomId)).toMatchObject({ name: 'testAcc' })
    await space.delete(id)
    expect(new Set(client.calls.map(({ status }) => Math.floor(status / 100)))).toEqual(new Set([2]))
  })

  it('[CT3] ten wide: rooms, members and rules that are made, read and destroyed at once all come and all go', async () => {
    const { space, room, listRooms, member, roomMember } = terraformResources(provider())
    const { id } = await space.create('testAcc', '')
    const ten = Array.from({ length: 10 }, (_, n) => n)
    const made = await Promise.all(
      ten.map(async (n) => {
        const [roomId, { memberID }] = await Promise.all([
          room.create(id, 'testAcc', ''),
          member.create(id, `member-${n}@member.local`, 'observer'),
        ])
        await roomMember.create(id, roomId, memberID)
        return { roomId, memberID }
      }),
    )
    const read = await Promise.all(made.map(({ roomId, memberID }) => roomMember.read(id, roomId, memberID)))
    expect(read.map((row) => row?.memberID)).toEqual(made.map(({ memberID }) => memberID))
    expect(await listRooms(id)).toHaveLength(11)
    await Promise.all(
      made.flatMap(({ roomId, memberID }) => [
        roomMember.delete(id, roomId, memberID),
        room.delete(id, roomId),
        member.delete(id, memberID),
      ]),
    )
    expect(await listRooms(id)).toHaveLength(1)
    // Rooms, members and the space go while others of them are still going.
    const again = await Promise.all(ten.map(() => room.create(id, 'testAcc', '')))
    await Promise.allSettled([...again.map((roomId) => room.delete(id, roomId)), space.delete(id)]).then((ends) =>
      expect(ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))).toEqual([]),
    )
    expect(await space.read(id)).toBeUndefined()
  })
})
