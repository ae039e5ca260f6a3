/** One change that a simulated agent remembers. */
export interface SimulatedChange {
  readonly name: string
  readonly chart: string
  readonly context: string
  readonly whenS: number
  readonly status: 'clear' | 'warning' | 'critical'
  readonly oldStatus: 'clear' | 'warning' | 'critical'
  readonly value: number
  readonly oldValue: number | null
  readonly durationS: number
  readonly units: string
}

/** `/api/v1/alarm_log` (agent-api §9.1). */
export function alarmLogAnswer(changes: readonly SimulatedChange[], query: URLSearchParams): object {
  const chart = query.get('chart')
  return newestFirst(changes)
    .filter((change) => chart === null || change.chart === chart)
    .map((change, place) => ({
      unique_id: change.whenS,
      alarm_event_id: changes.length - place,
      name: change.name,
      chart: change.chart,
      context: change.context,
      when: change.whenS,
      duration: change.durationS,
      status: change.status.toUpperCase(),
      old_status: change.oldStatus.toUpperCase(),
      value: change.value,
      old_value: change.oldValue,
      value_string: `${change.value} ${change.units}`,
      old_value_string: change.oldValue === null ? '-' : `${change.oldValue} ${change.units}`,
      units: change.units,
      silenced: 'false',
      exec_failed: false,
    }))
}

/** `/api/v2|v3/alert_transitions` (agent-api §9.3), for the one node of the agent. */
export function transitionsAnswer(changes: readonly SimulatedChange[], nodeId: string, query: URLSearchParams): object {
  const isInScope = (query.get('scope_nodes') ?? nodeId) === nodeId
  const anchor = Number(query.get('anchor_gi') ?? Number.POSITIVE_INFINITY)
  const last = Number(query.get('last') ?? 1)
  const matched = newestFirst(changes).filter(
    ({ name, whenS }) => isInScope && name === (query.get('alert') ?? name) && whenS * 1_000_000 < anchor,
  )
  return {
    api: 2,
    facets: [],
    transitions: matched.slice(0, last).map((change) => ({
      gi: change.whenS * 1_000_000,
      alert: change.name,
      transition_id: `${change.name}-${change.chart}-${change.whenS}`,
      node_id: nodeId,
      config_hash_id: '5f0c8a52-0000-4000-8000-000000000001',
      instance: change.chart,
      instance_n: change.chart,
      context: change.context,
      when: change.whenS,
      units: change.units,
      new: { status: change.status.toUpperCase(), value: change.value },
      old: { status: change.oldStatus.toUpperCase(), value: change.oldValue, duration: change.durationS },
      notification: { when: change.whenS, flags: ['PROCESSED', 'SAVED'] },
    })),
    items: { evaluated: changes.length, matched: matched.length, returned: Math.min(last, matched.length), max_to_return: last },
  }
}

const newestFirst = (changes: readonly SimulatedChange[]) => changes.toSorted((a, b) => b.whenS - a.whenS)

/** An alert that went up and down, a step every `stepS`: at `endS` it became critical, before that a warning, and before that it was clear. */
export function wanderingChanges(
  alert: Pick<SimulatedChange, 'name' | 'chart' | 'context' | 'units'>,
  count: number,
  endS: number,
  stepS: number,
): readonly SimulatedChange[] {
  const backwards = ['critical', 'warning', 'clear', 'warning'] as const
  const worth = { clear: 40.25, warning: 80.5, critical: 97.3 }
  return Array.from({ length: count }, (_, index) => {
    const [status, oldStatus] = [backwards[index % 4] ?? 'clear', backwards[(index + 1) % 4] ?? 'clear']
    return { ...alert, whenS: endS - index * stepS, status, oldStatus, value: worth[status], oldValue: worth[oldStatus], durationS: stepS }
  })
}
