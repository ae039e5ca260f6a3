import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { chartColors } from '../../charts/chart-colors.ts'
import { contrast, difference, luminance, rgbOf, seenWith, type Sight } from '../../data/shell/color-sight.ts'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const tokens = new Map(
  [...css.matchAll(/^ {2}--([\w-]+): light-dark\((#[0-9a-f]{6})[0-9a-f]*, (#[0-9a-f]{6})[0-9a-f]*\)/gm)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
)
const colorOf = (name: string, scheme: 'light' | 'dark') => {
  const token = tokens.get(name)
  if (token === undefined) throw new TypeError(`tokens.css has no colour --${name}`)
  return rgbOf(token[scheme])
}

const grounds = ['bg', 'surface', 'sunken', 'raised', 'hover']
const states = ['live', 'stale', 'offline']
/** What is written in which colour on which ground. */
const texts: readonly (readonly [string, readonly string[]])[] = [
  ['text', [...grounds, 'accent-soft', 'live-soft', 'stale-soft', 'offline-soft', 'info-soft']],
  ['text-2', [...grounds, 'accent-soft', 'live-soft', 'stale-soft', 'offline-soft', 'info-soft']],
  ['text-3', ['bg', 'surface', 'sunken', 'hover']],
  ['accent', ['bg', 'surface', 'hover', 'accent-soft']],
  ['accent-strong', ['bg', 'surface', 'hover', 'accent-soft']],
  ['on-accent', ['accent', 'accent-strong']],
  ['on-badge', ['offline', 'stale']],
  ['surface', ['offline']],
  ...states.map((state) => [state, ['bg', 'surface', 'hover', `${state}-soft`]] as const),
  ['unseen', ['bg', 'surface', 'hover']],
]
/** What is no text, but tells where a field, the focus or a mark is. */
const marks: readonly (readonly [string, readonly string[]])[] = [
  ['focus', ['bg', 'surface', 'sunken', 'accent-soft']],
  ['line-field', ['bg', 'surface']],
  ['accent', ['sunken']],
]

const tooFaint = (pairs: typeof texts, scheme: 'light' | 'dark', least: number) =>
  pairs.flatMap(([front, backs]) =>
    backs
      .map((back) => ({ pair: `${front} on ${back}`, ratio: contrast(colorOf(front, scheme), colorOf(back, scheme)) }))
      .filter(({ ratio }) => ratio < least)
      .map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`),
  )

it.each(['light', 'dark'] as const)('[EV30] text of the %s scheme has a contrast of 4.5, marks one of 3', (scheme) => {
  expect(tokens.size).toBeGreaterThan(20)
  expect({ texts: tooFaint(texts, scheme, 4.5), marks: tooFaint(marks, scheme, 3) }).toEqual({ texts: [], marks: [] })
})

it('[EV30] counts contrast as WCAG does', () => {
  expect(contrast(rgbOf('#000000'), rgbOf('#ffffff'))).toBeCloseTo(21, 5)
  expect(contrast(rgbOf('#767676'), rgbOf('#ffffff'))).toBeCloseTo(4.54, 2)
  expect(luminance(rgbOf('#ffffff'))).toBeCloseTo(1, 5)
})

const sights: readonly Sight[] = ['common', 'protan', 'deutan', 'tritan']

it.each(['light', 'dark'] as const)(
  '[EV31] in the %s scheme series that stand side by side look different with every kind of sight',
  (scheme) => {
    const series = chartColors[scheme].series.map(rgbOf)
    const alike = sights.flatMap((sight) =>
      series.flatMap((color, at) => {
        const next = series[(at + 1) % series.length] ?? color
        const apart = difference(seenWith(sight, color), seenWith(sight, next))
        return apart < 8 ? [`${sight}: ${at} and ${(at + 1) % series.length} ${apart.toFixed(1)}`] : []
      }),
    )
    expect(alike).toEqual([])
  },
)

it.each(['light', 'dark'] as const)('[EV31] in the %s scheme the first six series are told apart from each other', (scheme) => {
  const series = chartColors[scheme].series.slice(0, 6).map(rgbOf)
  const alike = sights.flatMap((sight) =>
    series.flatMap((color, at) =>
      series.slice(at + 1).flatMap((other, next) => {
        const apart = difference(seenWith(sight, color), seenWith(sight, other))
        return apart < 5 ? [`${sight}: ${at} and ${at + 1 + next} ${apart.toFixed(1)}`] : []
      }),
    ),
  )
  expect(alike).toEqual([])
})

it('[EV31] sees as those do who lack a kind of cone: grey stays grey, red and green come close without one', () => {
  const [red, green] = [rgbOf('#c23a3a'), rgbOf('#3f8a1f')]
  for (const sight of sights) expect(difference(seenWith(sight, rgbOf('#808080')), rgbOf('#808080'))).toBeLessThan(1)
  expect(difference(seenWith('deutan', red), seenWith('deutan', green))).toBeLessThan(difference(red, green) / 3)
})
