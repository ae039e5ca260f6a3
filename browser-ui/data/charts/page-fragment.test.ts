import { expect, it } from 'vitest'
import type { CardSettings } from './card-settings.ts'
import { decodeFragment, encodeFragment } from './page-fragment.ts'

const nothing = { section: undefined, cards: new Map(), open: undefined, panel: undefined }
const full: CardSettings = {
  nodeIds: ['6f6d9d0e-8c61-4f6f-9a53-0d8f4f1c2a01'],
  instances: ['disk.sda', 'a~b,c.d=e&f#g'],
  dimensions: ['reads', 'Ärger 💾'],
  labels: [{ key: 'mount=point', value: '/home, sweet' }],
  groupBy: ['dimension', 'label:mount~point'],
  aggregation: 'max',
  kind: 'stacked',
  hidden: ["it's (one)*!"],
}

it('[CX5] what a person changed about charts survives the way through an address', () => {
  const state = { section: 'disks', cards: new Map([['disk.io', full]]), open: 'system.cpu', panel: 'values' }
  const text = encodeFragment(state)
  expect(decodeFragment(`#${text}`)).toEqual(state)
  expect(text).toMatch(/^[\w.~,=&%-]+$/u)
})

it('[CX5] a page as it came has no fragment', () => {
  expect(encodeFragment({ ...nothing, cards: new Map([['disk.io', {}]]) })).toBe('')
  expect(decodeFragment('')).toEqual(nothing)
  expect(decodeFragment('#disks')).toEqual({ ...nothing, section: 'disks' })
})

it.each([
  ['half an escape', '#cpu&card=disk.io~by.%E0%A4%A'],
  ['a way to group that is none', '#cpu&card=disk.io~by.constructor,label:'],
  ['an aggregation that is none', '#cpu&card=disk.io~as.__proto__'],
  ['a field that is none', '#cpu&card=disk.io~constructor.x~__proto__.y~toString.z'],
  ['a field without a dot', '#cpu&card=disk.io~by'],
  ['an empty list', '#cpu&card=disk.io~of.'],
  ['no context', '#cpu&card=~as.max'],
  ['control characters', '#cpu&card=disk.io~of.%00%1B'],
  ['a name of 10 kB', `#cpu&card=disk.io~of.${'x'.repeat(7000)}`],
])('[CX6] leaves out %s', (_, text) => expect(decodeFragment(text)).toEqual({ ...nothing, section: 'cpu' }))

it('[CX6] takes what is sound beside what is not', () => {
  const { cards } = decodeFragment('#&card=disk.io~as.max~is.pie~of.sda,%ZZ,sda&card=%&x=1&card=net.net~in.a,b=c,d=e=f')
  expect([...cards]).toEqual([
    ['disk.io', { aggregation: 'max', instances: ['sda'] }],
    ['net.net', { labels: [{ key: 'b', value: 'c' }] }],
  ])
})

it('[CX6] keeps an address short: the newest changes stay in it', () => {
  const cards = new Map(
    Array.from({ length: 300 }, (_, index): [string, CardSettings] => [`context.${index}`, { instances: ['i'.repeat(60)] }]),
  )
  const text = encodeFragment({ ...nothing, cards })
  expect(text.length).toBeLessThanOrEqual(8000)
  const back = decodeFragment(text).cards
  expect(back.has('context.299')).toBe(true)
  expect(back.has('context.0')).toBe(false)
})

it('[CX6] half a character in a name does not break the address', () => {
  expect(() => encodeFragment({ ...nothing, cards: new Map([['disk.io', { instances: ['\uD83D'] }]]) })).not.toThrow()
})
