import type { AlertDocument, AlertLookup, AlertRule, AlertRuleConfig } from '../../../src/health/alert-document.ts'
import { blankRule } from '../../../src/health/blank-rule.ts'

/** What a chart hands to the wizard. */
export interface ChartWish {
  readonly nodeId: string | undefined
  readonly context: string | undefined
  /** A chart id; then the rule is about this instance alone. */
  readonly instance: string | undefined
  readonly dimensions: readonly string[]
  readonly units: string
}

const textMax = 200
const listMax = 50

/** The wizard's address for a chart, relative to the room. */
export function wizardPath({ nodeId, context, instance, dimensions, units }: ChartWish): string {
  const params = new URLSearchParams()
  if (nodeId !== undefined) params.set('node', nodeId)
  if (context !== undefined) params.set('context', context)
  if (instance !== undefined) params.set('instance', instance)
  if (dimensions.length > 0) params.set('dimensions', dimensions.join(','))
  if (units !== '') params.set('units', units)
  const text = params.toString()
  return `/alerts/new${text === '' ? '' : `?${text}`}`
}

/** Reads such an address; it may be anything a stranger wrote, and what is too long is left out. */
export function readWizardPath(search: string): ChartWish {
  const params = new URLSearchParams(search)
  const text = (name: string) => {
    const value = params.get(name)
    return value === null || value === '' || value.length > textMax ? undefined : value
  }
  const dimensions = (params.get('dimensions') ?? '').split(',').filter((name) => name !== '' && name.length <= textMax)
  return {
    nodeId: text('node'),
    context: text('context'),
    instance: text('instance'),
    dimensions: dimensions.slice(0, listMax),
    units: text('units') ?? '',
  }
}

/** The lookup that a new rule begins with, and that one without gets when it is given one. */
export const usualLookup: AlertLookup = {
  after: -60,
  before: 0,
  time_group: 'average',
  time_group_condition: '>',
  time_group_value: 0,
  dims_group: 'average',
  data_source: 'samples',
  options: ['unaligned'],
  dimensions: '*',
}

const plain = blankRule()

/** A rule with nothing said yet: the mean of a minute, looked at every ten seconds, raised by nothing. */
export const usualRule: AlertRule = {
  ...plain,
  config: {
    ...plain.config,
    value: { ...plain.config.value, database_lookup: usualLookup },
    action: {
      ...plain.config.action,
      recipient: 'sysadmin',
      delay: { up: 0, down: 300, max: 3_600, multiplier: 1.5 },
    },
  },
}

/** A name made of words: what agents do not take in one becomes an underscore. */
export const nameOf = (words: string): string =>
  words
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 200)

/** The document that a chart's wish begins with. */
export function draftFor({ context, instance, dimensions, units }: ChartWish): AlertDocument {
  const on = instance ?? context ?? ''
  const rule: AlertRule = {
    ...usualRule,
    type: instance === undefined ? 'template' : 'instance',
    config: {
      ...usualRule.config,
      match: { ...usualRule.config.match, on },
      value: {
        ...usualRule.config.value,
        units: units.slice(0, 64),
        database_lookup: { ...usualLookup, dimensions: dimensions.length === 0 ? '*' : dimensions.join(' ') },
      },
    },
  }
  return { format_version: 1, name: on === '' ? '' : nameOf(`${on.replaceAll('.', '_')}_high`), rules: [rule] }
}

/** What is changed about a rule; members that are not named stay. */
export interface RuleChange {
  readonly enabled?: boolean
  readonly type?: AlertRule['type']
  readonly config?: Partial<Pick<AlertRuleConfig, 'summary' | 'info' | 'type' | 'component' | 'classification'>>
  readonly match?: Partial<AlertRuleConfig['match']>
  readonly lookup?: Partial<AlertLookup>
  readonly value?: Partial<Omit<AlertRuleConfig['value'], 'database_lookup'>>
  readonly conditions?: Partial<AlertRuleConfig['conditions']>
  readonly action?: Partial<Omit<AlertRuleConfig['action'], 'delay' | 'repeat'>>
  readonly delay?: Partial<AlertRuleConfig['action']['delay']>
  readonly repeat?: Partial<AlertRuleConfig['action']['repeat']>
}

/** The rule with a change in it; whatever no field of the form is about stays as it was. */
export function changedRule(rule: AlertRule, change: RuleChange): AlertRule {
  const { config } = rule
  return {
    ...rule,
    ...(change.enabled === undefined ? {} : { enabled: change.enabled }),
    ...(change.type === undefined ? {} : { type: change.type }),
    config: {
      ...config,
      ...change.config,
      match: { ...config.match, ...change.match },
      value: { ...config.value, ...change.value, database_lookup: { ...config.value.database_lookup, ...change.lookup } },
      conditions: { ...config.conditions, ...change.conditions },
      action: {
        ...config.action,
        ...change.action,
        delay: { ...config.action.delay, ...change.delay },
        repeat: { ...config.action.repeat, ...change.repeat },
      },
    },
  }
}

/** The document with one rule put in the place of another. */
export const withRule = (document: AlertDocument, index: number, rule: AlertRule): AlertDocument => ({
  ...document,
  rules: document.rules.map((each, place) => (place === index ? rule : each)),
})
