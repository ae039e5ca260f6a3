import { expect, it } from 'vitest'
import { roles } from '../../../src/domain/model.ts'
import { placesFor, seesNodes, spacePath, splitSpace } from './places.ts'
import { windowTitle } from './trouble.ts'
import { usualSpace } from './usual-space.ts'

it('[PS1] an address names its space, and what is inside of it', () => {
  expect(splitSpace('/spaces/s1/rooms/r1/nodes')).toEqual({ spaceId: 's1', inside: '/rooms/r1/nodes' })
  expect(splitSpace('/spaces/s1')).toEqual({ spaceId: 's1', inside: '/' })
  expect(splitSpace('/nodes')).toEqual({ spaceId: undefined, inside: '/nodes' })
  expect([spacePath('s1'), spacePath('s1', '/'), spacePath('s1', '/nodes/x'), spacePath('a/b')]).toEqual([
    '/spaces/s1',
    '/spaces/s1',
    '/spaces/s1/nodes/x',
    '/spaces/a%2Fb',
  ])
})

it('[PS1] an address without a space means the usual one, the front page the one looked at last', () => {
  const spaces = [{ spaceId: 'a' }, { spaceId: 'b' }, { spaceId: 'c' }]
  const me = { space: { spaceId: 'b' }, spaces }
  const meant = (path: string, last?: string) => usualSpace(me, path, last)?.spaceId
  expect([meant('/', 'c'), meant('/nodes', 'c'), meant('/'), meant('/', 'left')]).toEqual(['c', 'b', 'b', 'b'])
  expect(usualSpace({ space: null, spaces }, '/nodes', undefined)).toEqual({ spaceId: 'a' })
  expect(usualSpace({ space: null, spaces: [] }, '/', 'a')).toBeUndefined()
})

it('[PS3] the title names the space where one has several', () => {
  const calm = { warning: 0, critical: 0, isLost: false }
  expect([windowTitle('Nodes', calm, 'Shop'), windowTitle('Nodes', calm), windowTitle('', calm, 'Shop')]).toEqual([
    'Nodes · Shop · Throughline',
    'Nodes · Throughline',
    'Shop · Throughline',
  ])
})

it('[PS4] the bar offers the pages that the role has something on', () => {
  const of = Object.fromEntries(roles.map((role) => [role, placesFor(role).map(({ id }) => id)]))
  const work = ['home', 'nodes', 'metrics', 'functions', 'boards', 'alerts']
  expect(of).toEqual({
    admin: [...work, 'connect'],
    manager: work,
    troubleshooter: work,
    observer: work,
    member: ['home', 'nodes', 'metrics', 'alerts'],
    billing: [],
  })
  expect(roles.filter((role) => !seesNodes(role))).toEqual(['billing'])
})
