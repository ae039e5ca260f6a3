import { describe, expect, it } from 'vitest'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { claimAgent, newUuid } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

/** Two processes over the same data, and a space. */
async function twoClouds(name: string) {
  const clock = createHandClock()
  const open = await contractStore(name, clock)
  const [one, two] = [open(), open()].map((store) => createMetadata({ store, seals: testSeals, clock, log: silentLog }))
  if (one === undefined || two === undefined) throw new Error('no cloud')
  const { spaceId } = await one.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  return { one, two, spaceId, clock }
}

describe.each(contractStoreNames)('claim tokens on %s', (name) => {
  it('[TK8] of fifty claims at once with a token that has one use left exactly one is made', { timeout: 60_000 }, async () => {
    const { one, two, spaceId } = await twoClouds(name)
    const { token } = await one.claimTokens.issue({ spaceId, roomIds: [], validForMs: 60_000, uses: 1 })
    const claims = Array.from({ length: 50 }, (_, n) => claimAgent(n % 2 === 0 ? one : two, spaceId, { token }))
    const outcomes = await Promise.allSettled(claims)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const codes = outcomes.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code: string }).code] : []))
    expect(new Set(codes)).toEqual(new Set(['CLAIM_TOKEN_REFUSED']))
    expect(await two.nodes.list(spaceId)).toHaveLength(1)
    expect(await two.claimTokens.list(spaceId)).toMatchObject([{ usesLeft: 0, state: 'ended' }])
  })

  it('[TK8] a token that is revoked while it is used ends either with the claim or without, and lets nobody in after', async () => {
    const { one, two, spaceId } = await twoClouds(name)
    for (let round = 0; round < 5; round++) {
      const before = (await one.nodes.list(spaceId)).length
      const { token, tokenId } = await one.claimTokens.issue({ spaceId, roomIds: [], validForMs: 60_000, uses: 5 })
      const [used, revoked] = await Promise.allSettled([claimAgent(one, spaceId, { token }), two.claimTokens.revoke(spaceId, tokenId)])
      expect(revoked).toEqual({ status: 'fulfilled', value: true })
      expect((await one.nodes.list(spaceId)).length - before).toBe(used.status === 'fulfilled' ? 1 : 0)
      await expect(claimAgent(one, spaceId, { token })).rejects.toMatchObject({ code: 'CLAIM_TOKEN_REFUSED' })
      expect(await one.claimTokens.list(spaceId)).toEqual([])
    }
  })

  it('[TK8] rotations of two processes at once leave one newest token', async () => {
    const { one, two, spaceId } = await twoClouds(name)
    const rotated = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? one : two).claimTokens.rotate(spaceId, undefined)),
    )
    const states = (await one.claimTokens.list(spaceId)).map(({ state }) => state)
    expect(states).toEqual(['active', ...Array.from({ length: 11 }, () => 'grace')])
    for (const { token } of rotated) await claimAgent(two, spaceId, { token })
  })
})
