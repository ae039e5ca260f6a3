import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertRule } from '../../../src/health/alert-document.ts'
import { compileRule, RuleError } from '../../../src/health/compile-rule.ts'
import { evaluateHistory, type HistorySeries, type HistoryVerdict } from '../../../src/health/evaluate-history.ts'
import { parseHealthText } from '../../../src/health/health-text.ts'
import type { RoomNode } from '../ports.ts'
import { answerData } from './data-call.ts'
import { historiesOf } from './histories.ts'
import { nodesInScope, type CallDeps, type RestAnswer, type RoomCall } from './rest-call.ts'
import { restLimits } from './rest-limits.ts'

const body = z.object({
  node_id: z.string().max(64),
  config: z.string(),
  after: z.number().nullish(),
  before: z.number().nullish(),
  timeout: z.number().nullish(),
})

/** What one call may cost: rules, and samples that all its evaluations look at together. */
const limits = { rules: 8, steps: 20_000_000 } as const

/**
 * What an alert of a definition would have done on a node (cloud-api §10.1, `alert_config/evaluate`): the text of health.d is read
 * here, its metrics are asked of the agent like any chart, and every rule is judged in memory on each of its instances. Nothing is
 * configured, and the answer alone holds values. Throws BODY_UNPROCESSABLE for a definition nobody could evaluate.
 */
export async function answerEvaluation(deps: CallDeps, call: RoomCall): Promise<RestAnswer> {
  const parsed = body.safeParse(call.json)
  if (!parsed.success)
    throw new ThroughlineError('BODY_MALFORMED', 'This cannot be asked: node_id and config are texts, after and before are times.')
  const { node_id, config, after, before, timeout } = parsed.data
  const [node] = nodesInScope(call.nodes, [node_id])
  if (node === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
  const window = { after: after ?? -3_600, before: before ?? 0 }
  const named = rulesOf(config)
  const budget = { steps: limits.steps }
  const alerts: object[] = []
  for (const { name, rule } of named) {
    requireSense(rule)
    const histories = await askHistories(deps, call, node, rule, { ...window, timeout })
    const instances: object[] = []
    let isComplete = true
    for (const { instance, series } of histories) {
      budget.steps -= costOf(rule, series)
      isComplete &&= budget.steps >= 0
      if (!isComplete) break
      instances.push(shown(instance, evaluateHistory(rule.config, series)))
      // Others are served between two instances.
      await new Promise((resolve) => setImmediate(resolve))
      if (call.signal.aborted) throw call.signal.reason
    }
    alerts.push({
      name,
      type: rule.type === 'template' ? 'template' : 'alarm',
      on: rule.config.match.on,
      is_complete: isComplete,
      instances,
    })
  }
  return { status: 200, json: { api: call.version, node: { nd: node.nodeId, mg: node.machineGuid, nm: node.hostname }, window, alerts } }
}

function rulesOf(text: string): readonly { readonly name: string; readonly rule: AlertRule }[] {
  const parsed = parseHealthText(text)
  // The problem's own words quote the text, which no refusal of this door does.
  if (parsed.is === 'bad')
    throw new ThroughlineError('BODY_UNPROCESSABLE', `Line ${parsed.problems[0]?.line ?? 1} of the definition cannot be read.`)
  const rules = parsed.documents.flatMap(({ name, rules: own }) => own.map((rule) => ({ name, rule })))
  if (rules.length > limits.rules)
    throw new ThroughlineError('BODY_UNPROCESSABLE', `At most ${limits.rules} definitions are evaluated at a time.`)
  return rules
}

function requireSense({ config }: AlertRule): void {
  try {
    compileRule(config)
  } catch (thrown) {
    if (!(thrown instanceof RuleError)) throw thrown
    throw new ThroughlineError('BODY_UNPROCESSABLE', `The definition cannot be evaluated: its ${thrown.member} is not as it should be.`)
  }
}

async function askHistories(
  deps: CallDeps,
  call: RoomCall,
  node: RoomNode,
  { type, config }: AlertRule,
  { after, before, timeout }: { readonly after: number; readonly before: number; readonly timeout: number | null | undefined },
) {
  const ask = async (contexts: readonly string[], instances: readonly string[]) => {
    const json = {
      scope: { contexts, nodes: [node.nodeId], instances },
      aggregations: { metrics: [{ group_by: ['dimension', 'instance'], aggregation: 'sum' }] },
      window: { after, before, points: restLimits.points },
      timeout,
    }
    const given = await answerData(deps, { ...call, json })
    return 'json' in given ? historiesOf(given.json, node.machineGuid) : []
  }
  const { on } = config.match
  if (type === 'template') return ask([on], [])
  // Most charts are called like their context, and then an agent has far less to look through.
  const found = await ask([on], [on])
  return found.length > 0 ? found : ask(['*'], [on])
}

/** Samples that all evaluations look at, and signs of expressions that are worked out. */
function costOf({ config }: AlertRule, { rows, dimensions, updateEveryS }: HistorySeries): number {
  const { everyS, looksBackS } = compileRule(config)
  const evaluations = Math.min(100_000, Math.ceil((rows.length * updateEveryS) / everyS))
  const { calculation } = config.value
  const { warning_condition, critical_condition } = config.conditions
  const signs = calculation.length + warning_condition.length + critical_condition.length
  return evaluations * (Math.min(rows.length, Math.ceil(looksBackS / updateEveryS)) * dimensions.length + signs + 1)
}

function shown(instance: string, verdict: HistoryVerdict): object {
  const { fromS = null, toS = null, evaluations, changes, raised, firedCount, raisedS, caveats } = verdict
  return {
    instance,
    after: fromS,
    before: toS,
    evaluations,
    fired: firedCount,
    raised_seconds: raisedS,
    transitions: changes.map(({ atS, status, value = null, isTold }) => ({
      when: atS,
      status: status.toUpperCase(),
      value,
      notified: isTold,
    })),
    raised: raised.map((span) => ({ after: span.fromS, before: span.toS ?? null, status: span.status.toUpperCase() })),
    caveats,
  }
}
