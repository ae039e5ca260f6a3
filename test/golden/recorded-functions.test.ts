import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readFunctionAnswer } from '../../browser-ui/data/functions/function-answer.ts'
import { parseFunctionList } from '../../browser-ui/data/functions/function-list.ts'
import { hasRecordings, readRecording } from '../doubles/agents/recording.ts'

/** What a stock agent answered to a question in a recorded session, by path and status; the newest of each. */
function answersOf(version: string, scenario: string): Map<string, string> {
  return new Map(
    readRecording(version, scenario).lines.flatMap(({ response }) => {
      if (response?.bodyBase64 === undefined) return []
      const bytes = Buffer.from(response.bodyBase64, 'base64')
      const body = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8')
      const path = response.request.replace(/^GET /u, '').replace(/^\/node\/[^/]+/u, '')
      return [[`${path} ${String(response.header['http-code'])}`, body] as const]
    }),
  )
}

const tableOf = (text: string) => {
  const answer = readFunctionAnswer({ text, httpStatus: 200 })
  return answer.kind === 'table' ? answer.table : expect.fail(`this is ${answer.kind}`)
}

describe('functions of stock agents', () => {
  it('the recordings are there', () => {
    expect(hasRecordings, 'the recorded sessions are not beside the project, at ../shared/fixtures/aclk').toBe(true)
  })

  it('[FN37] 1.37 lists its functions without the outer object, and its table reads', () => {
    const answers = answersOf('1.37.1', 'first-connect')
    expect(parseFunctionList(answers.get('/api/v1/functions 200') ?? '').map(({ name }) => name)).toEqual(['fx-slow', 'fx-table'])
    const table = tableOf(answers.get('/api/v1/function?function=fx-table 200') ?? '')
    expect(table.rows.map(({ key, cells }) => [key, cells[1]])).toEqual([
      ['alpha', 1],
      ['beta', 2],
    ])
  })

  it.each(['2.10.4', '2.11.0-84-nightly'])('[FN37] the list, tables and refusals of %s read in full', (version) => {
    const answers = answersOf(version, 'first-connect')
    const list = parseFunctionList(answers.get('/api/v1/functions 200') ?? '')
    expect(list.length).toBeGreaterThanOrEqual(7)
    expect(list.find(({ name }) => name === 'block-devices')).toMatchObject({ isSensitive: false, access: ['anonymous-data'] })

    const calls = tableOf(answers.get('/api/v3/function?function=netdata-api-calls 200') ?? '')
    expect(calls.defaultSortId).toBe('Started')
    expect(new Set(calls.rows.map(({ severity }) => severity))).toEqual(new Set(['normal', 'notice', 'warning']))
    expect(new Set(calls.rows.map(({ key }) => key)).size).toBe(calls.rows.length)

    const refused = answers.get('/api/v3/function?function=netdata-api-calls 403') ?? ''
    expect(readFunctionAnswer({ text: refused, httpStatus: 403 })).toMatchObject({
      kind: 'problem',
      problem: { agentWords: 'This feature requires additional permissions: sensitive-data.' },
    })

    const streaming = tableOf(answersOf(version, 'parent-child').get('/api/v3/function?function=netdata-streaming 200') ?? '')
    expect(streaming.columns.length).toBeGreaterThan(70)
    expect(streaming.groups.length).toBeGreaterThan(20)
    expect(streaming.rows.map(({ key }) => key)).toEqual(['parent-a', 'child-a'])
  })
})
