import { expect, it } from 'vitest'
import type { AlertRuleConfig } from './alert-document.ts'
import { createSeeded } from '../../test/doubles/seeded.ts'
import { compileRule } from './compile-rule.ts'
import { evaluateHistory } from './evaluate-history.ts'
import { advance, freshState, repeatDueS, statusOf } from './status-machine.ts'
import type { StatusState } from './status-machine.ts'

const noDelay = { up: 0, down: 0, max: 0, multiplier: 1 }
function rule(change: {
  after?: number
  calculation?: string
  warning?: string
  critical?: string
  everyS?: number
  delay?: AlertRuleConfig['action']['delay']
  options?: AlertRuleConfig['value']['database_lookup']['options']
  isClearSilent?: boolean
}): AlertRuleConfig {
  return {
    match: { on: 'c', host_labels: '*', instance_labels: '*' },
    summary: '',
    info: '',
    type: '',
    component: '',
    classification: '',
    value: {
      database_lookup: {
        after: change.after ?? 0,
        before: 0,
        time_group: 'average',
        time_group_condition: '>',
        time_group_value: 0,
        dims_group: 'sum',
        data_source: 'samples',
        options: change.options ?? ['unaligned'],
        dimensions: '*',
      },
      calculation: change.calculation ?? '',
      units: '',
      update_every: change.everyS ?? 1,
    },
    conditions: { warning_condition: change.warning ?? '', critical_condition: change.critical ?? '' },
    action: {
      options: change.isClearSilent ? ['no-clear-notification'] : [],
      execute: '',
      recipient: '',
      delay: change.delay ?? noDelay,
      repeat: { enabled: false, warning: 0, critical: 0 },
    },
  }
}
const series = (values: readonly (number | null)[], updateEveryS = 1) => ({
  firstS: 1_000,
  updateEveryS,
  dimensions: [{ id: 'x', name: 'x' }],
  rows: values.map((value) => [value]),
})
const short = (verdict: ReturnType<typeof evaluateHistory>) => verdict.changes.map(({ atS, status, isTold }) => [atS, status, isTold])

it('[HE7] hysteresis by $status raises at one threshold and clears at the other', () => {
  const config = rule({ calculation: '$x', warning: '$this > (($status >= $WARNING) ? (80) : (90))' })
  const verdict = evaluateHistory(config, series([50, 85, 95, 85, 81, 79, 85]))
  expect(short(verdict)).toEqual([
    [1_000, 'clear', false],
    [1_002, 'warning', true],
    [1_005, 'clear', true],
  ])
  expect(verdict).toMatchObject({ firedCount: 1, raisedS: 3, raised: [{ fromS: 1_002, toS: 1_005, status: 'warning' }], caveats: [] })
})

it('[HE8] a status comes of two conditions: critical outranks, undefined ones say nothing', () => {
  expect(statusOf({ warning: 1, critical: 1 })).toBe('critical')
  expect(statusOf({ warning: 2, critical: 0 })).toBe('warning')
  expect(statusOf({ warning: undefined, critical: 0 })).toBe('clear')
  expect(statusOf({ warning: 0 })).toBe('clear')
  expect(statusOf({})).toBe('undefined')
})

it('[HE9] a change happens at once and is held back by its delay, which grows when changes come within it', () => {
  const delay = { up: 10, down: 20, max: 50, multiplier: 2 }
  let state: StatusState = { ...freshState, status: 'clear' }
  const step = (status: 'clear' | 'warning' | 'critical', nowS: number) => {
    const next = advance(state, status, nowS, delay)
    state = next.state
    return next.change && [next.change.atS, next.change.delayS, next.change.heldUntilS]
  }
  expect(step('warning', 100)).toEqual([100, 10, 110])
  expect(step('warning', 105)).toBeUndefined()
  expect(step('clear', 106)).toEqual([106, 40, 146])
  expect(step('critical', 120)).toEqual([120, 40, 160])
  expect(step('clear', 130)).toEqual([130, 50, 180])
  expect(step('warning', 300)).toEqual([300, 10, 310])
  const repeat = { enabled: true, warning: 60, critical: 30 }
  expect(repeatDueS(state, repeat, 310)).toBe(370)
  expect(repeatDueS({ ...state, status: 'critical' }, repeat, 400)).toBe(430)
  expect(repeatDueS({ ...state, status: 'clear' }, repeat, 400)).toBeUndefined()
  expect(repeatDueS(state, { ...repeat, enabled: false }, 400)).toBeUndefined()
})

it('[HE10] a back-test says what people would have heard of: what was overtaken while held is not told, nor a clear without a raise', () => {
  const config = rule({ calculation: '$x', warning: '$this > 5', critical: '$this > 50', delay: { ...noDelay, up: 3, max: 3 } })
  const verdict = evaluateHistory(config, series([0, 9, 0, 0, 9, 9, 9, 9, 9, 99, 99, 99, 99, 0]))
  expect(short(verdict)).toEqual([
    [1_000, 'clear', false],
    [1_001, 'warning', false],
    [1_002, 'clear', false],
    [1_004, 'warning', true],
    [1_009, 'critical', true],
    [1_013, 'clear', true],
  ])
  expect(verdict.firedCount).toBe(2)
  expect(verdict.raised).toEqual([
    { fromS: 1_001, toS: 1_002, status: 'warning' },
    { fromS: 1_004, toS: 1_013, status: 'critical' },
  ])
  const silent = rule({ calculation: '$x', warning: '$this > 5', isClearSilent: true })
  expect(evaluateHistory(silent, series([0, 9, 0])).changes.map(({ isTold }) => isTold)).toEqual([false, true, false])
})

it('[HE10] evaluates at its own pace from when its window is covered, and an alert that is raised at the end stays open', () => {
  const verdict = evaluateHistory(rule({ after: -4, everyS: 2, warning: '$this >= 3' }), series([0, 0, 0, 0, 4, 4, 4, 4, 4]))
  expect(verdict).toMatchObject({ fromS: 1_004, toS: 1_008, evaluations: 3, raised: [{ fromS: 1_006, toS: undefined }], raisedS: 2 })
  expect(verdict.changes.map(({ atS, value }) => [atS, value])).toEqual([
    [1_004, 1],
    [1_006, 3],
  ])
})

it('[HE10] how often it would have fired is what counting over the samples themselves gives', () => {
  const seeded = createSeeded(6)
  for (let round = 0; round < 60; round++) {
    const [after, everyS] = [seeded.pick([0, 10, 60]), seeded.pick([1, 10, 30])]
    const [raiseAt, clearAt] = [60, 50]
    let level = 50
    const values = Array.from({ length: 900 }, () => {
      level = Math.min(100, Math.max(0, level + seeded.below(21) - 10))
      return seeded.chance(0.02) ? null : level
    })
    const firstS = 1_000 + seeded.below(60)
    const warning = `$this > (($status >= $WARNING) ? (${clearAt}) : (${raiseAt}))`
    const config = rule({ after: -after, calculation: after === 0 ? '$x' : '', everyS, warning, critical: '$this > 84' })
    const { fromS, firedCount } = evaluateHistory(config, { ...series(values), firstS })

    const counted: string[] = []
    let [status, firstLookS] = ['clear', 0]
    for (let atS = firstS; atS < firstS + values.length; atS++) {
      const window = values.slice(Math.max(0, atS - firstS + 1 - Math.max(1, after)), atS - firstS + 1)
      if (atS % everyS !== 0 || window.length < after) continue
      firstLookS ||= atS
      const known = window.filter((value) => value !== null)
      const mean = known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
      const isRaised = status === 'warning' || status === 'critical'
      status = mean === undefined ? 'undefined' : mean > 84 ? 'critical' : mean > (isRaised ? clearAt : raiseAt) ? 'warning' : 'clear'
      if (status !== 'undefined' && status !== (counted.at(-1) ?? 'clear')) counted.push(status)
    }
    expect({ round, fromS, firedCount }).toEqual({
      round,
      fromS: firstLookS,
      firedCount: counted.filter((each) => each !== 'clear').length,
    })
  }
})

it('[HE11] tells where an agent may judge otherwise: coarse rows, aligned windows, unknown variables, gaps, too short a past', () => {
  const plain = rule({ after: -4, warning: '$this > 5' })
  expect(evaluateHistory(plain, { ...series([1, 1, 1, 1, 1, 1], 10), collectedEveryS: 1 }).caveats).toEqual(['coarse-rows'])
  expect(evaluateHistory(rule({ after: -4, options: [], warning: '$this > 5' }), series([1, 1, 1, 1, 1])).caveats).toEqual(['aligned'])
  expect(evaluateHistory(rule({ calculation: '$x / $processors', warning: '$this > 5' }), series([1, 1]))).toMatchObject({
    caveats: ['unknown-variables'],
    unknownVariables: ['processors'],
    changes: [{ status: 'undefined' }],
  })
  expect(evaluateHistory(rule({ calculation: '$x / $processors', warning: '$this > 5' }), series([8, 12]), () => 2).changes).toMatchObject([
    { status: 'clear' },
    { status: 'warning', value: 6 },
  ])
  expect(evaluateHistory(rule({ after: -100, warning: '$this > 5' }), series([1, 1]))).toMatchObject({
    caveats: ['too-short'],
    evaluations: 0,
  })
  expect(evaluateHistory(rule({ calculation: '$x', warning: '$this > 5' }), series([1, null, 1]))).toMatchObject({ caveats: ['gaps'] })
  expect(evaluateHistory(plain, series([])).caveats).toEqual(['too-short'])
})

it('[HE12] a rule that cannot be evaluated names the member and the place', () => {
  expect(() => compileRule(rule({ calculation: '$x +', warning: '' }))).toThrow(
    expect.objectContaining({ member: 'value.calculation', at: 4 }) as Error,
  )
  expect(() => compileRule(rule({ calculation: '$x', warning: '$this > (' }))).toThrow(
    expect.objectContaining({ member: 'conditions.warning_condition', at: 9 }) as Error,
  )
  expect(() => compileRule(rule({ warning: '$this > 1' }))).toThrow(expect.objectContaining({ member: 'value.calculation' }) as Error)
  expect(compileRule(rule({ calculation: '$x + $other', warning: '*' })).variables).toEqual(['x', 'other'])
})

it('[HE11] a day of seconds is judged in bounded time', () => {
  const values = Array.from({ length: 86_400 }, (_, n) => (n % 3_600 > 3_500 ? 99 : 1))
  const verdict = evaluateHistory(rule({ after: -60, everyS: 10, warning: '$this > 50' }), series(values))
  expect(verdict.firedCount).toBe(24)
})
