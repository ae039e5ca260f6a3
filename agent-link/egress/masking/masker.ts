import { chartParts, isPlainFamily, isStockContext, nounOfDimensions, nounOfFamily, nounOfLabel } from './chart-names.ts'
import { createContentMasker, cutTo } from './mask-content.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import type { Action, MaskedField, Rules } from './rules.ts'
import { shapeOfField } from './shapes.ts'

/** How often each rule took something, since the last look. */
export type Touched = Readonly<Record<string, number>>

/** Applies the rules of one host to names and texts. It knows nothing of messages. */
export interface Masker {
  readonly rules: Rules
  /** Whether it masks nothing at all. */
  readonly isIdle: boolean
  /** Whether any name of a chart, context, dimension, label or host may differ from the agent's own. */
  readonly renames: boolean
  /** A text of no particular field: what the rules for content take out of it. */
  readonly text: (text: string) => string
  /** A text of a field: the rule of the field, then the rules for content. `isKey`: it tells rows apart and must stay distinct. */
  readonly field: (field: MaskedField, text: string, isKey?: boolean) => string
  readonly context: (id: string) => string
  readonly chart: (id: string) => string
  /** The family of charts or of a context, by one of them. */
  readonly family: (chartOrContext: string, family: string) => string
  readonly dimension: (chartOrContext: string, name: string) => string
  readonly chartLabels: (chart: string, labels: Readonly<Record<string, string>>) => Record<string, string>
  readonly hostLabels: (labels: Readonly<Record<string, string>>) => Record<string, string>
  /** What a pseudonym stands for; undefined when it is none that was given out since the start. */
  readonly original: (masked: string) => string | undefined
  readonly pairs: () => Iterable<readonly [masked: string, original: string]>
  /** What was touched since the last call. */
  readonly takeTouched: () => Touched
}

/** Texts seen lately are not looked at again: names repeat with every answer. */
const cachedTexts = 8_192
const cachedChars = 512

const nouns: Readonly<Record<MaskedField, string>> = {
  hostname: 'host',
  'label-key': 'key',
  'label-value': 'label',
  context: 'context',
  instance: 'chart',
  dimension: 'dimension',
  'alert-text': 'text',
  'alert-source': 'source',
  'alert-recipient': 'recipient',
  'command-line': 'command',
  process: 'process',
  user: 'user',
  address: 'ip',
  path: 'path',
  unit: 'unit',
  'log-message': 'message',
  'config-text': 'text',
}

export function createMasker(rules: Rules, pseudonyms: Pseudonyms): Masker {
  let touched = new Map<string, number>()
  const touch = (rule: string) => void touched.set(rule, (touched.get(rule) ?? 0) + 1)
  const maskContent = createContentMasker(rules.content, pseudonyms, touch)
  const { fields } = rules
  const isOn = (field: MaskedField) => fields[field].action !== 'keep'

  const text = remembering((value) => maskContent(value))
  const path = remembering((value) => maskContent(value, 'path'))

  /** A name that something is found by: whatever the rule is, two names stay two, and a question that says it is understood. */
  function name(field: MaskedField, noun: string, value: string): string {
    const masked = distinct(fields[field], noun, value)
    if (masked === value) return value
    touch(`field ${field}`)
    pseudonyms.remember(masked, value)
    return masked
  }

  function distinct(action: Action, noun: string, value: string): string {
    if (value === '') return value
    if (action.action === 'keep') return text(value) === value ? value : pseudonyms.hash(noun, value)
    if (action.action === 'token') return pseudonyms.token(noun, value)
    const hash = pseudonyms.hash(noun, value)
    const chars = action.action === 'truncate' && action.to !== 'shape' ? action.to : 0
    // A few characters to read, and the hash to tell apart.
    return chars === 0 ? hash : `${text(value).slice(0, chars).replace(/\W/g, '_')}-${hash}`
  }

  function byRule(field: MaskedField, action: Action, value: string, isKey: boolean): string {
    if (action.action === 'keep' || value === '') return value
    if (isKey) return distinct(action, nouns[field], value)
    if (action.action === 'drop') return ''
    if (action.action === 'hash') return pseudonyms.hash(nouns[field], value)
    if (action.action !== 'truncate') return pseudonyms.token(nouns[field], value)
    return action.to === 'shape' ? shapeOfField(field, value) : cutTo(value, action.to)
  }

  const chart = (id: string): string => {
    const parts = chartParts(id)
    if (parts === undefined) return name0(id)
    const masked = `${parts.before}${name('instance', parts.noun, parts.name)}${parts.after}`
    if (masked !== id) pseudonyms.remember(masked, id)
    return masked
  }
  /** An id that names nothing by its form, and may still hold what no text may. */
  const name0 = (id: string): string => (text(id) === id ? id : name('instance', 'chart', id))

  return {
    rules,
    isIdle: [...Object.values(rules.fields), ...Object.values(rules.content)].every(({ action }) => action === 'keep'),
    renames: (['hostname', 'label-key', 'label-value', 'context', 'instance', 'dimension'] as const).some(isOn),
    text,
    field(field, value, isKey = false) {
      const masked = byRule(field, fields[field], value, isKey)
      if (masked !== value) {
        touch(`field ${field}`)
        if (fields[field].action === 'hash' || fields[field].action === 'token' || isKey) {
          pseudonyms.remember(masked, value)
          return masked
        }
      }
      return beginsWithPath(field) ? path(masked) : text(masked)
    },
    context: (id) => (isStockContext(id) ? name0(id) : name('context', 'context', id)),
    chart,
    family(chartOrContext, family) {
      const noun = nounOfFamily(chartOrContext)
      if (noun === undefined || !isOn('instance')) return text(family)
      if (isPlainFamily(family) || family === noun || family === chartOrContext.split('.', 1)[0]) return family
      return name('instance', noun, family)
    },
    dimension(chartOrContext, value) {
      const noun = nounOfDimensions(chartOrContext)
      return noun === undefined ? (text(value) === value ? value : name('dimension', 'dimension', value)) : name('dimension', noun, value)
    },
    chartLabels(id, labels) {
      const noun = chartParts(id)?.noun ?? 'label'
      return mapped(labels, ([key, value]) => {
        const named = nounOfLabel(key, noun)
        return [key, named === undefined ? text(value) : name('instance', named, value)]
      })
    },
    hostLabels: (labels) =>
      mapped(labels, ([key, value]) => {
        // What begins with an underscore is the agent's own: versions and facts of the machine.
        if (key.startsWith('_') && !/host|name$|user|domain|ip$/i.test(key)) return [key, text(value)]
        const action = fields['label-value']
        const masked = action.action === 'drop' ? undefined : byRule('label-value', action, value, false)
        if (masked !== value) touch('field label-value')
        return masked === undefined ? undefined : [name('label-key', 'key', key), masked === value ? text(value) : masked]
      }),
    original: (masked) => pseudonyms.original(masked),
    pairs: () => pseudonyms.all(),
    takeTouched() {
      const taken = Object.fromEntries(touched)
      touched = new Map()
      return taken
    },
  }
}

/** Fields whose texts begin with a program or a path. */
const beginsWithPath = (field: MaskedField) => field === 'command-line' || field === 'process' || field === 'path'

/** Clean texts answer at once; what a rule takes is taken anew, since it is counted. */
function remembering(mask: (text: string) => string): (text: string) => string {
  const clean = new Set<string>()
  return (value) => {
    if (clean.has(value)) return value
    const masked = mask(value)
    if (masked === value && value.length <= cachedChars) {
      if (clean.size >= cachedTexts) clean.clear()
      clean.add(value)
    }
    return masked
  }
}

function mapped(
  labels: Readonly<Record<string, string>>,
  change: (entry: [string, string]) => [string, string] | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).flatMap((entry) => {
      const changed = change(entry)
      return changed === undefined ? [] : [changed]
    }),
  )
}
