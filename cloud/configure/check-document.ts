import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { AlertDocument } from '../../src/health/alert-document.ts'
import { parseExpression } from '../../src/health/expression/parse.ts'
import { ExpressionError } from '../../src/health/expression/tokens.ts'

/**
 * Refuses a document that no agent would take: an expression that cannot be read, a rule that computes nothing. Throws
 * BODY_UNPROCESSABLE, which names the member.
 */
export function checkDocument({ rules }: AlertDocument): void {
  for (const [index, { config }] of rules.entries()) {
    const { value, conditions } = config
    const where = `rules.${index}`
    if (value.database_lookup.after === 0 && value.calculation.trim() === '')
      throw refusal(`${where}.value`, 'It computes nothing; it needs a lookup or a calculation.')
    const expressions = {
      'value.calculation': value.calculation,
      'conditions.warning_condition': conditions.warning_condition,
      'conditions.critical_condition': conditions.critical_condition,
    }
    for (const [member, text] of Object.entries(expressions)) {
      if (text.trim() === '' || text.trim() === '*') continue
      try {
        parseExpression(text)
      } catch (thrown) {
        if (thrown instanceof ExpressionError) throw refusal(`${where}.${member}`, `${thrown.message} (at character ${thrown.at + 1})`)
        throw thrown
      }
    }
  }
}

function refusal(member: string, problem: string): ThroughlineError {
  return new ThroughlineError('BODY_UNPROCESSABLE', `${member}: ${problem}`)
}
