import { expect, it } from 'vitest'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { problemsOf } from './document-problems.ts'
import { usualRule, changedRule, draftFor, withRule, type RuleChange } from './rule-draft.ts'

const chart = { nodeId: undefined, context: 'system.cpu', instance: undefined, dimensions: [], units: '%' }
const draft = (change: RuleChange = {}): AlertDocument =>
  withRule(
    draftFor(chart),
    0,
    changedRule(usualRule, { match: { on: 'system.cpu' }, conditions: { warning_condition: '$this > 80' }, ...change }),
  )
const said = (document: unknown, check: (expression: string) => string | undefined = () => undefined) =>
  problemsOf(document, check).map(({ path, text }) => `${path.replace('rules.0.config.', '')}: ${text}`)

it('[AG6] every member that agents would refuse is named, with one sentence of what it takes', () => {
  expect(said(draft())).toEqual([])
  expect(said({ ...draft(), name: '' })[0]).toBe('name: This must not be empty.')
  expect(said({ ...draft(), name: 'a b' })).toEqual(['name: A name has letters, digits, dots, hyphens and underscores, and nothing else.'])
  expect(said(draft({ match: { on: '' } }))).toEqual(['match.on: This must not be empty.'])
  expect(said(draft({ value: { update_every: 0 } }))).toEqual(['value.update_every: The least is 1.'])
  expect(said(draft({ value: { update_every: 1.5 } }))).toEqual(['value.update_every: Type a whole number.'])
  expect(said(draft({ delay: { up: Number.NaN } }))).toEqual(['action.delay.up: Type a number.'])
  expect(said(draft({ config: { info: 'two\nlines' } }))).toEqual(['info: This must be one line.'])
  expect(said(draft({ config: { info: 'x'.repeat(1_001) } }))).toEqual(['info: This must have at most 1000 characters.'])
  expect(said({ ...draft(), extra: 1 })).toEqual(['extra: Agents know no member "extra" here.'])
  expect(said({ ...draft(), rules: [] })).toEqual(['rules: A document needs at least one rule.'])
  expect(said({ format_version: 2, name: 'a', rules: draft().rules })).toEqual(['format_version: This must be 1.'])
})

it('[AG6] a rule needs a value and something that raises it, and its expressions are looked at', () => {
  expect(said(draft({ conditions: { warning_condition: '*' } }))).toEqual([
    'conditions.warning_condition: Say when it warns or when it is critical.',
  ])
  expect(said(draft({ lookup: { after: 0 } }))).toEqual(['value.calculation: Without a lookup, a calculation has to give the value.'])
  expect(said(draft({ lookup: { after: -60, before: -120 } }))).toEqual([
    'value.database_lookup.before: The window must not end before it begins.',
  ])
  expect(said(draft({ value: { calculation: '$this *' } }), (text) => (text.endsWith('*') ? 'It ends too early.' : undefined))).toEqual([
    'value.calculation: It ends too early.',
  ])
  expect(said(draft({ repeat: { enabled: true } }))).toEqual([
    'action.repeat.warning: Say after how long it repeats, or switch repeating off.',
  ])
})
