import type { z } from 'zod'
import { alertDocumentSchema, type AlertDocument, type AlertRule } from '../../../src/health/alert-document.ts'
import { conditionForm, gapProblem } from './condition-form.ts'
import { isEmpty } from './is-empty.ts'

/** Something that keeps a document from being saved, at the member it is about (`rules.0.config.value.units`). */
export interface Problem {
  readonly path: string
  readonly text: string
}

/** Looks at an expression; undefined when it can be worked out. */
export type ExpressionCheck = (expression: string) => string | undefined

/** All that is wrong with a document, in the order of its members; empty: agents take it. */
export function problemsOf(value: unknown, checkExpression: ExpressionCheck): readonly Problem[] {
  const parsed = alertDocumentSchema.safeParse(value)
  if (!parsed.success) return parsed.error.issues.flatMap(problemsOfIssue)
  return parsed.data.rules.flatMap((rule, index) => problemsOfRule(rule, `rules.${index}`, checkExpression))
}

/** What a schema cannot say: a rule needs a value and something that raises it, and its expressions have to be expressions. */
function problemsOfRule({ config }: AlertRule, at: string, checkExpression: ExpressionCheck): readonly Problem[] {
  const problems: Problem[] = []
  const { database_lookup: lookup, calculation } = config.value
  const say = (path: string, text: string) => problems.push({ path: `${at}.config.${path}`, text })
  if (lookup.after === 0 && isEmpty(calculation)) say('value.calculation', 'Without a lookup, a calculation has to give the value.')
  if (lookup.before < lookup.after) say('value.database_lookup.before', 'The window must not end before it begins.')
  const { warning_condition: warning, critical_condition: critical } = config.conditions
  if (isEmpty(warning) && isEmpty(critical)) say('conditions.warning_condition', 'Say when it warns or when it is critical.')
  const expressions = {
    'value.calculation': calculation,
    'conditions.warning_condition': warning,
    'conditions.critical_condition': critical,
  }
  for (const [path, expression] of Object.entries(expressions)) {
    const problem = isEmpty(expression) ? undefined : checkExpression(expression)
    if (problem !== undefined) say(path, problem)
  }
  for (const level of ['warning', 'critical'] as const) {
    const form = conditionForm(level, config.conditions[`${level}_condition`])
    const gap = form.kind === 'threshold' ? gapProblem(form) : undefined
    if (gap !== undefined) say(`conditions.${level}_condition.clear`, gap)
  }
  const { repeat } = config.action
  if (repeat.enabled && repeat.warning === 0 && repeat.critical === 0) {
    say('action.repeat.warning', 'Say after how long it repeats, or switch repeating off.')
  }
  return problems
}

function problemsOfIssue(issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') return [{ path, text: wordsOf(issue) }]
  return issue.keys.map((key) => ({
    path: path === '' ? key : `${path}.${key}`,
    text: `Agents know no member ${JSON.stringify(key.slice(0, 60))} here.`,
  }))
}

function wordsOf(issue: z.core.$ZodIssue): string {
  const isName = issue.path.length === 1 && issue.path[0] === 'name'
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return 'This must not be empty.'
      if (issue.origin === 'array') return 'A document needs at least one rule.'
      return `The least is ${issue.minimum}.`
    case 'too_big':
      if (issue.origin === 'string') return `This must have at most ${issue.maximum} characters.`
      if (issue.origin === 'array') return `There can be at most ${issue.maximum}.`
      return `The most is ${issue.maximum}.`
    case 'invalid_format':
      return isName ? 'A name has letters, digits, dots, hyphens and underscores, and nothing else.' : 'This has the wrong form.'
    case 'invalid_value':
      return `This must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}.`
    case 'invalid_type':
      if (issue.input === undefined && !isNumberPath(issue)) return 'This is missing.'
      return typeWords[issue.expected] ?? `This must be ${issue.expected}.`
    case 'custom':
      return 'This must be one line.'
    default:
      return issue.message
  }
}

const isNumberPath = (issue: z.core.$ZodIssue) => issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int')

const typeWords: Readonly<Record<string, string>> = {
  number: 'Type a number.',
  int: 'Type a whole number.',
  string: 'This must be text.',
  boolean: 'This must be true or false.',
  array: 'This must be a list.',
  object: 'This must be an object.',
}

/** The document, when nothing keeps it from being saved. */
export function readyDocument(value: unknown, checkExpression: ExpressionCheck): AlertDocument | undefined {
  return problemsOf(value, checkExpression).length === 0 ? alertDocumentSchema.parse(value) : undefined
}

/** What is wrong with a member. */
export const problemAt = (problems: readonly Problem[], path: string): string | undefined =>
  problems.find((problem) => problem.path === path)?.text
