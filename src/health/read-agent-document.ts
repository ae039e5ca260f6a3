import {
  alertDocumentSchema,
  dataSources,
  dimensionGroups,
  documentLimits,
  groupConditions,
  lookupOptions,
  type AlertDocument,
  type AlertLookup,
} from './alert-document.ts'
import { blankRule } from './blank-rule.ts'
import { parseTimeGroup } from './lookup-text.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * A document as an agent of any version gives it (agent-api §11.5), as the complete one that every version takes. What it leaves out is
 * what it would take itself; members that are none of the document, such as `hash` and `source`, are dropped. Undefined when it says
 * something no document can say, or more than one may hold: whoever wrote such a document back would lose a part of it.
 */
export function readAgentDocument(name: string, answer: unknown): AlertDocument | undefined {
  try {
    const { rules, format_version: version = 1 } = membersOf(answer)
    if (version !== 1 || !Array.isArray(rules) || rules.length > documentLimits.rules) return undefined
    const parsed = alertDocumentSchema.safeParse({ format_version: 1, name, rules: rules.map(readRule) })
    return parsed.success ? parsed.data : undefined
  } catch (thrown) {
    if (thrown instanceof Unreadable) return undefined
    throw thrown
  }
}

/** Something that cannot be said in a document. */
class Unreadable extends Error {}

const blank = blankRule().config

function readRule(rule: unknown) {
  const { enabled, type, config } = membersOf(rule)
  const of = membersOf(config)
  const [match, value, conditions, action] = [of['match'], of['value'], of['conditions'], of['action']].map(membersOf)
  const [delay, repeat] = [action?.['delay'], action?.['repeat']].map(membersOf)
  const pattern = (text: unknown) => textOf(text) || '*'
  return {
    enabled: enabled === undefined || enabled === null ? true : enabled,
    type,
    config: {
      match: {
        on: textOf(match?.['on']),
        host_labels: pattern(match?.['host_labels']),
        instance_labels: pattern(match?.['instance_labels']),
      },
      summary: textOf(of['summary']),
      info: textOf(of['info']),
      type: textOf(of['type']),
      component: textOf(of['component']),
      classification: textOf(of['classification']),
      value: {
        database_lookup: readLookup(membersOf(value?.['database_lookup'])),
        calculation: textOf(value?.['calculation']),
        units: textOf(value?.['units']),
        update_every: numberOf(value?.['update_every'], blank.value.update_every) || blank.value.update_every,
      },
      conditions: {
        warning_condition: conditionOf(conditions?.['warning_condition']),
        critical_condition: conditionOf(conditions?.['critical_condition']),
      },
      action: {
        options: listOf(action?.['options']).filter((option) => option !== 'none'),
        execute: textOf(action?.['execute']),
        recipient: textOf(action?.['recipient']),
        delay: {
          up: numberOf(delay?.['up'], 0),
          down: numberOf(delay?.['down'], 0),
          max: numberOf(delay?.['max'], 0),
          multiplier: numberOf(delay?.['multiplier'], 1),
        },
        repeat: {
          enabled: repeat?.['enabled'] ?? false,
          warning: numberOf(repeat?.['warning'], 0),
          critical: numberOf(repeat?.['critical'], 0),
        },
      },
    },
  }
}

function readLookup(said: Members): AlertLookup {
  const lookup = blank.value.database_lookup
  const after = numberOf(said['after'], 0)
  const group = said['time_group'] === undefined || said['time_group'] === null ? undefined : parseTimeGroup(textOf(said['time_group']))
  // Without a lookup agents fill in what they like.
  if (after === 0) return lookup
  if (group === undefined && said['time_group'] !== undefined) throw new Unreadable()
  return {
    after,
    before: numberOf(said['before'], 0),
    time_group: group?.group ?? lookup.time_group,
    time_group_condition: oneOf(groupConditions, said['time_group_condition'], '='),
    time_group_value: numberOf(said['time_group_value'], group?.value ?? 0),
    dims_group: oneOf(dimensionGroups, said['dims_group'], lookup.dims_group),
    data_source: oneOf(dataSources, said['data_source'], lookup.data_source),
    options: [...new Set(listOf(said['options']).map((option) => oneOf(lookupOptions, textOf(option).replaceAll('-', '_'), undefined)))],
    dimensions: textOf(said['dimensions']) || '*',
  }
}

function membersOf(value: unknown): Members {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new Unreadable()
  return value as Members
}

/** Text as one line; agents keep what was written, line breaks included. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw new Unreadable()
  if (value.length > 16_384) throw new Unreadable()
  return value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

const conditionOf = (value: unknown) => (textOf(value) === '*' ? '' : textOf(value))

/** Agents write a number that they do not have as null. */
function numberOf(value: unknown, otherwise: number): number {
  if (value === undefined || value === null) return otherwise
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Unreadable()
  return value
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > 32) throw new Unreadable()
  return value
}

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T | undefined): T {
  if ((value === undefined || value === null) && otherwise !== undefined) return otherwise
  const found = known.find((one) => one === value)
  if (found === undefined) throw new Unreadable()
  return found
}
