import type { BinaryOperator, Expression } from './parse.ts'

/** What a variable stands for; undefined: there is none, or it has no value now. */
export type Variables = (name: string) => number | undefined

/** Numbers of statuses in expressions (agent-api §9, §11.6). */
export const statusNumbers = { removed: -2, uninitialized: -1, undefined: 0, clear: 1, warning: 2, critical: 3 } as const

const statusConstants: Readonly<Record<string, number>> = {
  REMOVED: statusNumbers.removed,
  UNINITIALIZED: statusNumbers.uninitialized,
  UNDEFINED: statusNumbers.undefined,
  CLEAR: statusNumbers.clear,
  WARNING: statusNumbers.warning,
  CRITICAL: statusNumbers.critical,
}

/**
 * The result of an expression; undefined when it rests on a value that is not there. Comparisons give 1 or 0. Where an outcome does
 * not depend on the missing value (`0 && …`, `1 || …`) it is given. Two missing things are neither equal nor different, but
 * `$x == nan` asks whether `$x` is missing. Infinity is a value.
 *
 * An agent before 2.x takes a comparison with a missing value as false and would say clear; here it stays undefined.
 */
export function evaluate(expression: Expression, variables: Variables): number | undefined {
  switch (expression.kind) {
    case 'number':
      return defined(expression.value)
    case 'variable':
      return Object.hasOwn(statusConstants, expression.name) ? statusConstants[expression.name] : defined(variables(expression.name))
    case 'unary': {
      const value = evaluate(expression.of, variables)
      if (value === undefined) return undefined
      if (expression.operator === '!') return truth(value === 0)
      return expression.operator === '-' ? -value : Math.abs(value)
    }
    case 'choice': {
      const condition = evaluate(expression.condition, variables)
      if (condition === undefined) return undefined
      return evaluate(condition === 0 ? expression.no : expression.yes, variables)
    }
    case 'binary':
      return evaluateBinary(expression.operator, expression.left, expression.right, variables)
  }
}

function evaluateBinary(operator: BinaryOperator, left: Expression, right: Expression, variables: Variables): number | undefined {
  const a = evaluate(left, variables)
  // What decides alone decides: the other side is not needed.
  if (operator === '&&' && a === 0) return 0
  if (operator === '||' && a !== undefined && a !== 0) return 1
  const b = evaluate(right, variables)
  if (operator === '&&') return b === 0 ? 0 : a === undefined || b === undefined ? undefined : 1
  if (operator === '||') return b !== undefined && b !== 0 ? 1 : a === undefined || b === undefined ? undefined : 0
  if ((operator === '==' || operator === '!=') && (isNan(left) || isNan(right))) {
    const areAlike = (a === undefined) === (b === undefined)
    return truth(areAlike === (operator === '=='))
  }
  return a === undefined || b === undefined ? undefined : defined(operations[operator](a, b))
}

const operations: Readonly<Record<Exclude<BinaryOperator, '&&' | '||'>, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '==': (a, b) => truth(isClose(a, b)),
  '!=': (a, b) => truth(!isClose(a, b)),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
}

/** Agents call two numbers equal when they are closer than this. */
const closeness = 1e-7
const isClose = (a: number, b: number) => a === b || Math.abs(a - b) < closeness
const isNan = (expression: Expression) => expression.kind === 'number' && Number.isNaN(expression.value)
const truth = (is: boolean): 0 | 1 => (is ? 1 : 0)
const defined = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value)
