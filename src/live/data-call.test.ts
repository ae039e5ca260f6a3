import { expect, it } from 'vitest'
import { liveLimits } from './limits.ts'
import { parseDataCall } from './data-call.ts'
import type { DataQuestion } from './data-call.ts'
import { aggregatedTarget, dataTarget } from './data-targets.ts'

const nodeId = '11111111-1111-4111-8111-111111111111'

it('[LD2] a context is enough: the last ten minutes, a row a second', () => {
  const question = { kind: 'data', contexts: ['system.cpu'], afterS: -600, beforeS: 0, points: 600 }
  expect(parseDataCall('context=system.cpu')).toEqual(question)
  expect(parseDataCall('contexts=system.cpu&after=&chart=')).toEqual(question)
  expect(parseDataCall('context=system.cpu&after=-5').points).toBe(5)
  expect(parseDataCall('context=system.cpu&after=1700000000&before=1700000060').points).toBe(60)
  expect(parseDataCall('context=system.cpu&after=-86400').points).toBe(600)
})

it('[LD2] reads lists with bars and commas, in either spelling', () => {
  const asked = 'context=a.b|c.d,e.f&chart=one%20two|t%C3%A4&dimensions=user%2Csystem&after=-60&before=-10&points=5'
  expect(parseDataCall(asked)).toEqual({
    kind: 'data',
    contexts: ['a.b', 'c.d', 'e.f'],
    instances: ['one two', 'tä'],
    dimensions: ['user', 'system'],
    afterS: -60,
    beforeS: -10,
    points: 5,
  })
})

it('[LD2] aggregates as soon as something asks for it', () => {
  const base = {
    kind: 'data-v2',
    contexts: ['a.b'],
    afterS: -600,
    beforeS: 0,
    points: 600,
    groupBy: ['dimension'],
    groupByLabels: [],
    aggregation: 'average',
    timeGroup: 'average',
  }
  expect(parseDataCall('context=a.b&format=json2')).toEqual(base)
  expect(parseDataCall('context=a.b&group_by=node,dimension&aggregation=sum&time_group=max')).toEqual({
    ...base,
    groupBy: ['node', 'dimension'],
    aggregation: 'sum',
    timeGroup: 'max',
  })
  expect(parseDataCall('context=a.b&group_by_label=device|mount_point')).toEqual({
    ...base,
    groupBy: ['label'],
    groupByLabels: ['device', 'mount_point'],
  })
  expect(parseDataCall(`context=a.b&scope_nodes=${nodeId}&labels=device:sd a|k:v:w&options=raw`)).toEqual({
    ...base,
    nodeIds: [nodeId],
    labels: [
      { key: 'device', value: 'sd a' },
      { key: 'k', value: 'v:w' },
    ],
    raw: true,
  })
})

const calls: readonly DataQuestion[] = [
  { kind: 'data', contexts: ['system.cpu', 'mem/ü'], afterS: -900, beforeS: 0, points: 450 },
  {
    kind: 'data',
    contexts: ['disk.io'],
    instances: ["it's; $(x)", 'a b'],
    dimensions: ['réads'],
    afterS: 1_700_000_000,
    beforeS: 1_700_000_600,
    points: 60,
  },
  {
    kind: 'data-v2',
    contexts: ['disk.io'],
    afterS: -60,
    beforeS: 0,
    points: 60,
    groupBy: ['label', 'node'],
    groupByLabels: ['device'],
    aggregation: 'sum',
    timeGroup: 'max',
    nodeIds: [nodeId],
    raw: true,
  },
  {
    kind: 'data-v2',
    contexts: ['disk.io'],
    afterS: -60,
    beforeS: -5,
    points: 60,
    groupBy: ['selected'],
    groupByLabels: [],
    aggregation: 'max',
    timeGroup: 'cv',
    nodeIds: [nodeId],
    labels: [{ key: 'k', value: 'a:b' }],
    instances: ['x'],
  },
]

it.each(calls)('[LD4] the call of $kind about $contexts is the same question again', (question) => {
  const target = question.kind === 'data' ? dataTarget(question) : aggregatedTarget(question, [nodeId], 'C')
  expect(parseDataCall(target.slice(target.indexOf('?') + 1))).toEqual(question)
})

it.each([
  ['', 'context'],
  ['after=-60', 'context'],
  ['context=', 'context'],
  ['context=a&path=/etc', '"path"'],
  ['context=a&__proto__=1', '"__proto__"'],
  ['context=a&constructor=1', '"constructor"'],
  ['context=a&callback=alert', '"callback"'],
  ['context=a&context=b', 'context is given twice'],
  ['context=a&contexts=b', 'context and contexts'],
  ['context=a%26after%3D0', 'context'],
  ['context=*', 'context'],
  ['context=a%0d%0aX-Evil:1', 'context'],
  ['context=a b', 'context'],
  ['context=a|', 'context'],
  ['context=a&chart=x*', 'chart'],
  ['context=a&dimensions=x%00', 'dimension'],
  ['context=a&after=abc', 'after'],
  ['context=a&after=1e9', 'after'],
  ['context=a&after=-99999999999', 'after'],
  ['context=a&before=99999999999', 'before'],
  ['context=a&points=0', 'points'],
  [`context=a&points=${liveLimits.maxPoints + 1}`, 'points'],
  ['context=a&points=1.5', 'points'],
  ['context=a&format=csv', 'format'],
  ['context=a&format=json&group_by=node', 'json2'],
  ['context=a&group=max', 'group'],
  ['context=a&options=jsonwrap,null2zero', '"null2zero"'],
  ['context=a&timeout=0', 'timeout'],
  ['context=a&timeout=99999999', 'timeout'],
  ['context=a&group_by=person', 'group_by'],
  ['context=a&aggregation=drop', 'aggregation'],
  ['context=a&time_group=never', 'time_group'],
  ['context=a&group_by=label', 'group_by_label'],
  ['context=a&group_by=node&group_by_label=x', 'group_by'],
  ['context=a&scope_nodes=*', 'scope_nodes'],
  ['context=a&scope_nodes=host-1', 'scope_nodes'],
  ['context=a&labels=novalue', 'labels'],
  [`context=${'a'.repeat(300)}`, 'context'],
  [`context=${Array.from({ length: 300 }, (_, index) => `c${index}`).join('|')}`, 'context'],
])('[LD3] refuses "%s" and names %s', (query, named) => {
  expect(() => parseDataCall(query)).toThrow(
    expect.objectContaining({ code: 'BODY_UNPROCESSABLE', message: expect.stringContaining(named) as string }),
  )
})

it('[LD3] repeats of a strange name only what can be printed, and little of it', () => {
  const message = () => {
    try {
      parseDataCall(`context=a&${encodeURIComponent(`\u202e<script>\r\n${'x'.repeat(500)}`)}=1`)
    } catch (thrown) {
      return (thrown as Error).message
    }
    return ''
  }
  expect(message()).toMatch(/^This cannot be asked: the parameter "[\x20-\x7e]{60}" is not known\.$/)
})
