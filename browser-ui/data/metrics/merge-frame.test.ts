import { expect, it } from 'vitest'
import { createSeeded, seedsOf, type Seeded } from '../../../test/doubles/seeded.ts'
import { createSeriesTable } from '../feed/series-table.ts'
import { mergeFrame, type NodePart } from './merge-frame.ts'
import type { Aggregation, ChartChoice, GroupBy } from './metrics-feed.ts'

const all: ChartChoice = {
  contextId: 'disk.io',
  nodeIds: undefined,
  instances: undefined,
  dimensions: undefined,
  labels: [],
  groupBy: ['dimension'],
  aggregation: 'sum',
}

interface Metric {
  readonly instance: string
  readonly dimension: string
  readonly values: readonly number[]
}

function nodeOf(
  nodeId: string,
  times: readonly number[],
  metrics: readonly Metric[],
  stepS = 1,
  paces: Record<string, number> = {},
): NodePart {
  const table = createSeriesTable(4000)
  table.merge({
    stepS,
    timesS: Float64Array.from(times),
    columns: metrics.map(({ instance, dimension, values }) => ({
      chartId: instance,
      dimensionId: dimension,
      name: dimension,
      values: Float64Array.from(values),
    })),
  })
  const instances = [...new Set(metrics.map(({ instance }) => instance))].map((chartId) => ({
    chartId,
    label: chartId,
    updateEveryS: paces[chartId] ?? stepS,
    labels: labelsOf(chartId),
    dimensions: [],
  }))
  return { nodeId, hostname: `host of ${nodeId}`, table, instances, cadenceS: 1 }
}

/** `disk.a` has `kind=a`, and every second instance a colour. */
const labelsOf = (instance: string): Record<string, string> => {
  const letter = instance.split('.')[1] ?? ''
  return letter < 'c' ? { kind: letter, colour: 'red' } : { kind: letter }
}
const gap = Number.NaN
const frameOf = (choice: Partial<ChartChoice>, nodes: readonly NodePart[], fromS = 0, toS = 1e9) =>
  mergeFrame({ ...all, ...choice }, { nodes, agents: [] }, fromS, toS)
const linesOf = (frame: ReturnType<typeof frameOf>) =>
  Object.fromEntries(frame.series.map(({ dimensionId, values }) => [dimensionId, values]))

const one = nodeOf(
  'n1',
  [10, 11],
  [
    { instance: 'disk.a', dimension: 'reads', values: [1, 2] },
    { instance: 'disk.a', dimension: 'writes', values: [-1, -2] },
    { instance: 'disk.c', dimension: 'reads', values: [10, 20] },
  ],
)
const two = nodeOf('n2', [10, 11], [{ instance: 'disk.a', dimension: 'reads', values: [100, 200] }])

it('[MX1] adds up by dimension over instances and nodes, signs kept, and says how many metrics are in each line', () => {
  const frame = frameOf({}, [one, two])
  expect(frame).toEqual({
    timesS: [10, 11],
    series: [
      { dimensionId: 'reads', name: 'reads', values: [111, 222] },
      { dimensionId: 'writes', name: 'writes', values: [-1, -2] },
    ],
    volumes: [3, 1],
    isPartial: [false, false],
    mergedBy: 'page',
    wholeFromS: 10,
  })
})

it.each<[Aggregation, readonly number[]]>([
  ['average', [37, 74]],
  ['sum', [111, 222]],
  ['min', [1, 2]],
  ['max', [100, 200]],
])('[MX1] joins by %s', (aggregation, values) => {
  expect(frameOf({ aggregation, dimensions: ['reads'] }, [one, two]).series.map((line) => line.values)).toEqual([values])
})

it('[MX2] groups by node, instance, label and dimension in any combination and order', () => {
  const keys = (groupBy: readonly GroupBy[]) => frameOf({ groupBy }, [one, two]).series.map(({ dimensionId }) => dimensionId)
  expect({
    node: keys(['node']),
    instance: keys(['instance']),
    label: keys(['label:colour']),
    both: keys(['label:kind', 'dimension']),
    other: keys(['dimension', 'node']),
    instanceOfNode: keys(['node', 'instance']),
  }).toEqual({
    node: ['n1', 'n2'],
    instance: ['disk.a@n1', 'disk.c@n1', 'disk.a@n2'],
    label: ['red', '[unset]'],
    both: ['a,reads', 'a,writes', 'c,reads'],
    other: ['reads,n1', 'writes,n1', 'reads,n2'],
    instanceOfNode: ['n1,disk.a', 'n1,disk.c', 'n2,disk.a'],
  })
  expect(frameOf({ groupBy: ['instance'] }, [one]).series.map(({ dimensionId }) => dimensionId)).toEqual(['disk.a', 'disk.c'])
})

it('[MX3] filters by instances, dimensions and labels: any value of one key, every key named', () => {
  const reads = (choice: Partial<ChartChoice>) => linesOf(frameOf(choice, [one, two]))
  expect(reads({ instances: ['disk.c'] })).toEqual({ reads: [10, 20] })
  expect(reads({ dimensions: ['writes'] })).toEqual({ writes: [-1, -2] })
  expect(reads({ labels: [{ key: 'kind', value: 'c' }] })).toEqual({ reads: [10, 20] })
  const either = [
    { key: 'kind', value: 'a' },
    { key: 'kind', value: 'c' },
  ]
  expect(reads({ labels: either })['reads']).toEqual([111, 222])
  expect(reads({ labels: [...either, { key: 'colour', value: 'red' }] })['reads']).toEqual([101, 202])
  expect(frameOf({ labels: [{ key: 'kind', value: 'none' }] }, [one, two])).toMatchObject({ timesS: [], series: [] })
})

it('[MX4] lays rows of different steps on the coarsest, each column its mean there, and invents nothing', () => {
  const fine = nodeOf('n1', [11, 12, 13, 14, 15, 16], [{ instance: 'disk.a', dimension: 'x', values: [1, 3, gap, 5, 7, 9] }])
  const coarse = nodeOf('n2', [12, 14, 16], [{ instance: 'disk.a', dimension: 'x', values: [10, 20, 30] }], 2)
  expect(linesOf(frameOf({}, [fine, coarse]))).toEqual({ x: [12, 25, 38] })
  expect(frameOf({}, [fine, coarse]).timesS).toEqual([12, 14, 16])
})

it('[MX4] tables whose steps are out of phase meet in the same rows', () => {
  const early = nodeOf('n1', [10, 13, 16], [{ instance: 'disk.a', dimension: 'x', values: [1, 2, 3] }], 3)
  const late = nodeOf('n2', [11, 14, 17], [{ instance: 'disk.a', dimension: 'x', values: [10, 20, 30] }], 3)
  const frame = frameOf({}, [early, late])
  expect(frame.isPartial).not.toContain(true)
  expect(linesOf(frame)).toEqual({ x: [11, 22, 33] })
})

it('[MX4] a slow instance beside fast ones sets the pace', () => {
  const node = nodeOf(
    'n1',
    [11, 12, 13, 14, 15, 16],
    [
      { instance: 'disk.a', dimension: 'x', values: [1, 1, 3, 3, 5, 5] },
      { instance: 'disk.b', dimension: 'x', values: [gap, 10, gap, 20, gap, 30] },
    ],
    1,
    { 'disk.b': 2 },
  )
  expect(frameOf({}, [node])).toMatchObject({ timesS: [12, 14, 16], isPartial: [false, false, false] })
  expect(linesOf(frameOf({}, [node]))).toEqual({ x: [11, 23, 35] })
})

it('[MX4] of rows finer than a metric is collected, which agents fill with values in between, the sample counts', () => {
  const times = Array.from({ length: 14 }, (_, index) => 101 + index)
  const filled = nodeOf('n1', times, [{ instance: 'disk.a', dimension: 'x', values: times }], 1, { 'disk.a': 5 })
  const plain = nodeOf('n2', [105, 110], [{ instance: 'disk.a', dimension: 'x', values: [1, 2] }], 5)
  const frame = frameOf({}, [filled, plain], 105, 110)
  expect([frame.timesS, linesOf(frame)['x']]).toEqual([
    [105, 110],
    [106, 112],
  ])
})

it('[MX5] marks rows in which a source that usually contributes is missing, and none for what ended while its node went on', () => {
  const times = Array.from({ length: 20 }, (_, index) => 100 + index)
  const steady = nodeOf('n1', times, [
    { instance: 'disk.a', dimension: 'x', values: times.map(() => 1) },
    { instance: 'disk.gone', dimension: 'x', values: times.map((timeS) => (timeS < 105 ? 1 : gap)) },
  ])
  const holed = nodeOf('n2', times, [{ instance: 'disk.a', dimension: 'x', values: times.map((timeS) => (timeS === 107 ? gap : 1)) }])
  const stopped = nodeOf('n3', times.slice(0, 10), [{ instance: 'disk.a', dimension: 'x', values: times.slice(0, 10).map(() => 1) }])
  const partialAt = (nodes: readonly NodePart[]) => {
    const frame = frameOf({}, nodes)
    return frame.timesS.filter((_, row) => frame.isPartial[row])
  }
  expect(partialAt([steady])).toEqual([])
  expect(partialAt([steady, holed])).toEqual([107])
  expect(partialAt([steady, stopped])).toEqual([110, 111, 112, 113, 114, 115, 116, 117, 118, 119])
})

it('[MX6] leaves out the newest rows that a source still owes, a clock that is off by a second included', () => {
  const first = nodeOf('n1', [10, 11, 12, 13], [{ instance: 'disk.a', dimension: 'x', values: [1, 1, 1, 1] }])
  const second = nodeOf('n2', [9, 10, 11, 12], [{ instance: 'disk.a', dimension: 'x', values: [2, 2, 2, 2] }])
  const frame = frameOf({}, [first, second], 10)
  expect([frame.timesS, linesOf(frame)['x'], frame.isPartial]).toEqual([
    [9, 10, 11, 12],
    [2, 3, 3, 3],
    [false, false, false, false],
  ])
})

it('[MX40] tells from when on all sources are there that begin right after the window, not those that begin later', () => {
  const times = Array.from({ length: 20 }, (_, index) => 101 + index)
  const begun = (after: number) =>
    nodeOf('b', times.slice(after), [{ instance: 'disk.a', dimension: 'reads', values: times.slice(after).map(() => 1) }])
  const early = nodeOf('a', times, [{ instance: 'disk.a', dimension: 'reads', values: times.map(() => 1) }])
  const wholeFrom = (nodes: readonly NodePart[], fromS: number) => frameOf({}, nodes, fromS, 120).wholeFromS
  expect([wholeFrom([early, begun(2)], 101), wholeFrom([early, begun(9)], 101), wholeFrom([early], 101)]).toEqual([103, 101, 101])
  // Once the window has moved on nothing is missing.
  expect(wholeFrom([early, begun(2)], 110)).toBe(109)
})

it('[MX7] silence of every source is one row of nulls, however long', () => {
  const first = nodeOf('n1', [10, 11, 40, 41], [{ instance: 'disk.a', dimension: 'x', values: [1, 2, 3, 4] }])
  const second = nodeOf('n2', [10, 11, 40, 41], [{ instance: 'disk.a', dimension: 'x', values: [1, 2, 3, 4] }])
  const frame = frameOf({}, [first, second])
  expect([frame.timesS, linesOf(frame)['x']]).toEqual([
    [10, 11, 12, 40, 41],
    [2, 4, null, 6, 8],
  ])
})

it('[MX8] shows exactly the window, with one row before it', () => {
  const times = [10, 11, 12, 13, 14]
  const parts = ['n1', 'n2'].map((nodeId) => nodeOf(nodeId, times, [{ instance: 'disk.a', dimension: 'x', values: times }]))
  expect(frameOf({}, parts, 12, 13).timesS).toEqual([11, 12, 13])
  expect(frameOf({}, parts.slice(0, 1), 12, 13).timesS).toEqual([11, 12, 13])
})

it('[MX9] keeps the values of one node alone exactly as they came', () => {
  const node = nodeOf('n1', [10, 11, 12], [{ instance: 'disk.a', dimension: 'x', values: [0.1, -0.2, 1e300] }])
  for (const aggregation of ['average', 'sum', 'min', 'max'] as const) {
    expect(frameOf({ aggregation }, [node]).series[0]?.values).toEqual([0.1, -0.2, 1e300])
  }
})

const disks = nodeOf(
  'n1',
  [10, 11, 12],
  [
    { instance: 'disk.a', dimension: 'reads', values: [1, 2, 3] },
    { instance: 'disk.a', dimension: 'writes', values: [-1, -2, -3] },
    { instance: 'disk.b', dimension: 'reads', values: [10, gap, 30] },
  ],
)

it('[UI10] adds instances by dimension, and averages shares over those that have a value', () => {
  expect(linesOf(frameOf({}, [disks]))).toEqual({ reads: [11, 2, 33], writes: [-1, -2, -3] })
  expect(linesOf(frameOf({ aggregation: 'average' }, [disks]))['reads']).toEqual([5.5, 2, 16.5])
})

it('[UI11] shows one chosen instance alone', () => {
  expect(linesOf(frameOf({ instances: ['disk.b'] }, [disks]))).toEqual({ reads: [10, null, 30] })
})

it('[UI12] makes missing rows visible as a gap, and connects slow collectors and averages', () => {
  const x = (times: readonly number[], stepS = 1, paces: Record<string, number> = {}) =>
    frameOf({}, [nodeOf('n1', times, [{ instance: 'disk.a', dimension: 'x', values: times.map((_, index) => index) }], stepS, paces)])
  expect([x([10, 11, 15, 16]).timesS, linesOf(x([10, 11, 15, 16]))['x']]).toEqual([
    [10, 11, 12, 15, 16],
    [0, 1, null, 2, 3],
  ])
  // A slow collector in a fast answer, and averages of longer intervals.
  expect(x([10, 15, 20], 1, { 'disk.a': 5 }).timesS).toEqual([10, 15, 20])
  expect(x([10, 14, 18], 4).timesS).toEqual([10, 14, 18])
})

it('[UI13] cuts to the window, with one row before it so that lines enter from outside', () => {
  const times = [10, 11, 12, 13, 14]
  expect(frameOf({}, [nodeOf('n1', times, [{ instance: 'disk.a', dimension: 'x', values: times }])], 12, 13).timesS).toEqual([11, 12, 13])
})

const groupings: readonly (readonly GroupBy[])[] = [
  ['dimension'],
  ['node'],
  ['instance'],
  ['label:kind'],
  ['node', 'dimension'],
  ['label:colour', 'dimension', 'node'],
]

/** The same by brute force: every time, every series, every metric. */
function naive(
  choice: ChartChoice,
  nodes: readonly { nodeId: string; times: readonly number[]; metrics: readonly Metric[] }[],
  stepS: number,
) {
  const picked = nodes.flatMap(({ nodeId, times, metrics }) =>
    metrics
      .filter(({ instance, dimension }) => {
        const labels = labelsOf(instance)
        const keys = new Set(choice.labels.map(({ key }) => key))
        return (
          (choice.instances?.includes(instance) ?? true) &&
          (choice.dimensions?.includes(dimension) ?? true) &&
          [...keys].every((key) => choice.labels.some((label) => label.key === key && labels[key] === label.value))
        )
      })
      .map((metric) => ({
        ...metric,
        nodeId,
        times,
        key: choice.groupBy
          .map((part) => {
            if (part === 'dimension') return metric.dimension
            if (part === 'node') return nodeId
            if (part === 'instance') return `${metric.instance}@${nodeId}`
            return labelsOf(metric.instance)[part.slice(6)] ?? '[unset]'
          })
          .join(','),
      })),
  )
  const cells = new Map<string, number>()
  const rows = new Set(picked.flatMap(({ times }) => times.map((timeS) => Math.ceil(timeS / stepS) * stepS)))
  for (const rowS of rows) {
    for (const key of new Set(picked.map((metric) => metric.key))) {
      const values = picked.flatMap((metric) => {
        if (metric.key !== key) return []
        const within = metric.values.filter(
          (value, at) => !Number.isNaN(value) && Math.ceil((metric.times[at] ?? 0) / stepS) * stepS === rowS,
        )
        return within.length === 0 ? [] : [within.reduce((sum, value) => sum + value, 0) / within.length]
      })
      if (values.length === 0) continue
      const sum = values.reduce((total, value) => total + value, 0)
      const joined = { sum, average: sum / values.length, min: Math.min(...values), max: Math.max(...values) }
      cells.set(`${rowS} ${key}`, joined[choice.aggregation])
    }
  }
  return cells
}

function randomNodes(random: Seeded, steps: readonly number[]) {
  return Array.from({ length: 1 + random.below(4) }, (_, index) => {
    const stepS = random.pick(steps)
    const times = Array.from({ length: Math.ceil(60 / stepS) }, (_unused, row) => 1200 + stepS * (row + 1)).filter(
      () => !random.chance(0.1),
    )
    const metrics = Array.from({ length: 1 + random.below(6) }, (_unused, at) => ({
      instance: `disk.${'abcd'[at % 4]}`,
      dimension: at < 4 ? 'reads' : 'writes',
      values: times.map(() => (random.chance(0.15) ? gap : (random.below(2001) - 1000) / 4)),
    }))
    return { nodeId: `n${index}`, stepS, times, metrics }
  })
}

it.each(seedsOf(60))('[MX10] equals a computation by brute force, seed %i', (seed) => {
  const random = createSeeded(seed)
  const steps = random.pick([[1], [2], [1, 2], [1, 3, 6]])
  const nodes = randomNodes(random, steps)
  // The coarsest step is there all the time.
  const stepS = Math.max(...steps)
  const anchor = {
    nodeId: 'anchor',
    stepS,
    times: Array.from({ length: 60 / stepS }, (_, row) => 1200 + stepS * (row + 1)),
    metrics: [] as Metric[],
  }
  anchor.metrics.push({ instance: 'disk.a', dimension: 'reads', values: anchor.times.map(() => random.below(100)) })
  const everyone = [...nodes, anchor]
  const choice: ChartChoice = {
    ...all,
    groupBy: random.pick(groupings),
    aggregation: random.pick(['sum', 'average', 'min', 'max']),
    labels: random.pick([[], [{ key: 'colour', value: 'red' }]]),
  }
  const frame = mergeFrame(
    choice,
    { nodes: everyone.map((node) => nodeOf(node.nodeId, node.times, node.metrics, node.stepS)), agents: [] },
    1200,
    1260,
  )
  const expected = naive(choice, everyone, stepS)
  // The newest rows may be owed by a source; all others have to be there, and hold nothing but what was computed.
  const last = frame.timesS.at(-1) ?? 0
  expect(last).toBeGreaterThanOrEqual(1260 - 3 * stepS - 4)
  const got = new Map<string, number>()
  frame.series.forEach(({ dimensionId, values }) => {
    frame.timesS.forEach((timeS, row) => {
      const value = values[row] ?? null
      if (value !== null) got.set(`${timeS} ${dimensionId}`, value)
    })
  })
  const wanted = [...expected].filter(([key]) => Number(key.split(' ')[0]) <= last)
  expect([...got.keys()].sort()).toEqual(wanted.map(([key]) => key).sort())
  for (const [key, value] of wanted) expect(got.get(key)).toBeCloseTo(value, 9)
})
