import { agentPermission } from '../../../src/domain/agent-permission.ts'
import { generationOf } from '../../../src/domain/agent-generation.ts'
import type { NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { ShownValue } from '../../../src/domain/shown-value.ts'
import { isObject, listOf, objectOf } from '../../../src/support/json.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { AgentAnswer, Bus } from '../../bus/port.ts'
import type { Asker } from '../ask-question.ts'
import type { Asks } from '../asks.ts'
import { askOne, requireGood } from './gather.ts'
import { createOpener, type OpenBudget } from './open-answer.ts'
import type { RestQuestion } from './rest-question.ts'

/** Which change of which alert; `units` is added where an agent says a bare number. */
export interface AskedAlert {
  readonly chart: string
  readonly name: string
  readonly transitionId: string | undefined
  /** Epoch seconds. */
  readonly whenS: number
  readonly units: string
}

export interface AlertValueReader {
  /** Undefined when no agent of this space answers in three seconds, or has no such value; never rejects. */
  read(spaceId: SpaceId, nodeId: NodeId, alert: AskedAlert): Promise<ShownValue | undefined>
}

const timeoutMs = 3_000

/** No role is needed to read a number; who a message goes to was decided before. Only changes name a person to an agent. */
const asker: Asker = {
  role: 'observer',
  permissions: agentPermission.signedIn | agentPermission.sameSpace | agentPermission.anonymousData,
  personId: '00000000-0000-0000-0000-000000000000' as PersonId,
}

type Fields = Readonly<Record<string, unknown>>
type Find = (budget: OpenBudget, answer: AgentAnswer, alert: AskedAlert) => ShownValue | undefined

/**
 * Reads the value that an alert had when it changed: from the changes that agents of v2 and v3 remember (agent-api §9.3), or from the
 * log of older ones; where the change is not found, what the alert's value is now (§9.1). Like every answer that is opened, it is
 * parsed within bounds and dropped.
 */
export function createAlertValues(deps: { readonly bus: Bus; readonly asks: Asks; readonly clock: Clock }): AlertValueReader {
  const { bus, asks, clock } = deps
  const newBudget = createOpener()
  return {
    async read(spaceId, nodeId, alert) {
      const route = bus.route(nodeId)
      if (route === undefined || route.spaceId !== spaceId) return undefined
      const budget = newBudget()
      const endsAtMs = clock.monotonicMs() + timeoutMs
      const never = new AbortController().signal
      const isOld = generationOf(route.capabilities) === 'A'
      const ways: readonly { readonly question: RestQuestion; readonly find: Find }[] = [
        isOld ? { question: logQuestion(nodeId, alert), find: inLog } : { question: changesQuestion(nodeId, alert), find: inChanges },
        { question: nowQuestion(nodeId), find: now },
      ]
      try {
        for (const { question, find } of ways) {
          const found = await askOne({ asks, clock }, nodeId, question, asker, endsAtMs - clock.monotonicMs(), never)
            .then(
              (answer) => {
                requireGood(answer)
                return find(budget, answer, alert)
              },
              () => undefined,
            )
            .catch(() => undefined)
          if (found !== undefined) return found
        }
        return undefined
      } finally {
        budget.release()
      }
    },
  }
}

function question(nodeId: NodeId, targets: RestQuestion['targets']): RestQuestion {
  return { kind: 'rest', route: 'other', budget: 'other', targets, nodeIds: [nodeId], isChange: false, timeoutMs }
}

function changesQuestion(nodeId: NodeId, { name, transitionId }: AskedAlert): RestQuestion {
  const one =
    transitionId === undefined ? `alert=${encodeURIComponent(name)}&last=50` : `transition=${encodeURIComponent(transitionId)}&last=1`
  const query = `alert_transitions?scope_nodes=${nodeId}&after=-86400&${one}&options=minify&timeout=${timeoutMs}`
  return question(nodeId, { B: `/api/v2/${query}`, C: `/api/v3/${query}` })
}

function logQuestion(nodeId: NodeId, { chart }: AskedAlert): RestQuestion {
  return question(nodeId, { A: `/api/v1/alarm_log?chart=${encodeURIComponent(chart)}` })
}

function nowQuestion(nodeId: NodeId): RestQuestion {
  const target = '/api/v1/alarms_values?all'
  return question(nodeId, { A: target, B: target, C: target })
}

const inChanges: Find = (budget, answer, alert) => {
  const changes = listOf(budget.open(answer)['transitions']).filter(isObject)
  const change = changes.find((each) =>
    alert.transitionId === undefined
      ? each['instance'] === alert.chart && each['alert'] === alert.name && each['when'] === alert.whenS
      : each['transition_id'] === alert.transitionId,
  )
  return change && shownValue(objectOf(change['new'])['value'], textIn(change, 'units') || alert.units)
}

const inLog: Find = (budget, answer, alert) => {
  const entry = budget
    .openList(answer)
    .filter(isObject)
    .find(
      (each) =>
        (alert.transitionId !== undefined && each['transition_id'] === alert.transitionId) ||
        (each['chart'] === alert.chart && each['name'] === alert.name && each['when'] === alert.whenS),
    )
  if (entry === undefined) return undefined
  const text = textIn(entry, 'value_string')
  return text === '' || text === '-' ? shownValue(entry['value'], textIn(entry, 'units') || alert.units) : new ShownValue(text)
}

const now: Find = (budget, answer, { chart, name, units }) => {
  const alarms = objectOf(budget.open(answer)['alarms'])
  const key = `${chart}.${name}`
  const alarm = Object.hasOwn(alarms, key) ? objectOf(alarms[key]) : {}
  return shownValue(alarm['value'], units)
}

const textIn = (fields: Fields, name: string) => (typeof fields[name] === 'string' ? fields[name] : '')

/** A number with its unit, as short as it reads well. */
function shownValue(value: unknown, units: string): ShownValue | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const number = Math.abs(value) >= 100 ? Math.round(value * 10) / 10 : Number(value.toPrecision(4))
  return new ShownValue(`${number}${units === '' || units === '%' ? units : ` ${units}`}`)
}
