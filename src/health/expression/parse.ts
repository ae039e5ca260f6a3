import { documentLimits } from '../alert-document.ts'
import { ExpressionError, tokensOf } from './tokens.ts'
import type { Operator, Token } from './tokens.ts'

export type BinaryOperator = Exclude<Operator, '!' | '?' | ':' | '(' | ')' | 'abs'>

/** An expression taken apart. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '!' | '-' | 'abs'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }

/** Brackets and choices within each other. */
export const expressionDepth = 64

/** What binds weakest comes first. */
const levels: readonly (readonly BinaryOperator[])[] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']]

/**
 * Parses an expression of agents (agent-api §11.6). `&&` binds stronger than `||`, as on the newest agents; agents before 2.x read
 * both from left to right, so a mixture should have brackets. Throws {@link ExpressionError}.
 */
export function parseExpression(text: string): Expression {
  if (text.length > documentLimits.expressionChars)
    throw new ExpressionError(`An expression has ${documentLimits.expressionChars} characters at most.`, documentLimits.expressionChars)
  const tokens = tokensOf(text)
  let next = 0
  let depth = 0
  const peek = (): Token => tokens[next] ?? { kind: 'end', at: text.length }
  const isNext = (operator: Operator): boolean => {
    const token = peek()
    return token.kind === 'operator' && token.text === operator
  }
  const expect = (operator: Operator): void => {
    if (!isNext(operator)) throw new ExpressionError(`"${operator}" is missing here.`, peek().at)
    next += 1
  }
  const deeper = <T>(work: () => T): T => {
    if (++depth > expressionDepth) throw new ExpressionError('The expression is nested too deeply.', peek().at)
    const result = work()
    depth -= 1
    return result
  }

  function choice(): Expression {
    return deeper(() => {
      const condition = binary(0)
      if (!isNext('?')) return condition
      next += 1
      const yes = choice()
      expect(':')
      return { kind: 'choice', condition, yes, no: choice() }
    })
  }

  function binary(level: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return unary()
    let left = binary(level + 1)
    for (;;) {
      const token = peek()
      const operator = token.kind === 'operator' ? operators.find((each) => each === token.text) : undefined
      if (operator === undefined) return left
      next += 1
      left = { kind: 'binary', operator, left, right: binary(level + 1) }
    }
  }

  function unary(): Expression {
    const token = peek()
    if (token.kind !== 'operator' || !['!', '-', '+', 'abs'].includes(token.text)) return operand()
    next += 1
    return deeper(() => {
      if (token.text === '+') return unary()
      return { kind: 'unary', operator: token.text as '!' | '-' | 'abs', of: unary() }
    })
  }

  function operand(): Expression {
    const token = peek()
    next += 1
    if (token.kind === 'number') return { kind: 'number', value: token.value }
    if (token.kind === 'variable') return { kind: 'variable', name: token.name }
    if (token.kind === 'operator' && token.text === '(') {
      const inner = choice()
      expect(')')
      return inner
    }
    throw new ExpressionError(
      token.kind === 'end' ? 'The expression ends too early.' : 'A number, a variable or a bracket belongs here.',
      token.at,
    )
  }

  const expression = choice()
  const rest = peek()
  if (rest.kind !== 'end') throw new ExpressionError('An operator is missing here.', rest.at)
  return expression
}

/** The variables an expression reads, each once. */
export function variablesOf(expression: Expression): readonly string[] {
  const names = new Set<string>()
  const walk = (part: Expression): void => {
    if (part.kind === 'variable') names.add(part.name)
    else if (part.kind === 'unary') walk(part.of)
    else if (part.kind === 'binary') [part.left, part.right].forEach(walk)
    else if (part.kind === 'choice') [part.condition, part.yes, part.no].forEach(walk)
  }
  walk(expression)
  return [...names]
}
