import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { createSeeded, seedsOf } from '../../../test/doubles/seeded.ts'
import { spoilt, valueOf } from '../../../test/doubles/stores/shape-maker.ts'
import { Ephemeral } from '../../../src/domain/ephemeral.ts'
import { asItemWrite, checkMapped } from '../item-rules.ts'
import type { AnyItem } from '../port.ts'
import { dataMap, kindNames } from './data-map.ts'

const refusal = (item: { readonly kind: string; readonly data: unknown; readonly blob?: unknown }): string => {
  try {
    checkMapped({ partition: 'p', sort: 's', ...item } as AnyItem)
    return 'taken'
  } catch (thrown) {
    return `${(thrown as { code: string }).code}: ${(thrown as Error).message}`
  }
}
const placeOf = (item: Parameters<typeof refusal>[0]) => /^FIELD_UNMAPPED: .* does not have (\S+) in this form/.exec(refusal(item))?.[1]
const ada = { email: 'ada@example.org', createdAtMs: 1 }

it.each(seedsOf(12))('[DM16] (D2) what the map draws is taken, and anything else refused, seed %i', (seed) => {
  const random = createSeeded(seed)
  for (const kind of kindNames) {
    const { shape } = dataMap[kind].data
    const data = valueOf(shape, random)
    expect(refusal({ kind, data }), kind).toBe('taken')
    // A form with several forms takes what another of them takes.
    if (shape.form === 'either') continue
    for (const bad of spoilt(shape, data, 'hunter2')) {
      const said = refusal({ kind, data: bad })
      expect(said, `${kind} ${JSON.stringify(bad)}`).toContain(`FIELD_UNMAPPED: An item of kind ${kind} `)
      expect(said).not.toContain('hunter2')
    }
  }
})

it('[DM16] a refusal names the kind and the place, never what stands there', () => {
  expect(placeOf({ kind: 'person', data: { ...ada, shoeSize: 44 } })).toBe('data.shoeSize')
  expect(placeOf({ kind: 'person', data: { email: 'ada@example.org' } })).toBe('data.createdAtMs')
  expect(placeOf({ kind: 'person', data: { ...ada, createdAtMs: NaN } })).toBe('data.createdAtMs')
  expect(placeOf({ kind: 'person', data: { ...ada, theme: 'pink' } })).toBe('data.theme')
  expect(placeOf({ kind: 'person', data: null })).toBe('data')
  expect(placeOf({ kind: 'person', data: { ...ada, 'ada@example.org': 1 } })).toBe('data.?')
  expect(placeOf({ kind: 'roster', data: { members: [{ memberId: 'm', personId: 'p', role: 'king', sinceMs: 1 }] } })).toBe(
    'data.members[0].role',
  )
  expect(placeOf({ kind: 'person', data: ada, blob: Uint8Array.of(1) })).toBe('blob')
  expect(refusal({ kind: 'diary', data: {} })).toContain('FIELD_UNMAPPED')
  expect(refusal({ kind: 'constructor', data: {} })).toContain('FIELD_UNMAPPED')
})

it('[DM16] no class is taken for plain data: live values, dates, maps and what has a form of its own', () => {
  const live = new Ephemeral(Uint8Array.of(1))
  for (const odd of [live, new Date(0), new Map(), new Set(), Buffer.from('x'), () => 1, Symbol('x'), 1n])
    for (const data of [odd, { ...ada, name: odd }, Object.assign({}, ada, { toJSON: odd })])
      expect(refusal({ kind: 'person', data })).not.toBe('taken')
  expect(refusal({ kind: 'unfinished', data: live })).not.toBe('taken')
})

it('[DM16] a store that refused wrote nothing', async () => {
  const store = createMemoryStore(createHandClock())
  const key = { partition: 'person#1', sort: 'person' }
  await store.write({ ...key, kind: 'person', data: ada }, 'absent')
  const more = asItemWrite({ ...key, kind: 'person', data: { ...ada, shoeSize: 44 } })
  await expect(store.write(more, 1)).rejects.toMatchObject({ code: 'FIELD_UNMAPPED' })
  expect(await store.read(key)).toMatchObject({ revision: 1, data: ada })
})
