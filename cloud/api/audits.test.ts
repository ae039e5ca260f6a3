import { expect, it } from 'vitest'
import { allNodesRoomId, createApiBench } from '../../test/doubles/benches/api-bench.ts'
import { boardWith } from '../../test/doubles/benches/board-documents.ts'
import { addressesOf } from './route.ts'

it('[AU10] every route that changes something says what it writes into the audit, or why nothing', async () => {
  const { routeRows } = await createApiBench()
  const silent = routeRows
    .filter(({ method }) => method !== 'GET')
    .filter(
      ({ audits }) =>
        audits === undefined || (Array.isArray(audits) ? audits.length === 0 : !('none' in audits) || audits.none.length < 10),
    )
  expect(silent.map((route) => `${route.method} ${addressesOf(route)[0]}`)).toEqual([])
})

it('[AU10] what a board goes through is in the audit, with who did it and its room', async () => {
  const { call, signedIn, audited, owner } = await createApiBench()
  const cookie = await signedIn()
  const made = await call('POST', `/api/throughline/v1/rooms/${allNodesRoomId}/boards`, { cookie, body: { document: boardWith([]) } })
  const { boardId, revision } = made.json as { boardId: string; revision: number }
  const path = `/api/throughline/v1/boards/${boardId}`
  await call('PUT', path, { cookie, body: { revision, document: boardWith([], 'Other') } })
  await call('DELETE', path, { cookie })
  await call('POST', `${path}/restore`, { cookie })
  const subject = { kind: 'board', id: boardId }
  const by = { personId: owner.personId, via: 'cookie', subject, roomIds: [allNodesRoomId] }
  expect(audited.filter(({ subject: about }) => about?.id === boardId)).toEqual(
    ['board-created', 'board-changed', 'board-deleted', 'board-restored'].map(
      (action) => expect.objectContaining({ action, ...by }) as unknown,
    ),
  )
})
