import { expect, it } from 'vitest'
import { createIdentityBench, spaceId } from '../../test/doubles/benches/identity-bench.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import type { ApiTokenId, PersonId } from '../../src/domain/ids.ts'
import { createApiTokens } from './api-tokens.ts'
import { identityLimits } from './limits.ts'
import type { MetadataStore } from '../store/port.ts'

const personId = newUuid<PersonId>()

function lab(wrap: (store: MetadataStore) => MetadataStore = (store) => store) {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const apiTokens = createApiTokens({ store: wrap(store), clock })
  return { clock, store, apiTokens, create: (name?: string) => apiTokens.create({ spaceId, personId, scope: 'scope:mcp', name }) }
}

it('[TK9] lists names, scopes and times, newest first, and nothing of the secret', async () => {
  const { apiTokens, create, clock } = lab()
  const first = await create(' Grafana\u202e on desk ')
  clock.advance(1_000)
  const second = await create()
  const tokens = await apiTokens.list(personId)
  const nowMs = clock.nowMs()
  const shared = { scope: 'scope:mcp', spaceId, lastUsedAtMs: undefined }
  expect(tokens).toEqual([
    { ...shared, tokenId: second.tokenId, name: 'API token', createdAtMs: nowMs, expiresAtMs: nowMs + identityLimits.apiTokenDefaultMs },
    { ...shared, tokenId: first.tokenId, name: 'Grafana on desk', createdAtMs: nowMs - 1_000, expiresAtMs: first.expiresAtMs },
  ])
  expect(await apiTokens.list(newUuid<PersonId>())).toEqual([])
  clock.advance(identityLimits.apiTokenDefaultMs - 1_000)
  expect((await apiTokens.list(personId)).map(({ tokenId }) => tokenId)).toEqual([second.tokenId])
})

it('[TK9] a revoked token is refused at once, and nobody revokes what is not theirs', async () => {
  const { identity, owner } = await createIdentityBench()
  const { token, tokenId } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:all' })
  const headers = { cookie: undefined, authorization: `bearer ${token}` }
  expect(await identity.authenticate(headers)).toMatchObject({ personId: owner.personId, scope: 'scope:all' })
  expect(await identity.apiTokens.revoke(newUuid<PersonId>(), tokenId)).toBe(false)
  expect(await identity.apiTokens.revoke(owner.personId, newUuid<ApiTokenId>())).toBe(false)
  expect(await identity.authenticate(headers)).toBeDefined()
  expect(await identity.apiTokens.revoke(owner.personId, tokenId)).toBe(true)
  await expect(identity.authenticate(headers)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await identity.apiTokens.revoke(owner.personId, tokenId)).toBe(false)
})

it('[TK9] a person has at most a hundred living ones', async () => {
  const { create, apiTokens } = lab()
  for (let n = 0; n < identityLimits.apiTokensPerPerson; n++) await create(`${n}`)
  await expect(create()).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
  await apiTokens.revoke(personId, (await apiTokens.list(personId))[0]?.tokenId ?? newUuid())
  expect(await create()).toBeDefined()
})

it('[TK10] notes the last use at most once in five minutes', async () => {
  let writes = 0
  const { apiTokens, create, clock } = lab((store) => ({ ...store, write: (item, condition) => (writes++, store.write(item, condition)) }))
  const { token } = await create()
  writes = 0
  const startedAtMs = clock.nowMs()
  await Promise.all(Array.from({ length: 20 }, () => apiTokens.find(token)))
  await apiTokens.settled()
  for (let n = 0; n < 4; n++) {
    clock.advance(60_000)
    await apiTokens.find(token)
    await apiTokens.settled()
  }
  expect(writes).toBe(1)
  expect(await apiTokens.list(personId)).toMatchObject([{ lastUsedAtMs: startedAtMs }])
  clock.advance(60_000)
  await apiTokens.find(token)
  await apiTokens.settled()
  expect(await apiTokens.list(personId)).toMatchObject([{ lastUsedAtMs: startedAtMs + 300_000 }])
})

it('[TK10] no request waits for the note or fails with it', async () => {
  let isStuck = false
  const { apiTokens, create } = lab((store) => ({
    ...store,
    write: (item, condition) => (isStuck ? Promise.reject(new Error('disk full')) : store.write(item, condition)),
  }))
  const { token } = await create()
  isStuck = true
  expect(await apiTokens.find(token)).toMatchObject({ personId, scope: 'scope:mcp' })
  await apiTokens.settled()
  const hanging = lab((store) => ({
    ...store,
    write: (item, condition) => (isStuck ? new Promise<undefined>(() => {}) : store.write(item, condition)),
  }))
  isStuck = false
  const made = await hanging.create()
  isStuck = true
  expect(await hanging.apiTokens.find(made.token)).toMatchObject({ personId })
})

it('[TK10] a note never brings back a token that is revoked meanwhile', async () => {
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  let isHeld = false
  const { apiTokens, create } = lab((store) => ({
    ...store,
    async write(item, condition) {
      if (isHeld) await gate
      return store.write(item, condition)
    },
  }))
  const { token, tokenId } = await create()
  isHeld = true
  expect(await apiTokens.find(token)).toBeDefined()
  expect(await apiTokens.revoke(personId, tokenId)).toBe(true)
  release()
  await apiTokens.settled()
  expect(await apiTokens.find(token)).toBeUndefined()
  expect(await apiTokens.list(personId)).toEqual([])
})
