import { expect, it } from 'vitest'
import { parseAggregateAnswer } from './aggregate-answer.ts'
import { createAggregateTable } from './aggregate-table.ts'

const guid = '677ca631-1c0f-4f67-8f25-5eeb1501baaf'
const shape = { groupBy: ['dimension'], groupByLabels: [] }
const text = (change: object) => JSON.stringify({ result: { labels: ['time'], data: [] }, ...change })
const oneLabel = (id: string, name: string, groupBy: readonly string[], groupByLabels: readonly string[] = []) => {
  const body = { result: { labels: ['time', id], point: { value: 0 }, data: [[10, [1]]] }, view: { dimensions: { names: [name] } } }
  const [series] = parseAggregateAnswer(JSON.stringify(body), { groupBy, groupByLabels }).series
  return series && { ...series, values: undefined, partial: undefined, counts: undefined }
}

it('[MX12] takes the places of value, flags and count from the answer’s own schema', () => {
  const answer = parseAggregateAnswer(
    text({
      result: {
        labels: ['time', 'x'],
        point: { count: 0, arp: 1, value: 2, pa: 3, hidden: 4 },
        data: [
          [12, [2, 0, null, 1, 0]],
          [10, [3, 0, -4.5, 0, 0]],
          [11, [1, 0, 2, 6, 0]],
        ],
      },
      view: { update_every: 5, units: ['B', 's'], dimensions: { units: ['s'], aggregated: [7] } },
    }),
    shape,
  )
  expect([answer.stepS, [...answer.timesS]]).toEqual([5, [10, 11, 12]])
  const [series] = answer.series
  expect([[...(series?.values ?? [])], [...(series?.counts ?? [])], [...(series?.partial ?? [])]]).toEqual([
    [-4.5, 2, Number.NaN],
    [3, 1, 2],
    [0, 1, 0],
  ])
  expect([series?.units, series?.volume]).toEqual(['s', 7])
})

it('[MX12] nothing matched is an answer without rows; anything else is refused', () => {
  expect(parseAggregateAnswer(text({}), shape)).toMatchObject({ series: [], stepS: 1 })
  for (const wrong of ['', '[]', '{}', 'null', '{"result":[]}']) {
    expect(() => parseAggregateAnswer(wrong, shape)).toThrowError(expect.objectContaining({ code: 'AGENT_PROTOCOL' }))
  }
})

it('[MX12] values of a wrong kind are gaps, rows of a wrong kind are none', () => {
  const data = '[[10,["a"]],[11,3],"x",[12],[null,[1]],[13,[1e999]],[14,[true]]]'
  const answer = parseAggregateAnswer(`{"result":{"labels":["time","x"],"point":{"value":0},"data":${data}}}`, shape)
  expect([[...answer.timesS], [...(answer.series[0]?.values ?? [])]]).toEqual([
    [10, 11, 12, 13, 14],
    [Number.NaN, 3, Number.NaN, Number.NaN, Number.NaN],
  ])
})

it('[MX13] takes ids apart: dimension, instance, labels, node', () => {
  expect(oneLabel('reads', 'reads', ['dimension'])).toMatchObject({ dimensionId: 'reads', nodeId: '', instanceId: '', labels: [] })
  expect(oneLabel(`reads,disk.sda@${guid}`, 'reads,disk.sda@web', ['dimension', 'instance'])).toMatchObject({
    dimensionName: 'reads',
    instanceId: 'disk.sda',
    instanceName: 'disk.sda',
    nodeId: guid,
    nodeName: 'web',
  })
  expect(oneLabel(`reads,disk.a@b,${guid}`, 'reads,disk.a@b,web', ['dimension', 'instance', 'node'])).toMatchObject({
    instanceId: 'disk.a@b',
    nodeId: guid,
  })
  expect(oneLabel(`reads,sda,[unset],${guid}`, 'reads,sda,[unset],web', ['dimension', 'label', 'node'], ['device', 'model'])).toMatchObject(
    {
      labels: ['sda', '[unset]'],
      nodeId: guid,
    },
  )
  // A comma inside a value leaves more parts than there are keys.
  expect(oneLabel('reads,a,b,c', 'reads,a,b,c', ['dimension', 'label'], ['model'])).toMatchObject({ labels: ['a,b,c'] })
})

it('[MX14] a later answer mends values and flags of equal times, and a gap erases nothing', () => {
  const answer = (cells: readonly (readonly (number | null)[])[]) =>
    parseAggregateAnswer(
      text({
        result: { labels: ['time', 'x'], point: { value: 0, pa: 1, count: 2 }, data: cells.map((cell, index) => [10 + index, cell]) },
      }),
      shape,
    )
  const table = createAggregateTable(100, [])
  table.merge(
    answer([
      [5, 0, 2],
      [3, 4, 1],
    ]),
  )
  table.merge(
    answer([
      [null, 1, 0],
      [6, 0, 2],
      [7, 0, 2],
    ]),
  )
  const [series] = table.series()
  const values = series && table.values(series)
  expect([[...table.timesS()], [...(values?.sums ?? [])], [...(values?.counts ?? [])], [...(values?.partial ?? [])]]).toEqual([
    [10, 11, 12],
    [5, 6, 7],
    [2, 2, 2],
    [0, 0, 0],
  ])
})
