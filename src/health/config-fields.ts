import { parseDelay, parseRepeat } from './action-text.ts'
import { alertDocumentSchema, dimensionGroups, type AlertDocument, type AlertLookup } from './alert-document.ts'
import { blankRule } from './blank-rule.ts'
import { parseDuration, writeDuration } from './durations.ts'
import { withConstants, writeBlock } from './health-text.ts'
import { joinLabels, labelOf, matchesNothing } from './label-patterns.ts'
import { hasGroupValue, parseLookup, parseTimeGroup } from './lookup-text.ts'

/** How an alert is defined, as agents push it (aclk §6.7, `AlarmConfiguration`): names as agents give them; hostile text. */
export type ConfigFields = Readonly<Record<string, string | number>>

/** The document behind pushed fields. */
export interface DocumentOfFields {
  readonly document: AlertDocument
  /** Members that agents do not push or that no document can say, so that they may differ at the agent: names for a person. */
  readonly unsure: readonly string[]
}

/**
 * What a document can say of pushed fields; undefined when they make none. It is one rule: agents push each rule of a name by itself.
 * Newer agents push neither how dimensions are joined nor the number of a method, which `unsure` names then.
 */
export function documentOfFields(name: string, fields: ConfigFields): DocumentOfFields | undefined {
  const text = textReader(fields)
  const unsure: string[] = []
  for (const key of ['charts', 'families']) if (!['', '*'].includes(text(key))) unsure.push(key)
  const lookup = lookupOfFields(fields, unsure)
  if (lookup === undefined) return undefined
  const delay = parseDelay(text('delay'))
  const repeat = text('repeat') === '' ? undefined : parseRepeat(text('repeat'))
  if ('problem' in delay || (repeat !== undefined && 'problem' in repeat)) return undefined
  const constants = new Map(
    (['green', 'red'] as const).flatMap((key) => {
      const value = text(key) === '' ? Number.NaN : Number(text(key))
      return Number.isFinite(value) ? [[key, value] as const] : []
    }),
  )
  const expression = (key: string) => withConstants(text(key), constants)
  const blank = blankRule()
  const parsed = alertDocumentSchema.safeParse({
    format_version: 1,
    name,
    rules: [
      {
        enabled: !['os', 'hosts', 'plugin', 'module'].some((key) => matchesNothing(text(key))),
        type: text('template') === '' ? 'instance' : 'template',
        config: {
          match: {
            on: text('on_chart'),
            host_labels: joinLabels(labelOf('_os', text('os')), labelOf('_hostname', text('hosts')), text('host_labels')),
            instance_labels: joinLabels(
              labelOf('_collect_plugin', text('plugin')),
              labelOf('_collect_module', text('module')),
              text('chart_labels'),
            ),
          },
          summary: text('summary'),
          info: text('info'),
          type: text('type'),
          component: text('component'),
          classification: text('classification'),
          value: {
            database_lookup: lookup,
            calculation: expression('calculation_expr'),
            units: text('units'),
            update_every: everyOfFields(fields, lookup),
          },
          conditions: { warning_condition: expression('warning_expr'), critical_condition: expression('critical_expr') },
          action: {
            options: text('options').includes('no-clear') ? ['no-clear-notification'] : [],
            execute: text('exec'),
            recipient: text('recipient'),
            delay,
            repeat: repeat ?? blank.config.action.repeat,
          },
        },
      },
    ],
  })
  return parsed.success ? { document: parsed.data, unsure } : undefined
}

/**
 * Pushed fields as text of health.d, with the selectors and constants that only older agents know: what to paste where nothing can be
 * configured from afar. Nothing in it breaks a line.
 */
export function healthTextOfFields(name: string, fields: ConfigFields): string {
  const text = textReader(fields)
  const any = (key: string) => (text(key) === '*' ? '' : text(key))
  const number = (key: string) => (text(key) !== '' && Number.isFinite(Number(text(key))) ? text(key) : '')
  const every = everyOfFields(fields, undefined)
  return writeBlock([
    [text('template') === '' ? 'alarm' : 'template', name],
    ['on', text('on_chart')],
    ['class', text('classification')],
    ['type', text('type')],
    ['component', text('component')],
    ['os', any('os')],
    ['hosts', any('hosts')],
    ['host labels', any('host_labels')],
    ['plugin', any('plugin')],
    ['module', any('module')],
    ['charts', any('charts')],
    ['families', any('families')],
    ['chart labels', any('chart_labels')],
    ['lookup', lookupTextOfFields(fields)],
    ['calc', text('calculation_expr')],
    ['units', text('units')],
    ['every', every === 0 ? '' : writeDuration(every)],
    ['green', number('green')],
    ['red', number('red')],
    ['warn', text('warning_expr')],
    ['crit', text('critical_expr')],
    ['delay', text('delay') === 'multiplier 1.0' ? '' : text('delay')],
    ['repeat', text('repeat')],
    ['options', text('options')],
    ['summary', text('summary')],
    ['info', text('info')],
    ['exec', text('exec')],
    ['to', text('recipient')],
  ])
}

const textReader = (fields: ConfigFields) => (key: string) => {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined
  // Expressions come HTML-escaped from some agents (agent-api §9.1).
  return value === undefined
    ? ''
    : unescaped(
        String(value)
          .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
          .trim(),
      )
}

const escapes: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'", '#x2f': '/' }

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#x27|#39|#x2f);/gi, (whole, word: string) => escapes[word.toLowerCase()] ?? whole)
}

const numberOf = (fields: ConfigFields, key: string) => {
  const value = Number(fields[key] ?? 0)
  return Number.isSafeInteger(value) ? value : 0
}

/** Seconds between looks; 0 when the fields do not say. A bare number of `every` is seconds. */
function everyOfFields(fields: ConfigFields, lookup: AlertLookup | undefined): number {
  const every = numberOf(fields, 'p_update_every')
  return every > 0 ? every : parseDuration(String(fields['every'] ?? '')) || Math.abs(lookup?.after ?? 0)
}

/** The words of a lookup: older agents push the line itself, newer ones its parts. */
function lookupTextOfFields(fields: ConfigFields): string {
  const text = textReader(fields)
  if (text('lookup') !== '') return text('lookup')
  const after = numberOf(fields, 'p_db_lookup_after')
  if (after === 0) return ''
  const before = numberOf(fields, 'p_db_lookup_before')
  const dimensions = text('p_db_lookup_dimensions')
  return [
    text('p_db_lookup_method') || 'average',
    writeDuration(after),
    ...(before === 0 ? [] : ['at', writeDuration(before)]),
    text('p_db_lookup_options').replaceAll(/[\s,|]+/g, ' '),
    ...(dimensions === '' || dimensions === '*' ? [] : ['of', dimensions]),
  ]
    .filter((word) => word !== '')
    .join(' ')
}

function lookupOfFields(fields: ConfigFields, unsure: string[]): AlertLookup | undefined {
  const line = lookupTextOfFields(fields)
  if (line === '') return blankRule().config.value.database_lookup
  const parsed = parseLookup(line)
  if ('problem' in parsed) return undefined
  const isLine = textReader(fields)('lookup') !== ''
  if (!isLine) {
    const words = line.split(' ')
    if (!dimensionGroups.some((group) => words.slice(2).includes(group))) unsure.push('dims_group')
    if (!words.includes('percentage') && !words.includes('anomaly-bit')) unsure.push('data_source')
    const group = parseTimeGroup(words[0] ?? '')
    if (group !== undefined && hasGroupValue(group.group)) unsure.push('time_group_value')
  }
  return parsed.lookup
}
