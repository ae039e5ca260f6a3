import { expect, it } from 'vitest'
import { fuzzyScore, searchable, wordsOf } from './fuzzy.ts'
import { keyIntent, keyText, type KeyPress } from './keys.ts'
import { arrangePalette, withRecent, type PaletteEntry, type PaletteGroup } from './palette.ts'

const entry = (id: string, group: PaletteGroup, title: string, more = ''): PaletteEntry => ({
  id,
  group,
  ...searchable(title, more),
  run() {},
})
const ids = (entries: readonly PaletteEntry[], search: string, recent: readonly string[] = []) =>
  arrangePalette(entries, search, recent).map(({ group, entries }) => [group, ...entries.map(({ id }) => id)])

it('[EV10] a search finds whole words before parts, titles before other words, and letters in order last', () => {
  const titles = ['cpu', 'cpufreq.cpufreq', 'system.cpu', 'mycpus', 'control-plane-unit']
  const ranked = [...titles.map((title) => searchable(title)), searchable('load', 'processor cpu')]
    .map((text) => ({ title: text.title, score: fuzzyScore(text, wordsOf('CPU')) }))
    .sort((a, b) => b.score - a.score)
  expect(ranked.map(({ title }) => title)).toEqual(['cpu', 'cpufreq.cpufreq', 'system.cpu', 'mycpus', 'load', 'control-plane-unit'])
  expect(ranked.every(({ score }) => score > 0)).toBe(true)
})

it('[EV10] every word of a search must fit, in any order', () => {
  const text = searchable('db-primary', 'Ubuntu 24.04 rack b2')
  expect([fuzzyScore(text, wordsOf('ubuntu db')) > 0, fuzzyScore(text, wordsOf('db windows')), fuzzyScore(text, wordsOf('xyz'))]).toEqual([
    true,
    0,
    0,
  ])
})

it('[EV11] without a search the palette shows what was used last, then this page, then places', () => {
  const entries = [
    entry('go:nodes', 'Go to', 'Nodes'),
    entry('act:pause', 'This page', 'Pause'),
    entry('node:a', 'Nodes', 'a'),
    entry('node:b', 'Nodes', 'b'),
    entry('context:x', 'Metrics', 'x'),
  ]
  expect(ids(entries, '  ', ['node:b', 'gone'])).toEqual([
    ['Recent', 'node:b'],
    ['This page', 'act:pause'],
    ['Go to', 'go:nodes'],
    ['Nodes', 'node:a'],
  ])
  expect(ids([], '')).toEqual([])
})

it('[EV11] of equally good entries the recent one comes first', () => {
  const entries = [entry('node:1', 'Nodes', 'web-1'), entry('node:2', 'Nodes', 'web-2')]
  expect(ids(entries, 'web', ['node:2'])).toEqual([['Nodes', 'node:2', 'node:1']])
})

it('[EV11] remembers the last twenty, each once', () => {
  expect(withRecent(['a', 'b', 'c'], 'c')).toEqual(['c', 'a', 'b'])
  expect(
    withRecent(
      Array.from({ length: 20 }, (_, n) => String(n)),
      'new',
    ),
  ).toHaveLength(20)
})

it('[EV12] shows few of thousands, says how many more fit, and puts the group with the best first', () => {
  const crowd = Array.from({ length: 5_000 }, (_, n) => entry(`node:${n}`, 'Nodes', `host-${n}.example.org`))
  const shown = arrangePalette([...crowd, entry('go:hosts', 'Go to', 'host')], 'host', [])
  expect(shown.map(({ group, entries, more }) => [group, entries.length, more])).toEqual([
    ['Go to', 1, 0],
    ['Nodes', 8, 4_992],
  ])
  expect(arrangePalette(crowd, '', [])[0]).toMatchObject({ group: 'Nodes', more: 4_994 })
})

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  hasCtrl: false,
  hasMeta: false,
  hasAlt: false,
  isTaken: false,
  isRepeat: false,
  focus: 'page',
  isOverlaid: false,
  ...more,
})
const here = { isApple: false, areSingleKeysOn: true }
const actions = [{ id: 'play', key: ' ' }, { id: 'older', key: 'p' }, { id: 'newer', key: 'p' }, { id: 'keyless' }]
const meaning = (pressed: KeyPress, rules = here) => {
  const intent = keyIntent(pressed, actions, rules)
  return intent?.kind === 'action' ? intent.action.id : intent?.kind
}

it('[EV13] Ctrl K opens the palette from anywhere, ⌘K on Apple machines', () => {
  expect([
    meaning(press('k', { hasCtrl: true })),
    meaning(press('K', { hasCtrl: true, focus: 'text', isOverlaid: true })),
    meaning(press('k', { hasMeta: true })),
    meaning(press('k', { hasMeta: true }), { ...here, isApple: true }),
    meaning(press('k', { hasCtrl: true }), { ...here, isApple: true }),
    meaning(press('k', { hasCtrl: true, hasAlt: true })),
  ]).toEqual(['palette', 'palette', undefined, 'palette', undefined, undefined])
})

it('[EV14] a single key runs the action of the most special part, not in fields, not under a dialog, not with a modifier', () => {
  expect([
    meaning(press('p')),
    meaning(press('P')),
    meaning(press('p', { focus: 'text' })),
    meaning(press('p', { isOverlaid: true })),
    meaning(press('p', { hasCtrl: true })),
    meaning(press('p', { hasMeta: true })),
    meaning(press('p', { isTaken: true })),
    meaning(press('p', { focus: 'control' })),
    meaning(press(' ')),
    meaning(press(' ', { focus: 'control' })),
  ]).toEqual(['newer', undefined, undefined, undefined, undefined, undefined, undefined, 'newer', 'play', undefined])
})

it('[EV14] single keys can be switched off; those with a modifier and F6 stay', () => {
  const off = { ...here, areSingleKeysOn: false }
  expect([
    meaning(press('p'), off),
    meaning(press('?'), off),
    meaning(press('k', { hasCtrl: true }), off),
    meaning(press('F6'), off),
  ]).toEqual([undefined, undefined, 'palette', 'messages'])
})

it('[EV14] ? lists the keys and / searches, unless the page uses it', () => {
  expect([meaning(press('?')), meaning(press('/'))]).toEqual(['keys', 'palette'])
  expect(keyIntent(press('/'), [{ id: 'filter', key: '/' }], here)).toEqual({ kind: 'action', action: { id: 'filter', key: '/' } })
  expect([' ', 'ArrowLeft', 'p', 'F6'].map(keyText)).toEqual(['Space', '←', 'P', 'F6'])
})
