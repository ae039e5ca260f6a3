import { afterEach, beforeEach, expect, it } from 'vitest'
import { startStore } from '../../test/doubles/agents/metadata-agents.ts'
import { createChangeItem, listAll, type ChangeItem } from './change-item.ts'
import { roomData } from '../../test/doubles/stores/mapped-data.ts'

let lab: Awaited<ReturnType<typeof startStore>>
let changeItem: ChangeItem
beforeEach(async () => {
  lab = await startStore()
  changeItem = createChangeItem(lab.store)
})
afterEach(() => lab.dispose())

const key = { partition: 'p', sort: 's' }
const rename = (name: string) =>
  lab.store.read(key).then((item) => lab.store.write({ ...key, kind: 'room', data: roomData(name) }, item?.revision ?? 'absent'))

it('[MD38] decides again on what is stored when somebody else was faster', async () => {
  const seen: unknown[] = []
  await changeItem(key, async (current) => {
    seen.push(current?.data)
    if (seen.length < 3) await rename(`theirs-${seen.length}`)
    return { kind: 'room', data: roomData('ours') }
  })
  expect(seen).toEqual([undefined, roomData('theirs-1'), roomData('theirs-2')])
  expect(await lab.store.read(key)).toMatchObject({ data: { name: 'ours' }, revision: 3 })
})

it('[MD38] answers CONFLICT after a dozen lost races', async () => {
  let races = 0
  const losing = changeItem(key, async () => {
    await rename(`theirs-${races++}`)
    return { kind: 'room', data: roomData('ours') }
  })
  await expect(losing).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(races).toBe(12)
})

it('[MD38] a refusal by the decision changes nothing and does not hold up the next change', async () => {
  const refused = changeItem(key, () => {
    throw new Error('no')
  })
  const next = changeItem(key, () => ({ kind: 'room', data: roomData('ours') }))
  await expect(refused).rejects.toThrow('no')
  expect(await next).toEqual({ isWritten: true })
  expect(await changeItem(key, () => ({ kind: 'room', data: roomData('ours') }))).toEqual({ isWritten: false })
  expect((await listAll(lab.store, 'p', '')).length).toBe(1)
})
