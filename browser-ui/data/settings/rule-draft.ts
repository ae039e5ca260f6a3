import type { PreviewedNode, RoomRule, RuleClause } from './space-answers.ts'

/** The rules of a room while somebody changes them; `key` stays the same while they are typed. */
export interface DraftRule extends Omit<RoomRule, 'clauses'> {
  readonly key: number
  readonly clauses: readonly (RuleClause & { readonly key: number })[]
}

let lastKey = 0
const fresh = () => ++lastKey

/** What one can compare a label with, in words; `negate` takes the second one. */
export const operatorWords: Readonly<Record<RuleClause['operator'], readonly [string, string]>> = {
  equals: ['is', 'is not'],
  starts_with: ['starts with', 'does not start with'],
  ends_with: ['ends with', 'does not end with'],
  contains: ['contains', 'does not contain'],
}

const emptyClause = (): DraftRule['clauses'][number] => ({ key: fresh(), label: '', operator: 'equals', value: '', negate: false })

/** Stored rules as somebody begins to change them. */
export const draftOf = (rules: readonly RoomRule[]): readonly DraftRule[] =>
  rules.map((rule) => ({ ...rule, key: fresh(), clauses: rule.clauses.map((clause) => ({ ...clause, key: fresh() })) }))

/** A new rule with one empty test. */
export const newRule = (action: RoomRule['action']): DraftRule => ({ key: fresh(), action, description: '', clauses: [emptyClause()] })

export const withClause = (rule: DraftRule): DraftRule => ({ ...rule, clauses: [...rule.clauses, emptyClause()] })

export const changedRule = (rules: readonly DraftRule[], key: number, change: Partial<DraftRule>): readonly DraftRule[] =>
  rules.map((rule) => (rule.key === key ? { ...rule, ...change } : rule))

export const changedClause = (rule: DraftRule, key: number, change: Partial<RuleClause>): DraftRule => ({
  ...rule,
  clauses: rule.clauses.map((clause) => (clause.key === key ? { ...clause, ...change } : clause)),
})

const isComplete = ({ label, value, operator }: RuleClause) => label.trim() !== '' && (value !== '' || operator === 'equals')

/** What is wrong with a rule, in words; undefined when it can be saved. */
export function ruleProblem({ clauses }: DraftRule): string | undefined {
  if (clauses.length === 0) return 'A rule without a test matches no node. Add one, or remove the rule.'
  if (clauses.some(({ label }) => label.trim() === '')) return 'Every test needs a label.'
  if (!clauses.every(isComplete)) return 'Every text starts with, ends with and contains nothing. Say what to look for.'
  return undefined
}

/** The rules as the cloud takes them. */
export const rulesOf = (draft: readonly DraftRule[]): readonly RoomRule[] =>
  draft.map(({ ruleId, action, description, clauses }) => ({
    ...(ruleId === undefined ? {} : { ruleId }),
    action,
    description: description.trim(),
    clauses: clauses.map(({ label, operator, value, negate }) => ({ label: label.trim(), operator, value, negate })),
  }))

/** The rules that can be tried out already: half a rule would show nodes that the whole one does not. */
export const completeRules = (draft: readonly DraftRule[]): readonly RoomRule[] =>
  rulesOf(draft.filter((rule) => ruleProblem(rule) === undefined))

/** Whether the draft says something else than what is stored. */
export const isChanged = (draft: readonly DraftRule[], stored: readonly RoomRule[]): boolean =>
  JSON.stringify(rulesOf(draft)) !== JSON.stringify(rulesOf(draftOf(stored)))

/** A rule as a sentence: `Include nodes whose os is linux and whose env does not start with prod`. */
export function ruleWords({ action, clauses }: Pick<RoomRule, 'action' | 'clauses'>): string {
  const tests = clauses.map(({ label, operator, value, negate }) => {
    const words = operatorWords[operator][negate ? 1 : 0]
    return `${label === '' ? 'label' : label} ${words} ${value === '' ? 'empty' : value}`
  })
  const deed = action === 'INCLUDE' ? 'Include' : 'Exclude'
  return tests.length === 0 ? `${deed} no node` : `${deed} nodes whose ${tests.join(' and whose ')}`
}

/** How a node comes into the room, in words. */
export const wayIn = ({ byHand, byRule }: Pick<PreviewedNode, 'byHand' | 'byRule'>): string =>
  byHand && byRule ? 'by hand and by rule' : byHand ? 'by hand' : 'by rule'
