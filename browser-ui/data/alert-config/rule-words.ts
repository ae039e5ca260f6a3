import type { AlertLookup, AlertRule } from '../../../src/health/alert-document.ts'
import type { ConditionLevel } from '../../../src/health/hysteresis.ts'
import { formatDuration } from '../units.ts'
import { conditionForm } from './condition-form.ts'
import { isEmpty } from './is-empty.ts'

/** One part of a rule in words; `code` is shown as it is written. */
export interface RuleFact {
  readonly label: string
  readonly text: string
  readonly code?: string
}

export const methodWords: Readonly<Record<AlertLookup['time_group'], string>> = {
  average: 'average',
  median: 'median',
  min: 'lowest value',
  max: 'highest value',
  sum: 'sum',
  incremental_sum: 'difference of last and first',
  stddev: 'standard deviation',
  cv: 'deviation in percent of the mean',
  'trimmed-mean': 'average without outliers',
  'trimmed-median': 'median without outliers',
  percentile: 'percentile',
  ses: 'smoothed value',
  des: 'smoothed value with its trend',
  countif: 'share of the time in percent',
}

export const dimensionGroupWords: Readonly<Record<AlertLookup['dims_group'], string>> = {
  sum: 'added up',
  average: 'averaged',
  min: 'the lowest of them',
  max: 'the highest of them',
  min2max: 'the distance from lowest to highest',
}

export const sourceWords: Readonly<Record<AlertLookup['data_source'], string>> = {
  samples: 'the values',
  percentages: 'their share of all dimensions, in percent',
  anomalies: 'how often they were anomalous, in percent',
}

const all = (pattern: string) => pattern === '*' || pattern.trim() === ''

/** The rule as sentences, for people who do not read configuration. */
export function ruleFacts({ enabled, type, config }: AlertRule): readonly RuleFact[] {
  const { match, value, action, conditions } = config
  const { database_lookup: lookup } = value
  const facts: RuleFact[] = []
  if (!enabled) facts.push({ label: 'State', text: 'Switched off' })
  facts.push({
    label: 'Looks at',
    text: type === 'template' ? `Every instance of ${match.on}` : `The instance ${match.on} alone`,
  })
  if (!all(match.instance_labels)) facts.push({ label: 'Instances with', text: '', code: match.instance_labels })
  if (!all(match.host_labels)) facts.push({ label: 'Nodes with', text: '', code: match.host_labels })
  facts.push({ label: 'Value', text: lookupWords(lookup) })
  if (!isEmpty(value.calculation) && value.calculation.trim() !== '$this')
    facts.push({ label: 'Calculated', text: '', code: value.calculation })
  facts.push({ label: 'Every', text: formatDuration(value.update_every) })
  for (const level of ['warning', 'critical'] as const) facts.push(...conditionFacts(level, conditions[`${level}_condition`], value.units))
  const { delay, repeat } = action
  if (delay.up > 0 || delay.down > 0) {
    const grows = delay.multiplier > 1 && delay.max > 0 ? `, growing ×${delay.multiplier} up to ${formatDuration(delay.max)}` : ''
    const waits = [
      ...(delay.up > 0 ? [`${formatDuration(delay.up)} before it tells of worse`] : []),
      ...(delay.down > 0 ? [`${formatDuration(delay.down)} before it tells of better`] : []),
    ]
    facts.push({ label: 'Waits', text: `${waits.join(', ')}${grows}` })
  }
  if (repeat.enabled) {
    const every = (seconds: number) => (seconds === 0 ? 'never' : `every ${formatDuration(seconds)}`)
    facts.push({ label: 'Repeats', text: `warnings ${every(repeat.warning)}, critical ${every(repeat.critical)}` })
  }
  facts.push({
    label: 'Tells',
    text:
      action.recipient === ''
        ? 'whom the agent tells by default'
        : action.recipient === 'silent'
          ? 'nobody; channels of the space tell by their own settings'
          : action.recipient,
  })
  if (action.options.includes('no-clear-notification')) facts.push({ label: 'Clear', text: 'is not told by the agent' })
  return facts
}

/** The lookup as half a sentence. */
export function lookupWords(lookup: AlertLookup): string {
  if (lookup.after === 0) return 'No lookup: the calculation is the value'
  const window = `the last ${formatDuration(-lookup.after)}${lookup.before === 0 ? '' : `, ending ${formatDuration(-lookup.before)} ago`}`
  const number = lookup.time_group_value
  const method =
    lookup.time_group === 'countif'
      ? `${methodWords.countif} with values ${lookup.time_group_condition} ${number}`
      : lookup.time_group === 'percentile'
        ? `${number}th percentile`
        : methodWords[lookup.time_group]
  const dimensions = all(lookup.dimensions) ? 'all dimensions' : `the dimensions ${lookup.dimensions}`
  const of = lookup.data_source === 'samples' ? '' : ` of ${sourceWords[lookup.data_source]}`
  const signs = lookup.options.includes('absolute') ? ', without sign' : ''
  return `The ${method} of ${window}${of}; ${dimensions}, ${dimensionGroupWords[lookup.dims_group]}${signs}`
}

function conditionFacts(level: ConditionLevel, condition: string, units: string): readonly RuleFact[] {
  const label = level === 'warning' ? 'Warns' : 'Critical'
  const form = conditionForm(level, condition)
  if (form.kind === 'none') return []
  if (form.kind === 'expression') return [{ label, text: 'when', code: condition }]
  const amount = (value: number) => `${value}${units === '' ? '' : ` ${units}`}`
  const at = `${form.isInclusive ? 'at or ' : ''}${form.side} ${amount(form.raiseAt)}`
  if (form.clearAt === form.raiseAt) return [{ label, text: at }]
  return [{ label, text: `${at}, until it is ${form.side === 'above' ? 'down to' : 'up to'} ${amount(form.clearAt)}` }]
}
