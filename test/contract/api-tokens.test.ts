import { describe, expect, it } from 'vitest'
import { createApiTokens } from '../../cloud/identity/api-tokens.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'

describe.each(contractStoreNames)('API tokens on %s', (name) => {
  it('[TK24] one process revokes what another one uses at the moment: no use after it, and no note brings it back', async () => {
    const clock = createHandClock()
    const open = await contractStore(name, clock)
    const [one, two] = [open(), open()].map((store) => createApiTokens({ store, clock }))
    if (one === undefined || two === undefined) throw new Error('no tokens')
    const personId = newUuid<PersonId>()
    const kept = await one.create({ spaceId: undefined, personId, scope: 'scope:read-only', name: 'kept', validForMs: 3_600_000 })
    for (let round = 0; round < 5; round++) {
      clock.advance(1)
      const { token, tokenId } = await one.create({ spaceId: undefined, personId, scope: 'scope:all', name: `${round}` })
      const uses = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? one : two).find(token))
      const [isRevoked] = await Promise.all([two.revoke(personId, tokenId), ...uses])
      expect(isRevoked).toBe(true)
      expect(await one.find(token)).toBeUndefined()
      await Promise.all([one.settled(), two.settled()])
      expect(await two.find(token)).toBeUndefined()
    }
    expect((await two.list(personId)).map((token) => token.name)).toEqual(['kept'])
    clock.advance(1)
    expect(await two.find(kept.token)).toMatchObject({ personId, scope: 'scope:read-only', spaceId: undefined })
    await two.settled()
    expect(await one.list(personId)).toMatchObject([{ tokenId: kept.tokenId, lastUsedAtMs: clock.nowMs() }])
    clock.advance(3_600_000)
    expect(await one.find(kept.token)).toBeUndefined()
    expect(await one.list(personId)).toEqual([])
  })
})
