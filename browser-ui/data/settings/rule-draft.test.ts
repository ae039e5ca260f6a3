import { expect, it } from 'vitest'
import {
  changedClause,
  changedRule,
  completeRules,
  draftOf,
  isChanged,
  newRule,
  ruleProblem,
  rulesOf,
  ruleWords,
  wayIn,
  withClause,
} from './rule-draft.ts'
import type { RoomRule } from './space-answers.ts'

const stored: readonly RoomRule[] = [
  {
    ruleId: 'r1',
    action: 'INCLUDE',
    description: 'Shops',
    clauses: [{ label: 'site', operator: 'starts_with', value: 'shop-', negate: false }],
  },
  { ruleId: 'r2', action: 'EXCLUDE', description: '', clauses: [{ label: 'env', operator: 'equals', value: 'test', negate: false }] },
]

it('[PS20] rules that are only looked at are as they were, and each change is told from what is stored', () => {
  const draft = draftOf(stored)
  expect(rulesOf(draft)).toEqual(stored)
  expect(isChanged(draft, stored)).toBe(false)
  const [first] = draft
  if (first === undefined) throw new TypeError('no rule')
  const clause = first.clauses[0]?.key ?? 0
  const other = changedRule(draft, first.key, changedClause(first, clause, { value: 'shop-1', negate: true }))
  expect(isChanged(other, stored)).toBe(true)
  expect(rulesOf(other)[0]?.clauses).toEqual([{ label: 'site', operator: 'starts_with', value: 'shop-1', negate: true }])
  expect(rulesOf(other)[1]).toEqual(stored[1])
  expect(isChanged([...draft, newRule('INCLUDE')], stored)).toBe(true)
})

it('[PS20] half a rule is not tried out, and says what it lacks', () => {
  const fresh = newRule('INCLUDE')
  expect(ruleProblem(fresh)).toBe('Every test needs a label.')
  expect(ruleProblem({ ...fresh, clauses: [] })).toBe('A rule without a test matches no node. Add one, or remove the rule.')
  const key = fresh.clauses[0]?.key ?? 0
  // "env is empty" is a question; "env contains nothing" is a slip that would match everything.
  expect(ruleProblem(changedClause(fresh, key, { label: 'env' }))).toBeUndefined()
  expect(ruleProblem(changedClause(fresh, key, { label: 'env', operator: 'contains' }))).toMatch('Say what to look for')
  expect(ruleProblem(withClause(changedClause(fresh, key, { label: 'env', value: 'x' })))).toBe('Every test needs a label.')
  expect(completeRules([...draftOf(stored), fresh])).toEqual(stored)
})

it('[PS20] a rule is told as a sentence', () => {
  expect(stored.map(ruleWords)).toEqual(['Include nodes whose site starts with shop-', 'Exclude nodes whose env is test'])
  const both: RoomRule = {
    action: 'INCLUDE',
    description: '',
    clauses: [
      { label: 'os', operator: 'contains', value: 'bsd', negate: true },
      { label: 'env', operator: 'equals', value: '', negate: false },
    ],
  }
  expect(ruleWords(both)).toBe('Include nodes whose os does not contain bsd and whose env is empty')
  expect(ruleWords({ action: 'EXCLUDE', clauses: [] })).toBe('Exclude no node')
  expect([wayIn({ byHand: true, byRule: true }), wayIn({ byHand: true, byRule: false }), wayIn({ byHand: false, byRule: true })]).toEqual([
    'by hand and by rule',
    'by hand',
    'by rule',
  ])
})
