import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { mergedAnswer, passedAnswer, type AnswerFrame } from '../../cloud/relay/rest/data-answer.ts'
import { partOfJson2 } from '../../cloud/relay/rest/data-part.ts'
import { readDataWish } from '../../cloud/relay/rest/data-wish.ts'
import { mergeParts } from '../../cloud/relay/rest/merge-parts.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import { hasRecordings, readRecording } from '../doubles/agents/recording.ts'

// Real answers of stock agents to /api/v3/data, as existing clients get them from us.

interface Recorded {
  readonly summary: { readonly nodes: readonly { readonly mg: string; readonly nd: string; readonly nm: string }[] }
  readonly result: { readonly labels: readonly string[]; readonly data: readonly (readonly [number, ...(readonly (number | null)[])[]])[] }
  readonly view: { readonly units: string; readonly title: string }
}

/** Every recorded answer to a question with this pattern. */
function answersOf(version: string, scenario: string, pattern: RegExp): Recorded[] {
  return readRecording(version, scenario).lines.flatMap(({ response }) => {
    if (response?.bodyBase64 === undefined || !pattern.test(response.request)) return []
    const bytes = Buffer.from(response.bodyBase64, 'base64')
    return [JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8')) as Recorded]
  })
}

const frameOf = (recorded: Recorded): AnswerFrame => {
  const nodes = recorded.summary.nodes.map(({ mg, nd, nm }) => ({ nodeId: nd as NodeId, machineGuid: mg, hostname: nm }))
  const status = { agent: 0, code: 200, msg: '', ms: 1 }
  return {
    version: 3,
    wish: readDataWish({ options: ['ms'] }),
    nodes: nodes.map((node) => ({ node, status, isSelected: true })),
    agents: nodes.slice(0, 1),
    ms: 1,
  }
}

const rising = (recorded: Recorded) => recorded.result.data.toSorted(([a], [b]) => a - b)
const cases = ['2.10.4', '2.11.0-84-nightly'].flatMap((version) => [
  [version, 'first-connect', /v3\/data\?.*group_by=dimension/] as const,
  [version, 'parent-child', /v3\/data\?.*group_by=node/] as const,
])

it('[GW1] the recorded sessions of stock agents are there to be read', () => {
  expect(hasRecordings).toBe(true)
})

it.each(cases)(
  '[CR10] what a %s answered (%s) is passed on with every value, in the order of time and in milliseconds',
  (version, scenario, pattern) => {
    const answers = answersOf(version, scenario, pattern)
    expect(answers.length).toBeGreaterThan(0)
    for (const recorded of answers) {
      const passed = passedAnswer(frameOf(recorded), recorded as unknown as Readonly<Record<string, unknown>>) as Recorded
      expect(passed.result.labels).toEqual(recorded.result.labels)
      expect(passed.result.data).toEqual(rising(recorded).map(([timeS, ...cells]) => [timeS * 1_000, ...cells]))
      expect(passed.summary.nodes.map(({ mg, nd }) => [mg, nd])).toEqual(recorded.summary.nodes.map(({ mg, nd }) => [mg, nd]))
      expect(passed.view.units).toBe(recorded.view.units)
    }
  },
)

it.each(cases)('[CR11] what a %s answered (%s) has the same values when it is joined with nothing else', (version, scenario, pattern) => {
  for (const recorded of answersOf(version, scenario, pattern)) {
    const parts = [partOfJson2(recorded as unknown as Readonly<Record<string, unknown>>)]
    const joined = mergedAnswer(frameOf(recorded), parts, mergeParts(parts, 'sum', undefined)) as Recorded
    expect(joined.result.labels).toEqual(recorded.result.labels)
    const own = new Map(recorded.result.data.map(([timeS, ...cells]) => [timeS * 1_000, cells.map(([value]) => value ?? null)]))
    const rows = joined.result.data.filter(([, ...cells]) => cells.some(([value]) => value !== null))
    for (const [timeMs, ...cells] of rows) expect(cells.map(([value]) => value)).toEqual(own.get(timeMs))
    const told = recorded.result.data.filter(([, ...cells]) => cells.some(([value]) => value !== null && value !== undefined)).length
    // The newest rows may be left out while an agent still waits for some of its sources.
    expect(rows.length).toBeGreaterThanOrEqual(told - 5)
  }
})
