import type { TerraformClient } from './terraform-client.ts'

/** A space, a room or a member as state keeps it. */
interface Named {
  readonly id: string
  readonly name: string
  readonly description?: string | null
}

export interface MemberState {
  readonly memberID: string
  readonly email: string
  readonly role: string
}

export interface ChannelWish {
  readonly name: string
  readonly integrationID: string
  readonly notification_options: readonly string[]
  readonly rooms: readonly string[] | null
  readonly secrets: object
  /** Left out where it would be 0, as Go does. */
  readonly repeat_notification_min?: number
}

export interface ChannelState {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly integration: { readonly id: string; readonly slug: string }
  readonly notification_options: readonly string[]
  readonly rooms: readonly string[] | null
  readonly repeat_notification_min?: number
  readonly secrets?: object
}

export interface RuleWish {
  readonly action: 'INCLUDE' | 'EXCLUDE'
  readonly description: string
  readonly clauses:
    readonly { readonly label: string; readonly operator: string; readonly value: string; readonly negate: boolean }[] | null
}

interface RuleState extends RuleWish {
  readonly id: string
}

interface NodeRow {
  readonly nd: string
  readonly nm: string
  readonly state: string
}

/** What the provider's resources call, each in its order (cloud-api §12). A read answers undefined when the thing dropped out of its list. */
export function terraformResources({ send, decode }: TerraformClient) {
  const v1 = (spaceId: string) => `/api/v1/spaces/${spaceId}`
  const v2 = (spaceId: string) => `/api/v2/spaces/${spaceId}`
  const v3 = (spaceId: string) => `/api/v3/spaces/${spaceId}`
  const rotate = async (spaceId: string) => (await decode<{ token: string }>('POST', `${v1(spaceId)}/token/rotate`)).token
  const listRooms = (spaceId: string) => decode<Named[]>('GET', `${v2(spaceId)}/rooms`)

  const space = {
    async create(name: string, description: string) {
      const { id } = await decode<{ id: string }>('POST', '/api/v1/spaces', { name })
      await send('PATCH', v1(id), { description, name })
      return { id, claimToken: await rotate(id) }
    },
    read: async (id: string) => (await decode<Named[]>('GET', '/api/v3/spaces')).find((row) => row.id === id),
    update: (id: string, name: string, description: string) => send('PATCH', v1(id), { description, name }),
    delete: (id: string) => send('DELETE', v1(id)),
  }
  const spaceData = async (id: string) => ({ row: await space.read(id), claimToken: await rotate(id) })
  const room = {
    create: async (spaceId: string, name: string, description: string) =>
      (await decode<{ id: string }>('POST', `${v1(spaceId)}/rooms`, { description, name })).id,
    read: async (spaceId: string, id: string) => (await listRooms(spaceId)).find((row) => row.id === id),
    update: (spaceId: string, id: string, name: string, description: string) =>
      send('PATCH', `${v1(spaceId)}/rooms/${id}`, { description, name }),
    delete: (spaceId: string, id: string) => send('DELETE', `${v1(spaceId)}/rooms/${id}`),
  }
  const member = {
    create: (spaceId: string, email: string, role: string) => decode<MemberState>('POST', `${v2(spaceId)}/members`, { email, role }),
    read: async (spaceId: string, id: string) =>
      (await decode<MemberState[]>('GET', `${v2(spaceId)}/members`)).find(({ memberID }) => memberID === id),
    update: (spaceId: string, id: string, role: string) => send('PATCH', `${v2(spaceId)}/members/${id}`, { role }),
    delete: (spaceId: string, id: string) => send('DELETE', `${v2(spaceId)}/members?member_ids=${id}`),
  }
  const roomMembers = (spaceId: string, roomId: string) => `${v2(spaceId)}/rooms/${roomId}/members`
  const roomMember = {
    create: (spaceId: string, roomId: string, id: string) => send('POST', roomMembers(spaceId, roomId), [id]),
    read: async (spaceId: string, roomId: string, id: string) =>
      (await decode<{ memberID: string }[]>('GET', roomMembers(spaceId, roomId))).find(({ memberID }) => memberID === id),
    delete: (spaceId: string, roomId: string, id: string) => send('DELETE', `${roomMembers(spaceId, roomId)}?member_ids=${id}`),
  }
  const channels = (spaceId: string) => `${v2(spaceId)}/channel`
  const channel = {
    async create(spaceId: string, slug: string, wish: Omit<ChannelWish, 'integrationID'>, enabled: boolean) {
      const { integrations } = await decode<{ integrations: { id: string; slug: string }[] }>('GET', `${v2(spaceId)}/integrations`)
      const found = integrations.find((each) => each.slug.toLowerCase() === slug)
      if (found === undefined) throw new Error(`integration ${slug} not found`)
      const made = await decode<ChannelState>('POST', channels(spaceId), { ...wish, integrationID: found.id })
      await send('PATCH', `${channels(spaceId)}/${made.id}`, { enabled })
      return made
    },
    async read(spaceId: string, slug: string, id: string) {
      const rows = await decode<ChannelState[]>('GET', channels(spaceId))
      if (!rows.some((row) => row.integration.slug === slug && row.id === id)) return undefined
      return decode<ChannelState>('GET', `${channels(spaceId)}/${id}`)
    },
    /** First on or off, then the whole with an empty integration. */
    async update(spaceId: string, id: string, wish: Omit<ChannelWish, 'integrationID'>, enabled: boolean) {
      await send('PATCH', `${channels(spaceId)}/${id}`, { enabled })
      return decode<ChannelState>('PUT', `${channels(spaceId)}/${id}`, { ...wish, integrationID: '' })
    },
    delete: (spaceId: string, id: string) => send('DELETE', `${channels(spaceId)}/${id}`),
  }
  const rules = (spaceId: string, roomId: string) => `${v3(spaceId)}/rooms/${roomId}/node-membership-rules`
  const nodesOf = async (spaceId: string, roomId: string) =>
    (await decode<{ nodes: NodeRow[] }>('POST', `${v3(spaceId)}/rooms/${roomId}/nodes`, { scope: { nodes: [] } })).nodes
  const claimedNodes = (spaceId: string, roomId: string) => `${v1(spaceId)}/rooms/${roomId}/claimed-nodes`
  const findNode = async (spaceId: string, name: string) => {
    const all = (await listRooms(spaceId)).find((row) => row.name === 'All nodes')
    if (all === undefined) throw new Error('room "All nodes" not found')
    const node = (await nodesOf(spaceId, all.id)).find(({ nm, state }) => nm === name && state === 'reachable')
    if (node === undefined) throw new Error(`no reachable node ${name}`)
    return node.nd
  }
  const nodeRoomMember = {
    async create(spaceId: string, roomId: string, names: readonly string[], wishes: readonly RuleWish[]) {
      const nodeIds: string[] = []
      for (const name of names) nodeIds.push(await findNode(spaceId, name))
      for (const nodeId of nodeIds) await send('POST', claimedNodes(spaceId, roomId), [nodeId])
      const made: RuleState[] = []
      for (const wish of wishes) made.push(await decode<RuleState>('POST', rules(spaceId, roomId), wish))
      return made.map(({ id }) => id)
    },
    /** The id of a rule goes in quotes: 38 characters (cloud-api §7.3). */
    async read(spaceId: string, roomId: string, names: readonly string[], ruleIds: readonly string[]) {
      const here = await nodesOf(spaceId, roomId)
      const listed = await decode<RuleState[]>('GET', rules(spaceId, roomId))
      const found: RuleState[] = []
      for (const id of ruleIds)
        if (listed.some((rule) => rule.id === id)) found.push(await decode<RuleState>('GET', `${rules(spaceId, roomId)}/%22${id}%22`))
      return { names: names.filter((name) => here.some(({ nm }) => nm === name)), rules: found }
    },
    /** Nodes that left go, every other is put there again, old rules go and new ones come. */
    async update(
      spaceId: string,
      roomId: string,
      wish: { names: readonly string[]; gone: readonly string[]; ruleIds: readonly string[]; rules: readonly RuleWish[] },
    ) {
      for (const name of wish.gone) await send('DELETE', `${claimedNodes(spaceId, roomId)}?node_ids=${await findNode(spaceId, name)}`)
      for (const name of wish.names) await send('POST', claimedNodes(spaceId, roomId), [await findNode(spaceId, name)])
      for (const id of wish.ruleIds) await send('DELETE', `${rules(spaceId, roomId)}/${id}`)
      const made: RuleState[] = []
      for (const rule of wish.rules) made.push(await decode<RuleState>('POST', rules(spaceId, roomId), rule))
      return made.map(({ id }) => id)
    },
    replaceRule: (spaceId: string, roomId: string, id: string, wish: RuleWish) =>
      decode<RuleState>('PUT', `${rules(spaceId, roomId)}/${id}`, wish),
    async delete(spaceId: string, roomId: string, names: readonly string[], ruleIds: readonly string[]) {
      for (const { nd } of (await nodesOf(spaceId, roomId)).filter(({ nm }) => names.includes(nm)))
        await send('DELETE', `${claimedNodes(spaceId, roomId)}?node_ids=${nd}`)
      for (const id of ruleIds) await send('DELETE', `${rules(spaceId, roomId)}/${id}`)
    },
  }
  /** The sweeper `empty`: invitations that tests left behind. */
  const sweep = async (spaceId: string) => {
    const rows = await decode<{ id: string; email: string }[]>('GET', `${v2(spaceId)}/invitations`)
    if (rows.length > 0) await send('DELETE', `${v1(spaceId)}/invitations?invitation_ids=${rows.map(({ id }) => id).join(',')}`)
    return rows
  }
  return { space, spaceData, room, listRooms, member, roomMember, channel, nodeRoomMember, sweep, rotate }
}
