import { expect, it } from 'vitest'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

it('[SN17] personal silences go with who leaves, is removed, or deletes their account; those of the space stay', async () => {
  const bench = await startTenancy()
  const people = await Promise.all(['leaver', 'removed', 'deleter'].map((name) => bench.member(`${name}@example.com`, 'observer')))
  const content = { name: 'Mine', startsAtMs: 0 }
  for (const { cookie } of people) {
    const made = await bench.call('POST', `${ownApi}/silences`, { cookie, body: { ...content, scope: 'own' } })
    expect(made.status).toBe(201)
    bench.clock.advance(1_000)
  }
  await bench.call('POST', `${ownApi}/silences`, { cookie: bench.ownerCookie, body: { ...content, name: 'Ours' } })
  const left = async () => (await bench.metadata.silences.list(bench.spaceId)).map(({ name, personId }) => [name, personId])
  expect(await left()).toHaveLength(4)
  const [leaver, removed, deleter] = people
  expect((await bench.call('POST', `${ownApi}/space/leave`, { cookie: leaver?.cookie, body: {} })).status).toBeLessThan(300)
  const gone = await bench.call('DELETE', `${ownApi}/members/${removed?.memberId}`, { cookie: bench.ownerCookie, body: {} })
  expect(gone.status).toBeLessThan(300)
  expect(await left()).toEqual([
    ['Mine', deleter?.personId],
    ['Ours', null],
  ])
  if (deleter === undefined) throw new Error('nobody')
  await bench.tenancy.accountRemoval.remove(deleter.personId, 'deleter@example.com')
  expect(await left()).toEqual([['Ours', null]])
})
