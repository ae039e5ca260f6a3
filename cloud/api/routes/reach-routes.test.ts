import { expect, it } from 'vitest'
import { createApiBench, roomId } from '../../../test/doubles/benches/api-bench.ts'
import { spaceId } from '../../../test/doubles/benches/identity-bench.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'

const own = '/api/throughline/v1/reach-settings'
const rest = `/api/v2/spaces/${spaceId}/notifications`

it('[RE10] the page reads and replaces the settings; who only sees channels reads them', async () => {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  const ask = (method: string, body?: unknown) => bench.call(method, own, { cookie, body })
  const around = { defaultDelayS: 60, quorum: { nodes: 2, withinS: 60 } }
  expect((await ask('GET')).json).toEqual({ rows: [], ...around })
  const rows = [
    { roomId: null, delayS: null, isOn: false },
    { roomId, delayS: 600, isOn: true },
  ]
  const put = await ask('PUT', { rows })
  const settingId = expect.stringMatching(/^[0-9a-f-]{36}$/) as string
  expect([put.status, put.json]).toEqual([200, { rows: rows.map((row) => ({ ...row, settingId })), ...around }])
  for (const wrong of [{ rows: [{ roomId: null, delayS: 10, isOn: true }] }, { rows: [{ roomId: newUuid(), delayS: 60, isOn: true }] }, {}])
    expect((await ask('PUT', wrong)).status).toBe(422)
  expect((await ask('GET')).json).toEqual(put.json)
  expect(bench.audited).toMatchObject([{ action: 'reach-settings-changed', details: { rows: 2 } }])
  const observer = await bench.identity.people.ensure('observer@example.com')
  bench.roles.set(observer.personId, 'observer')
  const other = bench.cookieOf(await bench.signIn(observer.personId))
  // They are in no room, so they see the setting of the space alone.
  expect((await bench.call('GET', own, { cookie: other })).json).toMatchObject({ rows: [{ roomId: null, isOn: false }] })
  expect((await bench.call('PUT', own, { cookie: other, body: { rows } })).status).toBe(403)
})

it('[RE10] existing clients change single settings and read back the whole set', async () => {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  const ask = async (method: string, body?: unknown) => {
    const { status, json } = await bench.call(method, rest, { cookie, body })
    return { status, rows: json as { id: string; room_id: string | null; reachability_delay: number | null }[] }
  }
  const first = await ask('POST', [{ room_id: null, reachability_delay: 120 }])
  expect(first).toMatchObject({ status: 200, rows: [{ room_id: null, reachability_delay: 120 }] })
  const id = first.rows[0]?.id ?? ''
  expect(
    await ask('POST', [
      { id, reachability_delay: 660, more: 1 },
      { room_id: roomId, reachability_delay: 180 },
    ]),
  ).toMatchObject({
    rows: [
      { id, room_id: null, reachability_delay: 660 },
      { room_id: roomId, reachability_delay: 180 },
    ],
  })
  // The same room once more is the same setting.
  expect((await ask('POST', [{ room_id: roomId, reachability_delay: null }])).rows).toMatchObject([
    { id },
    { room_id: roomId, reachability_delay: null },
  ])
  expect((await ask('POST', [{ id, reachability_delay: 29 }])).status).toBe(422)
  expect((await ask('DELETE', [id, newUuid()])).rows).toMatchObject([{ room_id: roomId }])
  expect(await ask('DELETE', [id])).toMatchObject({ status: 200 })
  expect((await ask('GET')).rows).toHaveLength(1)
})
