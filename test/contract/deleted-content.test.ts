import { describe, expect, it } from 'vitest'
import { integrationOf } from '../../cloud/metadata/channels/integrations.ts'
import { createMetadata, type Metadata } from '../../cloud/metadata/metadata.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { PersonId, SpaceId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { boardWith, chartTile } from '../doubles/benches/board-documents.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

const dayMs = 86_400_000
const ann = newUuid<PersonId>()

async function lab(name: string) {
  const clock = createHandClock(Date.parse('2026-11-25T10:00:00Z'))
  const open = await contractStore(name, clock)
  const store = open()
  const over = (each: MetadataStore) => createMetadata({ store: each, seals: testSeals, clock, log: silentLog })
  const metadata = over(store)
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: ann })
  return { clock, store, open, over, metadata, spaceId }
}

/** One of each kind of things that people share. */
async function makeOneOfEach({ rooms, boards, channels, silences }: Metadata, spaceId: SpaceId, startsAtMs: number) {
  const room = await rooms.create(spaceId, { name: 'Web', description: '', memberId: undefined })
  const board = await boards.create(spaceId, room.roomId, { document: boardWith([chartTile('a')], 'Front'), by: ann })
  const webhook = integrationOf('webhook')
  if (webhook === undefined || board === undefined) throw new Error('nothing was made')
  const channel = await channels.create(spaceId, webhook, { name: 'Hook' }, { fields: { url: 'https://hooks.example.com/x' } })
  const silence = await silences.create(spaceId, ann, null, { name: 'Night', startsAtMs, endsAtMs: startsAtMs + dayMs * 400 })
  return { room, board, channel, silence }
}

describe.each(contractStoreNames)('deleted content on %s', (name) => {
  it('[TB1] [TB2] (D5) is hidden from every read at once, listed, and comes back as it was', async () => {
    const { clock, metadata, spaceId } = await lab(name)
    const made = await makeOneOfEach(metadata, spaceId, clock.nowMs())
    const { rooms, boards, channels, silences, deleted, roomRemoval } = metadata
    const secrets = await channels.secrets(spaceId, made.channel.channelId)
    await boards.remove(spaceId, made.board.boardId, ann)
    await channels.remove(spaceId, made.channel.channelId)
    await silences.remove(spaceId, made.silence.silenceId, () => {})
    await roomRemoval.remove(spaceId, made.room.roomId)

    expect(await boards.get(spaceId, made.board.boardId)).toBeUndefined()
    expect([await channels.get(spaceId, made.channel.channelId), await channels.list(spaceId)]).toEqual([undefined, []])
    expect([await silences.get(spaceId, made.silence.silenceId), await silences.list(spaceId)]).toEqual([undefined, []])
    expect(await rooms.get(spaceId, made.room.roomId)).toBeUndefined()
    const listed = await deleted.list(spaceId)
    expect(listed.map(({ kind, name: called }) => [kind, called]).sort((a, b) => a.join().localeCompare(b.join()))).toEqual([
      ['board', 'Front'],
      ['channel', 'Hook'],
      ['room', 'Web'],
      ['silence', 'Night'],
    ])

    await expect(deleted.restore(spaceId, 'board', made.board.boardId)).rejects.toMatchObject({ code: 'CONFLICT' })
    for (const { kind, id } of [...listed].sort((a, b) => (a.kind < b.kind ? 1 : -1))) await deleted.restore(spaceId, kind, id)
    expect(await deleted.list(spaceId)).toEqual([])
    expect(await channels.get(spaceId, made.channel.channelId)).toEqual(made.channel)
    expect(await channels.secrets(spaceId, made.channel.channelId)).toEqual(secrets)
    expect(await silences.get(spaceId, made.silence.silenceId)).toEqual(made.silence)
    expect(await rooms.get(spaceId, made.room.roomId)).toEqual(made.room)
    expect((await boards.get(spaceId, made.board.boardId))?.document).toEqual(made.board.document)
    await expect(deleted.restore(spaceId, 'channel', made.channel.channelId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('[TB3] (D5) is purged after the days that the space set and not before, and never comes back', async () => {
    const { clock, metadata, spaceId, store } = await lab(name)
    const made = await makeOneOfEach(metadata, spaceId, clock.nowMs())
    const { channels, silences, deleted, retention, purge } = metadata
    expect(await retention.set(spaceId, { 'channel-secret': 7 })).toEqual({
      node: 90,
      contexts: 90,
      'alert-configuration': 90,
      'channel-secret': 7,
    })
    await channels.remove(spaceId, made.channel.channelId)
    await silences.remove(spaceId, made.silence.silenceId, () => {})
    clock.advance(7 * dayMs - 1)
    expect(await purge.run([spaceId])).toEqual([])
    expect(await deleted.list(spaceId)).toHaveLength(2)
    clock.advance(1)
    await expect(deleted.restore(spaceId, 'channel', made.channel.channelId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await purge.run([spaceId])).toEqual([{ what: 'purged', spaceId, kind: 'channel', items: 1 }])
    clock.advance(84 * dayMs)
    expect(await purge.run([spaceId])).toEqual([{ what: 'purged', spaceId, kind: 'silence', items: 1 }])
    expect(await purge.run([spaceId])).toEqual([])
    const left = (await store.list(`space/${spaceId}`)).items.map(({ kind }) => kind)
    expect(left.filter((kind) => kind === 'channel' || kind === 'silence')).toEqual([])
  })

  it('[TB4] (D5) a purge that would take very much asks once, takes nothing, and goes on when it is allowed, also after a crash', async () => {
    const { clock, metadata, spaceId, store, over } = await lab(name)
    const startsAtMs = clock.nowMs()
    const make = (n: number) =>
      metadata.silences.create(spaceId, ann, null, { name: `S${n}`, startsAtMs, endsAtMs: startsAtMs + dayMs * 400 })
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => make(n)))
    for (const { silenceId } of made) await metadata.silences.remove(spaceId, silenceId, () => {})
    // As if the clock of the machine had jumped.
    clock.advance(91 * dayMs)
    const [asked] = await metadata.purge.run([spaceId])
    expect(asked).toMatchObject({ what: 'asked', order: { kind: 'silence', due: 20, of: 20 } })
    expect(await metadata.purge.run([spaceId])).toEqual([])
    const [order] = await metadata.purge.orders()
    if (order === undefined) throw new Error('nothing asked')
    await metadata.purge.approve(order.orderId)
    const failing = createFailingStore(store)
    failing.failAt(5, 'after')
    await expect(over(failing).purge.run([spaceId])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await metadata.purge.run([spaceId])).toEqual([{ what: 'purged', spaceId, kind: 'silence', items: 15 }])
    expect(await metadata.purge.orders()).toEqual([])
    await expect(metadata.purge.approve(order.orderId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('[TB4] (D5) a purge that was asked about and is no longer much asks no more, and what is due alone goes', async () => {
    const { clock, metadata, spaceId } = await lab(name)
    const startsAtMs = clock.nowMs()
    const wish = { name: 'Night', startsAtMs, endsAtMs: startsAtMs + dayMs * 400 }
    const [one, two] = [await metadata.silences.create(spaceId, ann, null, wish), await metadata.silences.create(spaceId, ann, null, wish)]
    for (const { silenceId } of [one, two]) await metadata.silences.remove(spaceId, silenceId, () => {})
    await metadata.retention.set(spaceId, { 'alert-configuration': 30 })
    clock.advance(31 * dayMs)
    expect(await metadata.purge.run([spaceId])).toMatchObject([{ what: 'asked', order: { due: 2, of: 2 } }])
    // The answer of whoever runs the space: more days, and one of the two comes back.
    await metadata.retention.set(spaceId, { 'alert-configuration': 60 })
    await metadata.deleted.restore(spaceId, 'silence', two.silenceId)
    expect(await metadata.purge.run([spaceId])).toEqual([])
    expect(await metadata.purge.orders()).toEqual([])
    clock.advance(30 * dayMs)
    expect(await metadata.purge.run([spaceId])).toEqual([{ what: 'purged', spaceId, kind: 'silence', items: 1 }])
  })

  it('[TB5] a restore and a purge in the same moment leave the thing whole or gone', async () => {
    const { clock, metadata, spaceId } = await lab(name)
    const { silences, deleted, purge } = metadata
    const startsAtMs = clock.nowMs()
    const { silenceId } = await silences.create(spaceId, ann, null, { name: 'Night', startsAtMs, endsAtMs: startsAtMs + dayMs * 400 })
    await silences.remove(spaceId, silenceId, () => {})
    await metadata.retention.set(spaceId, { 'alert-configuration': 0 })
    await metadata.retention.set(spaceId, { 'alert-configuration': 1 })
    const [restored] = await Promise.allSettled([deleted.restore(spaceId, 'silence', silenceId), purge.run([spaceId])])
    const isThere = (await silences.get(spaceId, silenceId)) !== undefined
    expect(isThere).toBe(restored.status === 'fulfilled')
  })
})
