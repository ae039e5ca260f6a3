import type { AlertRuleConfig } from './alert-document.ts'
import { evaluate, statusNumbers } from './expression/evaluate.ts'
import type { Variables } from './expression/evaluate.ts'
import { parseExpression, variablesOf } from './expression/parse.ts'
import type { Expression } from './expression/parse.ts'
import { ExpressionError } from './expression/tokens.ts'
import { compileLookup, hasLookup, lookupWindow } from './lookup.ts'
import type { Samples } from './lookup.ts'
import { statusOf } from './status-machine.ts'
import type { HealthStatus, StatusState } from './status-machine.ts'

/** A rule that cannot be evaluated: which member of its configuration, why, and where in an expression. */
export class RuleError extends Error {
  override readonly name = 'RuleError'
  /** Such as `conditions.warning_condition`. */
  readonly member: string
  readonly at: number | undefined

  constructor(member: string, problem: string, at?: number) {
    super(problem)
    this.member = member
    this.at = at
  }
}

/** What one evaluation found. The value is live: it goes to who looks and nowhere else. */
export interface Finding {
  readonly value: number | undefined
  readonly status: HealthStatus
}

/** A rule made ready for many evaluations. */
export interface CompiledRule {
  readonly everyS: number
  /** How far back it looks, in seconds: it has to wait until that much is stored. */
  readonly looksBackS: number
  /** What it reads besides its own lookup and state: dimensions, other charts, other alerts. */
  readonly variables: readonly string[]
  /** `others` resolves what is neither the rule's own nor a dimension of the instance. */
  evaluate(samples: Samples, state: StatusState, nowS: number, others?: Variables): Finding
}

/** An expression that is not written: nothing, or the `*` some agents give. */
const isAbsent = (text: string) => text.trim() === '' || text.trim() === '*'

/** Reads the expressions of a rule (agent-api §11.5, §11.6). Throws {@link RuleError}. */
export function compileRule(config: AlertRuleConfig): CompiledRule {
  const { database_lookup: lookup, calculation, update_every: everyS } = config.value
  const calc = parseMember('value.calculation', calculation)
  const warning = parseMember('conditions.warning_condition', config.conditions.warning_condition)
  const critical = parseMember('conditions.critical_condition', config.conditions.critical_condition)
  if (!hasLookup(lookup) && calc === undefined)
    throw new RuleError('value.calculation', 'A rule needs a lookup or a calculation; this one has neither.')
  const lookUp = hasLookup(lookup) ? compileLookup(lookup) : undefined
  const read = [calc, warning, critical].flatMap((expression) => (expression ? variablesOf(expression) : []))

  return {
    everyS,
    looksBackS: hasLookup(lookup) ? -lookup.after - lookup.before : 0,
    variables: [...new Set(read)],
    evaluate(samples, state, nowS, others = () => undefined) {
      const found = lookUp?.(samples, nowS)
      const span = lookupWindow(lookup, nowS)
      const own: Readonly<Record<string, number | undefined>> = {
        status: statusNumbers[state.status],
        now: nowS,
        update_every: everyS,
        after: span.fromS,
        before: span.toS,
        last_collected_t: samples.lastS === undefined ? undefined : Math.min(samples.lastS, nowS),
      }
      const variables =
        (self: number | undefined): Variables =>
        (name) => {
          if (name === 'this') return self
          if (Object.hasOwn(own, name)) return own[name]
          return dimensionValue(samples, name, nowS) ?? others(name)
        }
      const value = calc === undefined ? found : evaluate(calc, variables(found))
      // Without a value nothing is known, whatever a condition makes of that.
      if (value === undefined) return { value, status: 'undefined' }
      const result = (condition: Expression | undefined) => (condition === undefined ? undefined : evaluate(condition, variables(value)))
      return { value, status: statusOf({ warning: result(warning), critical: result(critical) }) }
    },
  }
}

function parseMember(member: string, text: string): Expression | undefined {
  if (isAbsent(text)) return undefined
  try {
    return parseExpression(text)
  } catch (thrown) {
    if (thrown instanceof ExpressionError) throw new RuleError(member, thrown.message, thrown.at)
    throw thrown
  }
}

/** The newest value of a dimension by id or name; `_raw` is the same here, since what is kept is what was collected. */
function dimensionValue(samples: Samples, name: string, nowS: number): number | undefined {
  const bare = name.endsWith('_raw') ? name.slice(0, -'_raw'.length) : name
  const index = samples.dimensions.findIndex((dimension) =>
    [dimension.id, dimension.name].some((known) => known === name || known === bare),
  )
  if (index < 0 || samples.lastS === undefined) return undefined
  const newestS = Math.min(samples.lastS, Math.floor(nowS / samples.updateEveryS) * samples.updateEveryS)
  const value = samples.at(index, newestS)
  return Number.isNaN(value) ? undefined : value
}
