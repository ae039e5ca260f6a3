import { expect, it } from 'vitest'
import { allowedCommands, routeQuestion } from './allowed-paths.ts'

const names = ['6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11', 'edge-1']

it('[AL21] serves the reads of API v1 about metrics and alerts, with and without the name of this node', () => {
  expect(allowedCommands).toEqual([
    'info',
    'contexts',
    'context',
    'charts',
    'chart',
    'data',
    'alarms',
    'alarms_values',
    'alarm_count',
    'alarm_log',
    'alarm_variables',
  ])
  for (const prefix of ['', `/node/${names[0]}`, '/host/edge-1']) {
    expect(routeQuestion('GET', `${prefix}/api/v1/data?chart=a&x=%20`, names)).toEqual({
      kind: 'serve',
      command: 'data',
      query: 'chart=a&x=%20',
    })
  }
  expect(routeQuestion('GET', '/api/v1/info', names)).toEqual({ kind: 'serve', command: 'info', query: '' })
})

it('[HF1] both questions about functions go to the agent itself and to no source', () => {
  for (const command of ['functions', 'function'] as const) {
    expect(routeQuestion('GET', `/api/v1/${command}?function=processes%20info`, names)).toEqual({
      kind: 'functions',
      command,
      query: 'function=processes%20info',
    })
  }
  expect(routeQuestion('POST', '/api/v1/function', names)).toMatchObject({ kind: 'refused', answer: { status: 405 } })
  expect(routeQuestion('GET', '/api/v3/function', names)).toMatchObject({ kind: 'refused', answer: { status: 404 } })
  expect(routeQuestion('GET', '/node/other/api/v1/function', names)).toMatchObject({ kind: 'refused', answer: { status: 404 } })
})

it('[AL112] both calls of configuration go their own way, and no other of API v3 goes any', () => {
  for (const version of ['v1', 'v3']) {
    expect(routeQuestion('POST', `/api/${version}/config?action=add`, names)).toEqual({ kind: 'configuration', query: 'action=add' })
    expect(routeQuestion('GET', `/node/other/api/${version}/config`, names)).toMatchObject({ kind: 'refused', answer: { status: 404 } })
  }
  expect(routeQuestion('DELETE', '/api/v1/config', names)).toMatchObject({ kind: 'refused', answer: { status: 404 } })
})

const refused: readonly (readonly [string, string, number])[] = [
  ['GET', '/api/v1/variable', 404],
  ['GET', '/api/v1/manage/health', 404],
  ['GET', '/api/v2/data', 404],
  ['GET', '/api/v3/data', 404],
  ['GET', '/api/v2/config', 404],
  ['GET', '/', 404],
  ['GET', '/netdata.conf', 404],
  ['GET', '/api/v1/data/', 404],
  ['GET', '/api/v1/../v1/data', 404],
  ['GET', '/api/v1/%64ata', 404],
  ['GET', '/api/v1/constructor', 404],
  ['GET', '/node/other/api/v1/data', 404],
  ['GET', `/node/${names[0]}/node/${names[0]}/api/v1/data`, 404],
  ['POST', '/api/v1/data', 405],
  ['DELETE', '/api/v1/info', 405],
]
it.each(refused)('[AL21] refuses %s %s with %i before any source hears of it', (method, target, status) => {
  expect(routeQuestion(method, target, names)).toMatchObject({ kind: 'refused', answer: { status } })
})
