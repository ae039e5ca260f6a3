import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { parseAggregateAnswer } from '../../browser-ui/data/metrics/aggregate-answer.ts'
import { createAggregateTable } from '../../browser-ui/data/metrics/aggregate-table.ts'
import { hasRecordings, readRecording, recordingsFolder } from '../doubles/agents/recording.ts'

// Real answers of stock agents to /api/v2|v3/data, read as the page reads them.

it('[GW1] the recorded sessions of stock agents are there to be read', () => {
  expect(hasRecordings, `no recordings at ${recordingsFolder}: the golden suite cannot run`).toBe(true)
})

const versions = ['2.10.4', '2.11.0-84-nightly']

/** Every recorded body that answers a question with this pattern. */
function bodiesOf(version: string, scenario: string, pattern: RegExp): string[] {
  return readRecording(version, scenario).lines.flatMap(({ response }) => {
    if (response?.bodyBase64 === undefined || !pattern.test(response.request)) return []
    const bytes = Buffer.from(response.bodyBase64, 'base64')
    return [(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8')]
  })
}

it.each(versions)('[MX11] reads what %s answered by dimension: values in the order of time, each under its name', (version) => {
  const [text = ''] = bodiesOf(version, 'first-connect', /v3\/data\?.*group_by=dimension/)
  const answer = parseAggregateAnswer(text, { groupBy: ['dimension'], groupByLabels: [] })
  const raw = JSON.parse(text) as { result: { labels: string[]; data: [number, ...(readonly (number | null)[])[]][] } }
  expect(answer.series.map(({ id }) => id)).toEqual(raw.result.labels.slice(1))
  expect(answer.series.length).toBeGreaterThan(5)
  expect([...answer.timesS]).toEqual(raw.result.data.map(([timeS]) => timeS).toSorted((a, b) => a - b))
  for (const [timeS, ...cells] of raw.result.data) {
    const row = answer.timesS.indexOf(timeS)
    expect(answer.series.map(({ values }) => values[row])).toEqual(cells.map(([value]) => value ?? Number.NaN))
  }
  expect(answer).toMatchObject({ units: 'percentage', chartType: 'stacked', stepS: expect.any(Number) as number })
  expect(answer.series.every(({ counts, volume, units }) => counts === undefined && volume === 1 && units === 'percentage')).toBe(true)
  // The agent names a hidden dimension, too, that no metric of the answer has.
  const counted = answer.dimensions.filter(({ count }) => count > 0)
  expect(counted.map(({ name }) => name).sort()).toEqual(answer.series.map(({ dimensionName }) => dimensionName).sort())
  expect(answer.dimensions.map(({ name }) => name)).toContain('idle')
  expect(answer.nodes).toHaveLength(1)
  expect(answer.nodes[0]?.nodeId).toMatch(/^[0-9a-f-]{36}$/)
})

it.each(versions)('[MX11] reads what %s answered by instance: the instance without the machine behind it', (version) => {
  const [text = ''] = bodiesOf(version, 'first-connect', /v3\/data\?.*group_by=instance/)
  const answer = parseAggregateAnswer(text, { groupBy: ['instance'], groupByLabels: [] })
  expect(answer.series.map(({ instanceId, nodeId }) => [instanceId, nodeId.length])).toEqual([['system.cpu', 36]])
  expect(answer.series[0]?.nodeId).toBe(answer.nodes[0]?.id)
})

it.each(versions)('[MX11] reads what a parent of %s answered by node, and keeps it in a table', (version) => {
  const texts = bodiesOf(version, 'parent-child', /v3\/data\?.*group_by=node/)
  expect(texts.length).toBeGreaterThanOrEqual(2)
  for (const text of texts) {
    const answer = parseAggregateAnswer(text, { groupBy: ['node'], groupByLabels: [] })
    const known = new Set(answer.nodes.map(({ id }) => id))
    expect(answer.series.every(({ nodeId }) => known.has(nodeId))).toBe(true)
    const table = createAggregateTable(100, [])
    expect(table.merge(answer)).toBe(answer.series.some(({ values }) => values.some((value) => !Number.isNaN(value))))
    expect(table.length).toBeLessThanOrEqual(answer.timesS.length)
  }
})
