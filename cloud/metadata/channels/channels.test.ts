import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import { createTestSeals } from '../../../test/doubles/stores/test-seals.ts'
import type { ChannelId, SpaceId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { createMetadata } from '../metadata.ts'
import { integrationOf, type Integration } from './integrations.ts'
import { asItemWrite } from '../../store/item-rules.ts'

let failing: FailingStore
let lab: Awaited<ReturnType<typeof startMetadata>>
beforeEach(async () => {
  lab = await startMetadata((store) => (failing = createFailingStore(store)))
})
afterEach(() => lab.dispose())

const slack = integrationOf('slack') as Integration
const fields = { url: 'https://hooks.slack.com/services/x' }
const create = (name = 'a') => lab.metadata.channels.create(lab.spaceId, slack, { name }, { fields })

it('[TK19] a secret moved to another channel, or read without its key, does not open', async () => {
  const { channels } = lab.metadata
  const [one, two] = [await create(), await create()]
  const [first, second] = [keys.channel(lab.spaceId, one.channelId), keys.channel(lab.spaceId, two.channelId)]
  const [from, to] = [await lab.store.read(first), await lab.store.read(second)]
  if (from === undefined || to === undefined) throw new Error('no channels')
  await lab.store.write(asItemWrite({ ...second, kind: 'channel', data: from.data }), to.revision)
  expect(await channels.secrets(lab.spaceId, one.channelId)).toEqual(fields)
  await expect(channels.secrets(lab.spaceId, two.channelId)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
  const keyless = createMetadata({ store: lab.store, seals: createTestSeals(), clock: lab.clock, log: silentLog })
  await expect(keyless.channels.secrets(lab.spaceId, one.channelId)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
  expect(await keyless.channels.change(lab.spaceId, one.channelId, { isEnabled: false })).toMatchObject({ isEnabled: false })
  expect(await keyless.channels.list(lab.spaceId)).toHaveLength(2)
})

it('[TK17] a channel is not found in another space', async () => {
  const { channels } = lab.metadata
  const { channelId } = await create()
  const elsewhere = newUuid<SpaceId>()
  expect(await channels.get(elsewhere, channelId)).toBeUndefined()
  expect(await channels.list(elsewhere)).toEqual([])
  expect(await channels.remove(elsewhere, channelId)).toBe(false)
  await expect(channels.secrets(elsewhere, channelId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(channels.change(elsewhere, channelId, {})).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(channels.change(lab.spaceId, newUuid<ChannelId>(), {})).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('[TK15] a crash at a write of a channel leaves the old one or the new one, and a space has a bounded number', async () => {
  const { channels } = lab.metadata
  const { channelId } = await create('old')
  for (const when of ['before', 'after'] as const) {
    failing.failAt(1, when)
    await expect(channels.change(lab.spaceId, channelId, { name: when })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    failing.heal()
    expect(await channels.get(lab.spaceId, channelId)).toMatchObject({ name: when === 'before' ? 'old' : 'after' })
    expect(await channels.secrets(lab.spaceId, channelId)).toEqual(fields)
  }
  for (let n = 1; n < metadataLimits.channelsPerSpace; n++) await create(`${n}`)
  await expect(create()).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
})
