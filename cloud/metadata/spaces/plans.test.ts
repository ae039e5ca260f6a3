import { expect, it } from 'vitest'
import { claimAgent } from '../../../test/doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'
import { plans } from '../../../src/domain/plans.ts'

it('[SP26] a plan bounds people, rooms, claim tokens and nodes, and the space tells its quotas', async () => {
  const bench = await startTenancy({ plan: 'community' })
  const { spaceId, metadata, ownerCookie: cookie } = bench
  const { members, rooms, nodes } = plans.community
  const invite = (n: number) => bench.call('POST', `${ownApi}/members`, { cookie, body: { email: `p${n}@example.com`, role: 'observer' } })
  for (let n = 1; n < members; n++) expect((await invite(n)).status).toBe(201)
  expect(await invite(members)).toMatchObject({ status: 409, json: { errorCode: 'LIMIT_REACHED' } })
  expect(await bench.identity.people.find(`p${members}@example.com`)).toBeUndefined()
  const make = (n: number) => bench.call('POST', `${ownApi}/rooms`, { cookie, body: { name: `Room ${n}` } })
  for (let n = 1; n <= rooms; n++) expect((await make(n)).status).toBe(201)
  expect(await make(rooms + 1)).toMatchObject({ status: 409, json: { errorCode: 'LIMIT_REACHED' } })
  const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000, uses: 50 })
  const agents = []
  for (let n = 1; n <= nodes; n++) agents.push(await claimAgent(metadata, spaceId, { token }))
  await expect(claimAgent(metadata, spaceId, { token })).rejects.toMatchObject({ code: 'CLAIM_TOKEN_REFUSED', detail: 'space-full' })
  const [known] = agents
  if (known !== undefined) expect(await claimAgent(metadata, spaceId, { token, machineGuid: known.machineGuid })).toBeDefined()
  const issue = () => bench.call('POST', `${ownApi}/claim-tokens`, { cookie, body: {} })
  for (let n = 1; n < plans.community.claimTokens; n++) expect((await issue()).status).toBe(201)
  expect(await issue()).toMatchObject({ status: 409, json: { errorCode: 'LIMIT_REACHED' } })
  expect((await bench.call('GET', `${ownApi}/space`, { cookie })).json).toMatchObject({ plan: 'community', quotas: plans.community })
})

it('[SP26] without a plan nothing is bounded', async () => {
  const bench = await startTenancy()
  expect((await bench.call('GET', `${ownApi}/space`, { cookie: bench.ownerCookie })).json).toMatchObject({
    plan: 'unlimited',
    quotas: null,
  })
})
