import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { claimAgent, newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { ClaimTokenId, MachineGuid, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'
import type { ItemWrite, WriteCondition } from '../../store/port.ts'
import { metadataLimits } from '../limits.ts'
import { createMetadata } from '../metadata.ts'
import { plans } from '../../../src/domain/plans.ts'

let failing: FailingStore
let lab: Awaited<ReturnType<typeof startMetadata>>
beforeEach(async () => {
  lab = await startMetadata((store) => (failing = createFailingStore(store)))
})
afterEach(() => lab.dispose())

const refused = { code: 'CLAIM_TOKEN_REFUSED' }
const hourMs = 3_600_000
const issue = (wish: { name?: string; uses?: number; validForMs?: number; by?: PersonId } = {}) =>
  lab.metadata.claimTokens.issue({ spaceId: lab.spaceId, roomIds: [], validForMs: hourMs, uses: 1, ...wish })
const list = () => lab.metadata.claimTokens.list(lab.spaceId)
const claimWith = (token: string) => claimAgent(lab.metadata, lab.spaceId, { token })

it('[TK3] tokens of a space are listed by name, newest first, with what is left of them and never their secret', async () => {
  const by = newUuid<PersonId>()
  const first = await issue({ name: '  web fleet\u0000 ', uses: 5, by })
  await claimWith(first.token)
  lab.clock.advance(1_000)
  const second = await issue()
  const rotated = await lab.metadata.claimTokens.rotate(lab.spaceId, by)
  const tokens = await list()
  const shared = { roomIds: [], origin: 'hand', state: 'active', uses: 5 }
  expect(tokens).toMatchObject([
    { tokenId: rotated.tokenId, name: 'Rotated token', origin: 'rotation', createdBy: by, state: 'active' },
    { ...shared, tokenId: second.tokenId, name: 'Claim token', createdBy: undefined, uses: 1, usesLeft: 1 },
    { ...shared, tokenId: first.tokenId, name: 'web fleet', createdBy: by, usesLeft: 4, expiresAtMs: first.expiresAtMs },
  ])
  const everything = JSON.stringify([tokens, await lab.store.list(`space/${lab.spaceId}`)])
  for (const { token } of [first, second, rotated]) expect(everything).not.toContain(token)
  expect(await lab.metadata.claimTokens.list(newUuid<SpaceId>())).toEqual([])
})

it('[TK3] an ended token stays in the list for a day, and is told as ended when its uses are spent', async () => {
  const { token, tokenId } = await issue()
  await claimWith(token)
  expect(await list()).toMatchObject([{ tokenId, state: 'ended', usesLeft: 0 }])
  lab.clock.advance(hourMs + metadataLimits.claimTokenRememberedMs)
  await issue()
  expect((await list()).map((each) => each.tokenId)).not.toContain(tokenId)
})

it('[TK4] a revoked token lets nobody in from then on, also a claim that was looked at before, and is revoked once', async () => {
  const { token, tokenId } = await issue({ uses: 5 })
  const { claimTokens } = lab.metadata
  expect(await claimTokens.revoke(newUuid<SpaceId>(), tokenId)).toBe(false)
  await claimWith(token)
  const outcomes = await Promise.all([claimTokens.revoke(lab.spaceId, tokenId), claimTokens.revoke(lab.spaceId, tokenId)])
  expect(outcomes.sort()).toEqual([false, true])
  await expect(claimWith(token)).rejects.toMatchObject(refused)
  expect(await list()).toEqual([])
  expect(await lab.metadata.nodes.list(lab.spaceId)).toHaveLength(1)
  expect(await claimTokens.revoke(lab.spaceId, newUuid<ClaimTokenId>())).toBe(false)
})

it('[TK4] a crash at any write of a revocation leaves a token that is refused, or one that can be revoked again', async () => {
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; nth <= 3; nth++) {
      const { token, tokenId } = await issue({ uses: 5 })
      failing.failAt(nth, when)
      const isAnswered = await lab.metadata.claimTokens.revoke(lab.spaceId, tokenId).then(
        () => true,
        () => false,
      )
      failing.heal()
      if (!isAnswered && nth === 1 && when === 'before') expect(await lab.metadata.claimTokens.revoke(lab.spaceId, tokenId)).toBe(true)
      await expect(claimWith(token), `${when} write ${nth}`).rejects.toMatchObject(refused)
    }
  }
})

it('[TK5] a token whose making was cut off lets nobody in and stands in no list', async () => {
  for (const nth of [1, 2]) {
    failing.failAt(nth, 'before')
    await expect(issue()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    failing.heal()
    expect(await list()).toEqual([])
  }
  expect(await claimWith((await issue()).token)).toBeDefined()
})

it('[TK6] rotation hands out 135 characters; the tokens before go on for a day, and those made by hand go on as they are', async () => {
  const { claimTokens } = lab.metadata
  const byHand = await issue({ uses: 9, validForMs: 72 * hourMs })
  const first = await claimTokens.rotate(lab.spaceId, undefined)
  expect(first.token).toMatch(/^[A-Za-z0-9]{135}$/)
  const second = await claimTokens.rotate(lab.spaceId, undefined)
  expect(second.token).not.toBe(first.token)
  expect((await list()).map(({ state }) => state)).toEqual(['active', 'grace', 'active'])
  lab.clock.advance(metadataLimits.rotatedClaimTokenGraceMs - 1)
  await claimWith(first.token)
  lab.clock.advance(1)
  await expect(claimWith(first.token)).rejects.toMatchObject({ ...refused, detail: 'token-expired' })
  await claimWith(second.token)
  await claimWith(byHand.token)
  lab.clock.advance(metadataLimits.rotatedClaimTokenMs)
  await expect(claimWith(second.token)).rejects.toMatchObject(refused)
})

it('[TK6] rotations many times a minute keep a bounded number of tokens, of which the oldest end at once', async () => {
  const { claimTokens } = lab.metadata
  const most = metadataLimits.rotatedClaimTokensKept
  const byHand = await issue({ uses: 9 })
  const tokens: string[] = []
  for (let n = 0; n < most + 5; n++) tokens.push((await claimTokens.rotate(lab.spaceId, undefined)).token)
  expect(await list()).toHaveLength(most + 2)
  await expect(claimWith(tokens[0] ?? '')).rejects.toMatchObject({ ...refused, detail: 'token-unknown' })
  await claimWith(tokens.at(-1) ?? '')
  await claimWith(tokens.at(-most) ?? '')
  await claimWith(byHand.token)
  const together = await Promise.all(Array.from({ length: 30 }, () => claimTokens.rotate(lab.spaceId, undefined)))
  const states = (await list()).filter(({ origin }) => origin === 'rotation').map(({ state }) => state)
  expect(states.filter((state) => state === 'active')).toHaveLength(1)
  expect(states).toHaveLength(most + 1)
  expect(new Set(together.map(({ token }) => token)).size).toBe(30)
})

it('[TK6] a crash at any write of a rotation leaves one newest token at most, and the next rotation ends what it left', async () => {
  const { claimTokens } = lab.metadata
  const kept = await claimTokens.rotate(lab.spaceId, undefined)
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; nth <= 3; nth++) {
      failing.failAt(nth, when)
      await claimTokens.rotate(lab.spaceId, undefined).catch(() => undefined)
      failing.heal()
      expect((await list()).filter(({ state }) => state === 'active').length, `${when} write ${nth}`).toBeLessThanOrEqual(1)
    }
  }
  const next = await claimTokens.rotate(lab.spaceId, undefined)
  lab.clock.advance(metadataLimits.rotatedClaimTokenGraceMs)
  await expect(claimWith(kept.token)).rejects.toMatchObject(refused)
  await claimWith(next.token)
  expect((await list()).filter(({ state }) => state !== 'ended').map(({ tokenId }) => tokenId)).toEqual([next.tokenId])
})

it('[TK7] a space names at most so many tokens at once; spent ones make room, and living ones do not', async () => {
  // In memory: three hundred durable writes are not what this is about.
  const clock = createHandClock()
  const metadata = createMetadata({ store: createMemoryStore(clock), seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  const { claimTokens } = metadata
  const issue = (name = '') => claimTokens.issue({ spaceId, roomIds: [], validForMs: hourMs, uses: 1, name })
  const list = () => claimTokens.list(spaceId)
  const claimWith = (token: string) => claimAgent(metadata, spaceId, { token })
  const most = metadataLimits.claimTokensPerSpace
  const first = await issue()
  const living = [first.tokenId]
  for (let n = 1; n < most; n++) living.push((await issue(`${n}`)).tokenId)
  await expect(issue()).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
  const rotated = await claimTokens.rotate(spaceId, undefined)
  await claimTokens.revoke(spaceId, rotated.tokenId)
  await claimWith(first.token)
  const next = await issue()
  const ids = (await list()).map(({ tokenId }) => tokenId)
  expect(ids).toHaveLength(most)
  expect(ids).toContain(next.tokenId)
  expect(ids).not.toContain(first.tokenId)
  await claimTokens.revokeAll(spaceId)
  expect(await list()).toEqual([])
  await expect(claimWith(next.token)).rejects.toMatchObject(refused)
})

it('[TK7] a token whose last use was taken for a claim that never came stays until that machine is in', async () => {
  const clock = createHandClock()
  const store = createFailingStore(createMemoryStore(clock))
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog, quotas: { ...plans.unlimited, claimTokens: 2 } })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  const issue = () => metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: hourMs, uses: 1 })
  const [{ token }] = [await issue(), await issue()]
  const machineGuid = newUuid<MachineGuid>()
  store.failAt(1, 'after')
  await expect(claimAgent(metadata, spaceId, { token, machineGuid })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  store.heal()
  await metadata.claimTokens.rotate(spaceId, undefined)
  await expect(issue()).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
  await claimAgent(metadata, spaceId, { token, machineGuid })
  expect(await issue()).toBeDefined()
  await expect(claimAgent(metadata, spaceId, { token })).rejects.toMatchObject(refused)
})

it('[TK25] lost races for a token are answered so that agents try again', async () => {
  const { token } = await issue({ uses: 5 })
  const { store } = lab
  const losing = {
    ...store,
    write: (item: ItemWrite, condition: WriteCondition) =>
      item.kind === 'claim-token' ? Promise.resolve(undefined) : store.write(item, condition),
  }
  const metadata = createMetadata({ store: losing, seals: testSeals, clock: lab.clock, log: silentLog })
  await expect(claimAgent(metadata, lab.spaceId, { token })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(await lab.metadata.nodes.list(lab.spaceId)).toEqual([])
  expect(await claimWith(token)).toBeDefined()
})
