import { expect, it } from 'vitest'
import { questionSchema } from '../../../src/live/questions.ts'
import { argumentsOf, defaultChoices, readFunctionInfo } from './function-info.ts'

const sockets = {
  id: 'sockets',
  name: 'Sockets',
  type: 'select',
  options: [
    { id: 'aggregated', name: 'Aggregated' },
    { id: 'detailed', name: 'Detailed', defaultSelected: true },
  ],
}
const sources = {
  id: '__logs_sources',
  name: 'Sources',
  type: 'multiselect',
  options: [{ id: 'all', pill: '8MiB', info: '1 file' }, { id: 'has space' }, { id: 'off', disabled: true }],
}

it('[FN4] reads what a function tells about itself', () => {
  const info = readFunctionInfo({
    help: 'H',
    update_every: 5,
    has_history: true,
    accepted_params: ['sockets', 3],
    required_params: [sockets, sources],
  })
  expect(info).toMatchObject({ help: 'H', updateEveryS: 5, hasHistory: true, accepted: new Set(['sockets']) })
  expect(info.parameters[1]?.options).toEqual([
    { id: 'all', name: 'all', detail: '8MiB · 1 file', isDefault: false, isAskable: true },
    { id: 'has space', name: 'has space', detail: '', isDefault: false, isAskable: false },
    { id: 'off', name: 'off', detail: '', isDefault: false, isAskable: false },
  ])
})

it('[FN4] leaves out parameters of any other shape', () => {
  const broken = [null, 5, {}, { id: 'a b', options: [{ id: 'x' }] }, { id: 'a', options: [] }, { id: 'b', options: [{}, 3, { id: 7 }] }]
  expect(readFunctionInfo({ update_every: -1, required_params: broken })).toEqual({
    help: '',
    updateEveryS: undefined,
    hasHistory: false,
    accepted: new Set(),
    parameters: [],
  })
})

it('[FN5] chooses the agent’s defaults, else the first of a select, and sends what a question can carry', () => {
  const info = readFunctionInfo({ required_params: [sockets, sources, { ...sockets, id: 'group', options: [{ id: 'by-node' }] }] })
  const chosen = defaultChoices(info)
  expect([...chosen]).toEqual([
    ['sockets', ['detailed']],
    ['__logs_sources', []],
    ['group', ['by-node']],
  ])
  const args = argumentsOf(info, new Map([...chosen, ['__logs_sources', ['all', 'has space', 'unknown']]]))
  expect(args).toEqual([
    { key: 'sockets', value: 'detailed' },
    { key: '__logs_sources', value: ['all'] },
    { key: 'group', value: 'by-node' },
  ])
  expect(questionSchema.safeParse({ kind: 'function', name: 'x', args, timeoutS: 10 }).success).toBe(true)
})
