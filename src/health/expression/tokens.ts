/** A problem in an expression and where it is: `at` counts characters from 0. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly at: number

  /** `problem` is one sentence for a person, without the place. */
  constructor(problem: string, at: number) {
    super(problem)
    this.at = at
  }
}

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'variable'; readonly name: string; readonly at: number }
  | { readonly kind: 'operator'; readonly text: Operator; readonly at: number }
  | { readonly kind: 'end'; readonly at: number }

/** Operators by their one spelling: `=` is `==`, `<>` is `!=`, AND, OR and NOT are signs. */
export type Operator =
  '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||' | '!' | '?' | ':' | '(' | ')' | 'abs'

/** Longer spellings first. */
const signs: readonly (readonly [text: string, operator: Operator])[] = [
  ['==', '=='],
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['&&', '&&'],
  ['||', '||'],
  ['=', '=='],
  ['<', '<'],
  ['>', '>'],
  ['!', '!'],
  ['?', '?'],
  [':', ':'],
  ['(', '('],
  [')', ')'],
  ['+', '+'],
  ['-', '-'],
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
]
const words: Readonly<Record<string, Operator>> = { and: '&&', or: '||', not: '!', abs: 'abs' }
const constants: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, infinity: Number.POSITIVE_INFINITY }

const space = /\s*/y
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const word = /[A-Za-z]+/y
/** Plain names hold letters, digits, points and underscores; all else needs braces. */
const plainVariable = /\$([A-Za-z0-9_.]+)/y
const bracedVariable = /\$\{([^{}]+)\}/y

/** The tokens of an expression (agent-api §11.6), `end` last. Throws ExpressionError. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(text) ?? undefined
    if (match) at += match[0].length
    return match
  }
  for (;;) {
    take(space)
    const start = at
    if (at === text.length) return [...tokens, { kind: 'end', at }]
    const variable = take(bracedVariable) ?? take(plainVariable)
    if (variable) {
      tokens.push({ kind: 'variable', name: (variable[1] ?? '').trim(), at: start })
      continue
    }
    const digits = take(number)
    if (digits) {
      tokens.push({ kind: 'number', value: Number(digits[0]), at: start })
      continue
    }
    const letters = take(word)?.[0]
    if (letters !== undefined) {
      const lower = letters.toLowerCase()
      if (Object.hasOwn(words, lower)) tokens.push({ kind: 'operator', text: words[lower] as Operator, at: start })
      else if (Object.hasOwn(constants, lower)) tokens.push({ kind: 'number', value: constants[lower] as number, at: start })
      else throw new ExpressionError(`"${letters}" is no word of an expression; a variable begins with $.`, start)
      continue
    }
    const sign = signs.find(([spelling]) => text.startsWith(spelling, at))
    if (sign === undefined) throw new ExpressionError(`"${text.slice(at, at + 1)}" does not belong into an expression.`, at)
    at += sign[0].length
    tokens.push({ kind: 'operator', text: sign[1], at: start })
  }
}
