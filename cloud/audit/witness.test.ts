import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import type { ClaimId, NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { silentLog } from '../../src/support/log.ts'
import { createAudit } from './audit.ts'
import { auditLimits } from './limits.ts'
import { auditedClaims, createWitness } from './witness.ts'

const [spaceId, personId, nodeId, claimId] = [newUuid<SpaceId>(), newUuid<PersonId>(), newUuid<NodeId>(), newUuid<ClaimId>()]

function setUp() {
  const clock = createHandClock()
  const audit = createAudit({ store: createMemoryStore(clock), clock, log: silentLog })
  const entries = async (chainId: SpaceId | 'installation' = spaceId) => {
    await audit.close()
    return (await audit.page(chainId, {}, { limit: 100 })).entries.toReversed()
  }
  return { clock, audit, entries }
}

it('[AU20] a visit stands in the chain of its space with the person, the node and how long it was', async () => {
  const { audit, entries } = setUp()
  const witness = createWitness(audit)
  witness.viewStarted({ personId, spaceId, signInId: 's' }, nodeId)
  witness.viewStopped({ personId, spaceId }, nodeId, 61_000)
  expect(await entries()).toMatchObject([
    { action: 'view-started', personId, nodeId, via: 'cookie' },
    { action: 'view-stopped', personId, nodeId, via: 'api-token', details: { durationMs: 61_000 } },
  ])
})

it('[AU21] a function that only looks is one entry and a count a minute, one that changes something always an entry', async () => {
  const { audit, entries, clock } = setUp()
  const witness = createWitness(audit)
  for (let n = 0; n < 30; n++) witness.functionRun({ personId, spaceId, signInId: 's' }, nodeId, { name: 'processes', isChange: false })
  for (let n = 0; n < 3; n++) witness.functionRun({ personId, spaceId, signInId: 's' }, nodeId, { name: 'config update', isChange: true })
  clock.advance(auditLimits.repeatMs)
  expect((await entries()).map(({ subject, details = {} }) => [subject?.id, details])).toEqual([
    ['processes', {}],
    ...Array.from({ length: 3 }, () => ['config update', { isChange: true }]),
    ['processes', { repeats: 29 }],
  ])
})

it('[AU22] a claim is audited once, its repeat not, and a refused one without what a stranger made up', async () => {
  const { audit, entries } = setUp()
  const made = new Map<ClaimId, { nodeId: NodeId; spaceId: SpaceId }>()
  const claims = auditedClaims(
    {
      async claim({ token, claimId: wanted }: { claimId: ClaimId; token: string }) {
        if (token !== 'good') throw new ThroughlineError('CLAIM_TOKEN_REFUSED', 'No.')
        made.set(wanted, { nodeId, spaceId })
      },
      find: async (wanted: ClaimId) => made.get(wanted),
    },
    audit,
  )
  await claims.claim({ claimId, token: 'good' })
  await claims.claim({ claimId, token: 'good' })
  for (let n = 0; n < 5; n++) await expect(claims.claim({ claimId: newUuid<ClaimId>(), token: 'bad' })).rejects.toThrow('No.')
  expect(await entries()).toMatchObject([{ action: 'node-claimed', nodeId, claimId, via: 'agent' }])
  expect(await entries('installation')).toMatchObject([
    { action: 'access-denied', subject: { kind: 'route', id: 'claim' } },
    { action: 'access-denied', details: { code: 'CLAIM_TOKEN_REFUSED', repeats: 4 } },
  ])
})
