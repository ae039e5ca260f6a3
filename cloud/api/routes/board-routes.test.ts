import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import type { Answer } from '../../../test/doubles/people/read-answer.ts'
import { boardWith, chartTile, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { boardLimits, type BoardDocument } from '../../../src/domain/board.ts'
import type { BoardId, PersonId } from '../../../src/domain/ids.ts'
import type { Role } from '../../../src/domain/model.ts'
import { memberIdOf, spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { boardContent } from '../../metadata/boards/board-record.ts'
import { keys } from '../../metadata/keys.ts'

const base = '/api/throughline/v1'
const rooms = `${base}/rooms/${roomId}/boards`
const absent = '33333333-3333-4333-8333-333333333333'

interface Shown {
  readonly boardId: string
  readonly revision: number
  readonly document: BoardDocument
}
const shown = ({ json }: Answer) => json as Shown

/** The API with a second person; `as` calls with their cookies. */
async function bench() {
  const lab = await createApiBench()
  const other = await lab.identity.people.ensure('second@example.com')
  const asPerson = async (personId: typeof other.personId, role: Role) => {
    lab.roles.set(personId, role)
    await lab.roomService.addMembers(spaceId, roomId, [memberIdOf(personId)])
    const cookie = lab.cookieOf(await lab.signIn(personId))
    return (method: string, path: string, body?: unknown) => lab.call(method, path, { cookie, ...(body === undefined ? {} : { body }) })
  }
  return { ...lab, other, owner: lab.owner, asPerson }
}

it('[BD12] makes, lists, reads, saves, deletes and restores boards', async () => {
  const lab = await bench()
  const call = await lab.asPerson(lab.owner.personId, 'admin')
  const document = boardWith([chartTile('a', { title: 'Load' }), textTile('t')])
  const owner = { personId: lab.owner.personId, email: 'owner@example.com' }
  const made = await call('POST', rooms, { document })
  const { boardId } = shown(made)
  const atMs = lab.clock.nowMs()
  const head = {
    boardId,
    roomId,
    name: 'Web',
    tiles: 2,
    revision: 1,
    createdBy: owner,
    createdAtMs: atMs,
    changedBy: owner,
    changedAtMs: atMs,
    mayChange: true,
  }
  expect(made).toMatchObject({ status: 201 })
  expect(made.json).toEqual({ ...head, document })
  expect((await call('GET', `${base}/boards/${boardId}`)).json).toEqual({ ...head, document })
  expect((await call('GET', rooms)).json).toEqual({ boards: [head], deleted: [] })

  const renamed = { ...document, name: 'Shop' }
  expect((await call('PUT', `${base}/boards/${boardId}`, { revision: 1, document: renamed })).json).toEqual({
    ...head,
    name: 'Shop',
    revision: 2,
    document: renamed,
  })
  expect(await call('DELETE', `${base}/boards/${boardId}`)).toMatchObject({ status: 204, text: '' })
  expect((await call('GET', rooms)).json).toEqual({
    boards: [],
    deleted: [{ ...head, name: 'Shop', revision: 3, deletedBy: owner, deletedAtMs: atMs, goneAtMs: atMs + 90 * 86_400_000 }],
  })
  expect(await call('POST', `${base}/boards/${boardId}/restore`, {})).toMatchObject({
    status: 200,
    json: { revision: 4, document: renamed },
  })
})

it('[BD3] answers a late save CONFLICT with who was faster and what stands', async () => {
  const lab = await bench()
  const first = await lab.asPerson(lab.owner.personId, 'admin')
  const second = await lab.asPerson(lab.other.personId, 'troubleshooter')
  const { boardId } = shown(await first('POST', rooms, { document: boardWith() }))
  const theirs = boardWith([textTile('t')])
  await second('PUT', `${base}/boards/${boardId}`, { revision: 1, document: theirs })
  expect(await first('PUT', `${base}/boards/${boardId}`, { revision: 1, document: boardWith([], 'Mine') })).toMatchObject({
    status: 409,
    json: {
      errorCode: 'CONFLICT',
      errorMsgKey: 'ErrConflict',
      current: { revision: 2, changedBy: { email: 'second@example.com' }, document: theirs },
    },
  })
})

it('[BD7] takes nothing but a board: no other member, no value, no prototype key, no depth, no repeated id', async () => {
  const lab = await bench()
  const call = await lab.asPerson(lab.owner.personId, 'admin')
  const chart = chartTile('a')
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`
  const bad: readonly unknown[] = [
    {},
    { document: boardWith(), more: 1 },
    { document: { ...boardWith(), format: 2 } },
    { document: { ...boardWith(), values: [1, 2] } },
    { document: boardWith([], '') },
    { document: boardWith([], 'x'.repeat(201)) },
    { document: boardWith([{ ...chart, latest: 5 } as typeof chart]) },
    { document: boardWith([chart, chart]) },
    { document: boardWith([{ ...chart, x: 8, w: 6 }]) },
    { document: boardWith([{ ...chart, x: 0.5 }]) },
    { document: boardWith([{ ...chart, y: -1 }]) },
    { document: boardWith([{ ...chart, h: 0 }]) },
    { document: boardWith([{ ...chart, id: '../x' }]) },
    { document: boardWith([{ ...chart, nodes: ['not a node'] }]) },
    { document: boardWith([{ ...chart, groupBy: [] }]) },
    { document: boardWith([{ ...chart, groupBy: ['label:'] }]) },
    { document: boardWith([{ ...chart, aggregation: 'median' as 'sum' }]) },
    { document: boardWith([textTile('t', { text: 'x'.repeat(boardLimits.textChars + 1) })]) },
    { document: boardWith(Array.from({ length: boardLimits.tiles + 1 }, (_, n) => textTile(`t${n}`))) },
    '{"document":{"format":1,"name":"x","tiles":[],"__proto__":{"isAdmin":true}}}',
    '{"document":{"format":1,"name":"x","tiles":[]},"constructor":{"prototype":1}}',
    `{"document":{"format":1,"name":"x","tiles":${deep}}}`,
    '[]',
    'null',
  ]
  for (const body of bad) {
    const { status, json } = await call('POST', rooms, body)
    expect({ body, status, json }).toMatchObject({ status: 422, json: { errorCode: 'BODY_UNPROCESSABLE' } })
  }
  expect((await call('POST', rooms, '{"document":')).status).toBe(400)
  expect((await call('POST', rooms, { document: boardWith([{ ...chart, h: 0 }]) })).text).toContain('document.tiles.0.h')
  const { boardId } = shown(await call('POST', rooms, { document: boardWith() }))
  for (const revision of [0, -1, 1.5, '1', null]) {
    expect((await call('PUT', `${base}/boards/${boardId}`, { revision, document: boardWith() })).status).toBe(422)
  }
  expect((await call('GET', rooms)).json).toMatchObject({ boards: [{ boardId, revision: 1 }] })
  expect((await call('GET', `${rooms}?limit=1`)).status).toBe(422)
})

it('[BD8] takes boards up to 1 MiB where others stop at 64 KiB, and refuses what no item can hold', async () => {
  const lab = await bench()
  const call = await lab.asPerson(lab.owner.personId, 'admin')
  const text = 'Words about what this chart shows. '.repeat(550)
  const large = boardWith(Array.from({ length: 50 }, (_, n) => textTile(`t${n}`, { text })))
  expect(JSON.stringify(large).length).toBeGreaterThan(900_000)
  const made = await call('POST', rooms, { document: large })
  expect(made.status).toBe(201)
  expect((await call('PUT', `${base}/boards/${shown(made).boardId}`, { revision: 1, document: { ...large, name: 'Again' } })).status).toBe(
    200,
  )
  const tooLarge = boardWith(Array.from({ length: 60 }, (_, n) => textTile(`t${n}`, { text: text.padEnd(20_000, 'x') })))
  expect(await call('POST', rooms, { document: tooLarge })).toMatchObject({ status: 413, json: { errorCode: 'BODY_TOO_LARGE' } })
  expect((await call('POST', `${base}/claim-tokens`, `{"pad":"${'x'.repeat(70_000)}"}`)).status).toBe(413)
  // Text that does not compress.
  const noise = () => randomBytes(14_000).toString('base64')
  const noisy = boardWith(Array.from({ length: 40 }, (_, n) => textTile(`t${n}`, { text: noise() })))
  expect((await call('POST', rooms, { document: noisy })).status).toBe(413)
})

it.each([
  { role: 'admin', sees: true, any: true },
  { role: 'manager', sees: true, any: true },
  { role: 'troubleshooter', sees: true, any: true },
  { role: 'observer', sees: true, any: false },
  { role: 'billing', sees: false, any: false },
  { role: 'member', sees: false, any: false },
] as const)(
  '[BD9] a $role sees boards: $sees, makes and changes own ones: $sees, changes those of others: $any',
  async ({ role, sees, any }) => {
    const lab = await bench()
    const owner = await lab.asPerson(lab.owner.personId, 'admin')
    const { boardId } = shown(await owner('POST', rooms, { document: boardWith() }))
    const theirs = `${base}/boards/${boardId}`
    const call = await lab.asPerson(lab.other.personId, role)
    expect((await call('GET', rooms)).status).toBe(sees ? 200 : 403)
    expect((await call('GET', theirs)).status).toBe(sees ? 200 : 403)
    if (sees) expect((await call('GET', theirs)).json).toMatchObject({ mayChange: any })
    expect((await call('PUT', theirs, { revision: 1, document: boardWith([], 'Changed') })).status).toBe(any ? 200 : 403)
    expect((await call('DELETE', theirs)).status).toBe(any ? 204 : 403)
    if (!any) await owner('DELETE', theirs)
    if (sees) expect((await call('GET', rooms)).json).toMatchObject({ deleted: any ? [{ boardId }] : [] })
    expect((await call('POST', `${theirs}/restore`, {})).status).toBe(any ? 200 : 403)

    const made = await call('POST', rooms, { document: boardWith([], 'Own') })
    expect(made.status).toBe(sees ? 201 : 403)
    if (!sees) return
    const own = `${base}/boards/${shown(made).boardId}`
    expect((await call('PUT', own, { revision: 1, document: boardWith([], 'Own again') })).status).toBe(200)
    expect((await call('DELETE', own)).status).toBe(204)
    expect((await call('POST', `${own}/restore`, {})).status).toBe(200)
  },
)

it('[BD10] answers foreign, absent, deleted and malformed rooms and boards alike', async () => {
  const lab = await bench()
  const call = await lab.asPerson(lab.owner.personId, 'admin')
  const { boardId } = shown(await call('POST', rooms, { document: boardWith() }))
  await call('DELETE', `${base}/boards/${boardId}`)
  const body = { revision: 1, document: boardWith() }
  const texts = async (ids: readonly string[], method: string, suffix: string, sent?: unknown) => {
    const answers = await Promise.all(ids.map((id) => call(method, `${base}/boards/${id}${suffix}`, sent)))
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 404))
    return new Set(answers.map(({ text }) => text)).size
  }
  expect(await texts([absent, boardId, 'x', '..%2f..%2fetc'], 'GET', '')).toBe(1)
  expect(await texts([absent, boardId, 'x'], 'PUT', '', body)).toBe(1)
  expect(await texts([absent, boardId, 'x'], 'DELETE', '')).toBe(1)
  expect(await texts([absent, 'x'], 'POST', '/restore', {})).toBe(1)
  for (const room of [absent, 'x', '%00']) {
    expect((await call('GET', `${base}/rooms/${room}/boards`)).status).toBe(404)
    expect((await call('POST', `${base}/rooms/${room}/boards`, { document: boardWith() })).status).toBe(404)
  }
})

it('[BD12] names people by their address, and one who is no more here without', async () => {
  const lab = await bench()
  const call = await lab.asPerson(lab.owner.personId, 'admin')
  const { boardId } = shown(await call('POST', rooms, { document: boardWith() }))
  const gone = boardContentBy(absent as PersonId)
  await lab.store.write({ ...(await gone), ...keys.board(spaceId, boardId as BoardId) }, 1)
  expect((await call('GET', `${base}/boards/${boardId}`)).json).toMatchObject({
    createdBy: { personId: absent, email: null },
    changedBy: { personId: absent, email: null },
  })
})

const boardContentBy = (personId: PersonId) =>
  boardContent({ roomId, name: 'Web', tiles: 0, createdBy: personId, createdAtMs: 1, changedBy: personId, changedAtMs: 1 }, boardWith())
