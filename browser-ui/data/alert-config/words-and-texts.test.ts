import { expect, it } from 'vitest'
import type { AlertDocument, AlertRule } from '../../../src/health/alert-document.ts'
import { checkExpression } from './check-expression.ts'
import { conditionForm, conditionOf, gapProblem, thresholdLines } from './condition-form.ts'
import { usualRule, changedRule, draftFor, withRule, type RuleChange } from './rule-draft.ts'
import { ruleFacts } from './rule-words.ts'
import { readDocument, unsaid, writeDocument } from './text-documents.ts'

const hysteresis = '$this > (($status >= $WARNING) ? (75) : (85))'
const chart = { nodeId: undefined, context: 'disk.util', instance: undefined, dimensions: [], units: '%' }
const draft = (change: RuleChange): AlertDocument => {
  const base = draftFor(chart)
  return withRule(base, 0, changedRule(base.rules[0] ?? usualRule, change))
}
const whole = draft({ conditions: { warning_condition: hysteresis, critical_condition: '$this > $red' } })

it('[AG7] a threshold with a gap is shown as numbers and drawn as lines; any other condition stays the expression it is', () => {
  const form = conditionForm('warning', hysteresis)
  expect(form).toEqual({ kind: 'threshold', side: 'above', isInclusive: false, raiseAt: 85, clearAt: 75 })
  if (form.kind === 'threshold') {
    expect(conditionOf('warning', form)).toBe(hysteresis)
    expect(conditionOf('warning', { ...form, side: 'below', isInclusive: true, raiseAt: 5, clearAt: 5 })).toBe('$this <= 5')
  }
  expect(conditionForm('critical', '$this > $red')).toEqual({ kind: 'expression' })
  expect(conditionForm('warning', ' * ')).toEqual({ kind: 'none' })
  expect(thresholdLines({ warning_condition: hysteresis, critical_condition: '$this > 98' })).toEqual([
    { level: 'warning', is: 'raise', value: 85 },
    { level: 'warning', is: 'clear', value: 75 },
    { level: 'critical', is: 'raise', value: 98 },
  ])
  expect(gapProblem({ side: 'above', raiseAt: 80, clearAt: 90 })).toContain('has to be lower')
  expect(gapProblem({ side: 'below', raiseAt: 10, clearAt: 5 })).toContain('has to be higher')
  expect(gapProblem({ side: 'below', raiseAt: 10, clearAt: 15 })).toBeUndefined()
})

it('[AG8] a rule reads as sentences', () => {
  const [rule = usualRule] = draft({
    match: { instance_labels: 'device=!loop* *' },
    lookup: { after: -600, dims_group: 'max', dimensions: 'utilization' },
    conditions: { warning_condition: hysteresis, critical_condition: '$this > $red' },
    delay: { up: 60, down: 900, multiplier: 1.5, max: 3_600 },
    repeat: { enabled: true, critical: 1_800 },
  }).rules
  expect(ruleFacts(rule).map(({ label, text, code }) => [label, text, code ?? ''].join(' | '))).toEqual([
    'Looks at | Every instance of disk.util | ',
    'Instances with |  | device=!loop* *',
    'Value | The average of the last 10 min; the dimensions utilization, the highest of them | ',
    'Every | 10 s | ',
    'Warns | above 85 %, until it is down to 75 % | ',
    'Critical | when | $this > $red',
    'Waits | 1 min before it tells of worse, 15 min before it tells of better, growing ×1.5 up to 1 h | ',
    'Repeats | warnings never, critical every 30 min | ',
    'Tells | sysadmin | ',
  ])
  const quiet: AlertRule = {
    ...rule,
    config: { ...rule.config, action: { ...rule.config.action, recipient: 'silent', options: ['no-clear-notification'] } },
  }
  expect(ruleFacts(quiet).slice(-2)).toEqual([
    { label: 'Tells', text: 'nobody; channels of the space tell by their own settings' },
    { label: 'Clear', text: 'is not told by the agent' },
  ])
})

it.each(['json', 'health'] as const)('[AG9] the same document comes back from its text as %s', (form) => {
  const text = writeDocument(form, whole)
  expect(readDocument(form, text, whole, checkExpression)).toEqual({ is: 'good', document: whole })
})

it('[AG9] what a text of health.d cannot say is named, and stays while the text is edited', () => {
  const odd = draft({ conditions: { warning_condition: hysteresis }, lookup: { time_group_condition: '<=', time_group_value: 7 } })
  const kept = unsaid(odd)
  expect(kept).toEqual([
    'rules.0.config.value.database_lookup.time_group_condition',
    'rules.0.config.value.database_lookup.time_group_value',
  ])
  const text = writeDocument('health', odd).replace('sysadmin', 'dba')
  expect(readDocument('health', text, odd, checkExpression)).toEqual({
    is: 'good',
    document: withRule(odd, 0, changedRule(odd.rules[0] ?? usualRule, { action: { recipient: 'dba' } })),
  })
})

it('[AG9] a text that is no document says where and why', () => {
  expect(readDocument('json', '{\n  "name": "a"\n  "rules": []\n}', whole, checkExpression)).toMatchObject({
    is: 'bad',
    complaints: [{ line: 3 }],
  })
  expect(readDocument('json', '{"name": "a"}', whole, checkExpression).is).toBe('bad')
  expect(readDocument('health', 'template: a\n   on: disk.util\n lookup: nonsense', whole, checkExpression)).toMatchObject({
    is: 'bad',
    complaints: [{ line: 3 }],
  })
  expect(readDocument('json', JSON.stringify(whole).replace('$this > $red', '$this >'), whole, checkExpression)).toMatchObject({
    is: 'bad',
    complaints: [{ text: expect.stringContaining('critical_condition') as string }],
  })
  const unfinished = draft({ delay: { up: Number.NaN } })
  expect(readDocument('health', writeDocument('health', unfinished), unfinished, checkExpression).is).toBe('bad')
  expect(readDocument('json', writeDocument('json', unfinished), unfinished, checkExpression).is).toBe('bad')
})
