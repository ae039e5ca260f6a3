import { expect, it } from 'vitest'
import { faviconFor } from './favicon.ts'
import { isAt, pageAfterRoomChange, places, splitRoom } from './places.ts'
import { createScrollMemory } from './scroll-memory.ts'
import { alertWords, badgeText, countAlerts, windowTitle } from './trouble.ts'

it('[EV1] marks the page whose address it is or lies below, Home only at the root', () => {
  const marked = (path: string) => places.filter(({ href }) => isAt(path, href)).map(({ id }) => id)
  expect([marked('/'), marked('/nodes'), marked('/nodes/x'), marked('/nodesx'), marked('/alerts')]).toEqual([
    ['home'],
    ['nodes'],
    ['nodes'],
    [],
    ['alerts'],
  ])
})

it('[EV2] a change of room keeps the page, and goes to its list where one node or board was shown', () => {
  expect(['/', '/metrics', '/nodes/x', '/boards/y', '/old'].map(pageAfterRoomChange)).toEqual(['/', '/metrics', '/nodes', '/boards', '/'])
  expect(splitRoom('/rooms/r1/nodes/x')).toEqual({ roomId: 'r1', inside: '/nodes/x' })
  expect(splitRoom('/rooms/r1')).toEqual({ roomId: 'r1', inside: '/' })
  expect(splitRoom('/nodes')).toEqual({ roomId: undefined, inside: '/nodes' })
})

it('[EV4] counts raised alerts of the space and of a room, and apart from them those of silent nodes', () => {
  const nodes = [
    { alerts: { warning: 2, critical: 1 }, roomIds: ['a'] },
    { alerts: { warning: 1, critical: 0 }, roomIds: ['b'] },
    { alerts: { warning: 1, critical: 1 }, state: 'live' },
    { alerts: { warning: 2, critical: 1 }, state: 'offline', roomIds: ['a'] },
    {},
  ]
  expect([countAlerts(nodes), countAlerts(nodes, 'a'), countAlerts(nodes, 'c'), countAlerts([])]).toEqual([
    { warning: 4, critical: 2, unknown: 3 },
    { warning: 2, critical: 1, unknown: 3 },
    { warning: 0, critical: 0, unknown: 0 },
    { warning: 0, critical: 0, unknown: 0 },
  ])
  expect([badgeText(7), badgeText(99), badgeText(100)]).toEqual(['7', '99', '99+'])
  expect([
    alertWords({ warning: 2, critical: 1 }),
    alertWords({ warning: 2, critical: 0 }),
    alertWords({ warning: 0, critical: 0 }),
    alertWords({ warning: 0, critical: 1, unknown: 3 }),
    alertWords({ warning: 1, critical: 0 }),
  ]).toEqual(['1 critical, 2 warnings', '2 warnings', '', '1 critical, 3 unknown', '1 warning'])
})

it('[EV5] the window title begins with the trouble and is plain without any', () => {
  expect([
    windowTitle('Nodes', { warning: 1, critical: 1, isLost: false }),
    windowTitle('Nodes', { warning: 0, critical: 0, isLost: true }),
    windowTitle('', { warning: 0, critical: 0, isLost: false }),
    windowTitle('Nodes', { warning: 0, critical: 0, isLost: false }),
  ]).toEqual(['(2) Nodes · Throughline', 'Lost connection · Nodes · Throughline', 'Throughline', 'Nodes · Throughline'])
})

it('[EV18] each kind of trouble has an icon of its own; a lost cloud outdoes alerts, and none is the plain one', () => {
  const none = { warning: 0, critical: 0, isLost: false }
  const drawn = [
    { ...none, warning: 3 },
    { ...none, warning: 1, critical: 1 },
    { ...none, critical: 1, isLost: true },
  ].map(faviconFor)
  expect(faviconFor(none)).toBe('/favicon.svg')
  expect(new Set(drawn).size).toBe(3)
  expect(faviconFor({ ...none, isLost: true })).toBe(drawn[2])
  expect(drawn.every((href) => href.startsWith('data:image/svg+xml,') && !href.includes('#'))).toBe(true)
})

it('[EV6] going back scrolls to where the page was left; a new page starts at its top', () => {
  const memory = createScrollMemory()
  memory.enter('1', '/nodes')
  memory.settle()
  memory.scrolled(840)
  expect(memory.enter('2', '/nodes/x')).toBe(0)
  // The browser tells that the shorter page is at 0 while the content is swapped.
  memory.scrolled(0)
  memory.settle()
  memory.scrolled(300)
  memory.wentTo('/nodes')
  expect(memory.enter('1', '/nodes')).toBe(840)
  memory.scrolled(0)
  memory.wentTo('/nodes/x')
  expect(memory.enter('2', '/nodes/x')).toBe(300)
})

it('[EV6] going back within one page, such as out of a large chart, does not make the next link a way back', () => {
  const memory = createScrollMemory()
  // A browser without names of entries: the path is the name.
  memory.enter('/nodes', '/nodes')
  memory.settle()
  memory.scrolled(840)
  memory.enter('/metrics', '/metrics')
  memory.settle()
  memory.wentTo('/metrics')
  expect(memory.enter('/nodes', '/nodes')).toBe(0)
})
