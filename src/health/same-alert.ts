import type { AlertDocument, AlertRule, AlertRuleConfig } from './alert-document.ts'
import { joinLabels } from './label-patterns.ts'
import { hasGroupValue } from './lookup-text.ts'

/** A plain thing with members, whatever they are. */
type Plain = { readonly [name: string]: Plain } | readonly Plain[] | string | number | boolean | undefined

/**
 * Where two documents of one name mean different things, as paths such as `rules.0.conditions.warning_condition`; none when an agent
 * behaves the same with both. What has no effect does not count: a lookup that is not made, intervals of a repetition that is off,
 * spaces, the order of options. Nor does what the agent fills in itself where `wanted` leaves it open.
 */
export function alertDifferences(wanted: AlertDocument, running: AlertDocument): readonly string[] {
  const found: string[] = []
  if (wanted.name !== running.name) found.push('name')
  if (wanted.rules.length !== running.rules.length) found.push('rules')
  else
    for (const [index, rule] of wanted.rules.entries()) {
      const other = running.rules[index]
      if (other !== undefined) compare(meaningOf(rule), openWhere(rule, meaningOf(other)), `rules.${index}`, found)
    }
  return found
}

/** Whether an agent that runs `running` does what `wanted` says. */
export function isSameAlert(wanted: AlertDocument, running: AlertDocument): boolean {
  return alertDifferences(wanted, running).length === 0
}

function meaningOf({ enabled, type, config }: AlertRule) {
  const { match, value, conditions, action } = config
  const isDelayed = action.delay.up !== 0 || action.delay.down !== 0
  return {
    enabled,
    type,
    match: { on: match.on.trim(), host_labels: joinLabels(match.host_labels), instance_labels: joinLabels(match.instance_labels) },
    summary: words(config.summary),
    info: words(config.info),
    categories: [words(config.type), words(config.component), words(config.classification)],
    value: {
      database_lookup: lookupMeaning(value.database_lookup),
      calculation: expression(value.calculation),
      units: words(value.units),
      update_every: value.update_every,
    },
    conditions: {
      warning_condition: expression(conditions.warning_condition),
      critical_condition: expression(conditions.critical_condition),
    },
    action: {
      options: [...new Set(action.options)].sort(),
      execute: words(action.execute),
      recipient: words(action.recipient),
      // Agents keep the multiplier in single precision.
      delay: isDelayed ? { ...action.delay, multiplier: Math.fround(action.delay.multiplier) } : undefined,
      repeat: action.repeat.enabled ? action.repeat : undefined,
    },
  }
}

function lookupMeaning(lookup: AlertRuleConfig['value']['database_lookup']) {
  if (lookup.after === 0) return undefined
  const hasValue = hasGroupValue(lookup.time_group)
  return {
    ...lookup,
    time_group_condition: lookup.time_group === 'countif' ? lookup.time_group_condition : undefined,
    time_group_value: hasValue ? lookup.time_group_value : undefined,
    options: [...new Set(lookup.options)].sort(),
    dimensions: words(lookup.dimensions) === '' ? '*' : words(lookup.dimensions),
  }
}

/** Program and recipient that the document leaves to the agent come back as the agent's own (agent-api §11.5). */
function openWhere({ config }: AlertRule, running: ReturnType<typeof meaningOf>): ReturnType<typeof meaningOf> {
  const { execute, recipient } = config.action
  return {
    ...running,
    action: {
      ...running.action,
      ...(execute.trim() === '' ? { execute: '' } : {}),
      ...(recipient.trim() === '' ? { recipient: '' } : {}),
    },
  }
}

const words = (text: string) => text.trim().replaceAll(/\s+/g, ' ')
const expression = (text: string) => (text.trim() === '*' ? '' : words(text))

function compare(wanted: Plain, running: Plain, path: string, found: string[]): void {
  if (isParts(wanted) && isParts(running) && Array.isArray(wanted) === Array.isArray(running)) {
    const [a, b] = [wanted as Readonly<Record<string, Plain>>, running as Readonly<Record<string, Plain>>]
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[key], b[key], `${path}.${key}`, found)
  } else if (wanted !== running) found.push(path)
}

function isParts(value: Plain): value is { readonly [name: string]: Plain } | readonly Plain[] {
  return typeof value === 'object'
}
