import { parseExpression } from '../../../src/health/expression/parse.ts'
import { ExpressionError } from '../../../src/health/expression/tokens.ts'

/** What keeps an expression from being worked out, and where; undefined when nothing does. */
export function checkExpression(expression: string): string | undefined {
  try {
    parseExpression(expression)
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown
    return `${thrown.message} At character ${thrown.at + 1}.`
  }
}
