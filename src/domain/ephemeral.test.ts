import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { Ephemeral } from './ephemeral.ts'

const secret = 'canary-value'
const live = new Ephemeral(new TextEncoder().encode(secret))

it('[EP2] has no JSON form, alone or inside something', () => {
  expect(() => JSON.stringify(live)).toThrow(TypeError)
  expect(() => JSON.stringify({ deep: [{ live }] })).toThrow(TypeError)
})

it('[EP2] shows nothing of itself as text, inspected, spread or cloned', () => {
  const shown = [
    String(live),
    `template ${live as unknown as string}`,
    inspect(live, { depth: 9, showHidden: true }),
    inspect({ live }),
    JSON.stringify(Object.entries(live)),
    inspect(Object.assign({}, live)),
    inspect(structuredClone(live)),
    new Error('failed with ' + (live as unknown as string)).message,
  ].join('\n')
  expect(shown).not.toContain(secret)
  expect(shown).not.toContain(Buffer.from(secret).toString('base64'))
  expect(shown).not.toMatch(/63\s*,?\s*61\s*,?\s*6e|99, 97, 110/)
})

it('[EP3] hands out the very bytes, and tells its length without them', () => {
  const bytes = new Uint8Array([1, 2, 3])
  const released: Uint8Array[] = []
  const value = new Ephemeral(bytes)
  value.releaseTo((given) => released.push(given))
  expect([released[0] === bytes, value.byteLength]).toEqual([true, 3])
})
