import { expect, it } from 'vitest'
import { functionTitle, groupFunctions, parseFunctionList, searchFunctions } from './function-list.ts'
import { mayCall, whoMayCall } from './function-rights.ts'

const list = (functions: object) => parseFunctionList(JSON.stringify({ functions }))

it('[FN1] reads the list of a new agent: names, help, tags, rights, order of priority', () => {
  const functions = list({
    'systemd-journal': { help: 'Logs', timeout: 60, tags: 'logs', access: ['signed-in', 'sensitive-data'], priority: 100 },
    'mount-points': { help: 'Mounts', timeout: 10, options: ['GLOBAL'], tags: 'top disks', access: ['anonymous-data'], priority: 100 },
    processes: { help: 'Processes', tags: ['top'], access: ['sensitive-data'], priority: 10 },
  })
  expect(functions.map(({ name }) => name)).toEqual(['processes', 'systemd-journal', 'mount-points'])
  expect(functions[2]).toEqual({
    name: 'mount-points',
    title: 'Mount points',
    help: 'Mounts',
    tags: ['top', 'disks'],
    access: ['anonymous-data'],
    priority: 100,
    timeoutS: 10,
    isSensitive: false,
  })
})

it('[FN1] reads the list of 1.37: no outer object, options as text, no rights; an unknown name counts as sensitive', () => {
  const functions = parseFunctionList(JSON.stringify({ 'fx-table': { help: 'A table', timeout: 10, options: 'GLOBAL ' } }))
  expect(functions).toMatchObject([{ name: 'fx-table', tags: ['top'], access: [], isSensitive: true, timeoutS: 10 }])
})

it('[FN1] leaves out what cannot be asked for and survives any shape', () => {
  expect(
    list({ 'a b': {}, __agent: {}, 'x&y': {}, '<b>': {}, secret: { tags: 'hidden' }, ok: null, odd: { help: 5, tags: 7, access: 'x' } }),
  ).toMatchObject([
    { name: 'odd', help: '', tags: ['top'] },
    { name: 'ok', help: '' },
  ])
  expect(parseFunctionList('{"functions":[{"name":"sensors","help":"S"},5,null]}')).toMatchObject([{ name: 'sensors' }])
  expect(parseFunctionList('{}')).toEqual([])
  expect(() => parseFunctionList('no json')).toThrow(expect.objectContaining({ code: 'AGENT_PROTOCOL' }))
})

it('[FN2] groups by tag, what happens now first and logs next, and finds functions by words', () => {
  const functions = list({ a: { tags: 'zfs' }, b: { tags: 'logs' }, c: { help: 'Shows open sockets' }, 'mount-points': {} })
  expect(groupFunctions(functions).map(({ title, functions: members }) => [title, members.map(({ name }) => name)])).toEqual([
    ['Now', ['c', 'mount-points']],
    ['Logs', ['b']],
    ['Zfs', ['a']],
  ])
  expect(searchFunctions(functions, 'open SOCKET').map(({ name }) => name)).toEqual(['c'])
  expect(searchFunctions(functions, '')).toHaveLength(4)
  expect(functionTitle('---')).toBe('---')
})

it('[FN3] marks which role may call what, and says who may', () => {
  const sensitive = { isSensitive: true }
  const harmless = { isSensitive: false }
  expect(['admin', 'manager', 'troubleshooter'].map((role) => mayCall(role as 'admin', sensitive))).toEqual([true, true, true])
  expect([mayCall('observer', sensitive), mayCall('observer', harmless), mayCall('member', harmless)]).toEqual([false, true, false])
  expect(whoMayCall(sensitive)).toContain('troubleshooter')
})

it('[FN1] a name or tag that every object inherits is a name like any other', () => {
  const functions = list({ constructor: { tags: 'toString' }, toString: { tags: 'top' }, hasOwnProperty: { tags: 'constructor' } })
  expect(functions.map(({ title }) => title)).toEqual(['Constructor', 'HasOwnProperty', 'ToString'])
  expect(groupFunctions(functions).map(({ title }) => title)).toEqual(['Now', 'Constructor', 'ToString'])
})
