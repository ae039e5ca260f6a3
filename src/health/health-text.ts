import { parseDelay, parseRepeat, writeDelay, writeRepeat } from './action-text.ts'
import { alertDocumentSchema, alertNameSchema, type AlertDocument, type AlertRule, type AlertRuleConfig } from './alert-document.ts'
import { blankRule } from './blank-rule.ts'
import { parseDuration, writeDuration } from './durations.ts'
import { healthTextLimits, splitHealthLines, type HealthLine, type HealthProblem } from './health-lines.ts'
import { joinLabels, labelOf, matchesNothing } from './label-patterns.ts'
import { parseLookup, quoted, writeLookup, type TextProblem } from './lookup-text.ts'
import { numberText } from './number-text.ts'

/** What a text of health.d defines: one document a name, in the order of the names, or everything that is wrong, by lines. */
export type ParsedHealth =
  | {
      readonly is: 'good'
      readonly documents: readonly AlertDocument[]
      /** The line each document begins at, counted from 1. */
      readonly lines: readonly number[]
    }
  | { readonly is: 'bad'; readonly problems: readonly HealthProblem[] }

/** One block under way. */
interface Block {
  readonly name: string
  readonly line: number
  readonly seen: Map<string, number>
  rule: AlertRule
  everyS: number | undefined
  readonly constants: Map<'green' | 'red', number>
}

type Config = AlertRuleConfig
/** Reads one key into a block. */
type Reader = (block: Block, value: string) => TextProblem | undefined

const unquoted = (value: string) => value.replaceAll(/["']/g, ' ').trim().replaceAll(/ +/g, ' ')
const set = (block: Block, change: Partial<Config>) => {
  block.rule = { ...block.rule, config: { ...block.rule.config, ...change } }
}
const setValue = (block: Block, change: Partial<Config['value']>) => set(block, { value: { ...block.rule.config.value, ...change } })
const setAction = (block: Block, change: Partial<Config['action']>) => set(block, { action: { ...block.rule.config.action, ...change } })
const setConditions = (block: Block, change: Partial<Config['conditions']>) =>
  set(block, { conditions: { ...block.rule.config.conditions, ...change } })
const setMatch = (block: Block, change: Partial<Config['match']>) => set(block, { match: { ...block.rule.config.match, ...change } })

const plain =
  (put: (block: Block, value: string) => void): Reader =>
  (block, value) => {
    put(block, value)
    return undefined
  }
/** An older selector: agents keep the same in a label, and put it before those that were named so far. */
const selector =
  (labels: 'host_labels' | 'instance_labels', key: string | undefined): Reader =>
  (block, value) => {
    if (matchesNothing(value)) block.rule = { ...block.rule, enabled: false }
    else if (key === undefined && value !== '*' && !value.includes('='))
      return { problem: `Labels are written as label=pattern, not ${quoted(value)}.` }
    else setMatch(block, { [labels]: joinLabels(key === undefined ? value : labelOf(key, value), block.rule.config.match[labels]) })
    return undefined
  }
const constant =
  (name: 'green' | 'red'): Reader =>
  (block, value) => {
    const number = Number(value)
    if (!Number.isFinite(number)) return { problem: `${quoted(value)} is no number.` }
    block.constants.set(name, number)
    return undefined
  }
/** Selectors that agents gave up around 1.44: a rule that needs them cannot be said any more. */
const gone =
  (key: string): Reader =>
  (_block, value) =>
    value === '*' ? undefined : { problem: `Agents from 1.45 on know no "${key}"; match instances by "chart labels" instead.` }

const readers: Readonly<Record<string, Reader>> = {
  on: plain((block, value) => setMatch(block, { on: value })),
  os: selector('host_labels', '_os'),
  hosts: selector('host_labels', '_hostname'),
  'host labels': selector('host_labels', undefined),
  plugin: selector('instance_labels', '_collect_plugin'),
  module: selector('instance_labels', '_collect_module'),
  'chart labels': selector('instance_labels', undefined),
  charts: gone('charts'),
  families: gone('families'),
  class: plain((block, value) => set(block, { classification: unquoted(value) })),
  component: plain((block, value) => set(block, { component: unquoted(value) })),
  type: plain((block, value) => set(block, { type: unquoted(value) })),
  summary: plain((block, value) => set(block, { summary: unquoted(value) })),
  info: plain((block, value) => set(block, { info: unquoted(value) })),
  units: plain((block, value) => setValue(block, { units: unquoted(value) })),
  calc: plain((block, value) => setValue(block, { calculation: value })),
  warn: plain((block, value) => setConditions(block, { warning_condition: value })),
  crit: plain((block, value) => setConditions(block, { critical_condition: value })),
  green: constant('green'),
  red: constant('red'),
  to: plain((block, value) => setAction(block, { recipient: unquoted(value) })),
  exec: plain((block, value) => setAction(block, { execute: unquoted(value) })),
  lookup(block, value) {
    const parsed = parseLookup(value)
    if ('problem' in parsed) return parsed
    setValue(block, { database_lookup: parsed.lookup })
    block.everyS = parsed.everyS
    return undefined
  },
  every(block, value) {
    const seconds = parseDuration(value)
    if (seconds === undefined || seconds <= 0) return { problem: `${quoted(value)} is no duration; write one such as 10s.` }
    block.everyS = seconds
    return undefined
  },
  delay(block, value) {
    const delay = parseDelay(value)
    if ('problem' in delay) return delay
    setAction(block, { delay })
    return undefined
  },
  repeat(block, value) {
    const repeat = parseRepeat(value)
    if ('problem' in repeat) return repeat
    setAction(block, { repeat })
    return undefined
  },
  options(block, value) {
    const unknown = value.split(' ').find((word) => !/^no-clear(?:-notification)?$/i.test(word))
    if (unknown !== undefined) return { problem: `Agents know the option no-clear-notification, not ${quoted(unknown)}.` }
    setAction(block, { options: ['no-clear-notification'] })
    return undefined
  },
}
/** Keys that may come several times in one block; each adds to what was said. */
const repeatable = new Set(['os', 'hosts', 'host labels', 'plugin', 'module', 'chart labels', 'options'])

/**
 * Reads text of health.d (agent-api §14): a block for each rule, from `alarm` or `template` to the next; blocks of one name are the
 * rules of one document. What cannot be said in a document is a problem, never silently left out.
 */
export function parseHealthText(text: string): ParsedHealth {
  if (text.length > healthTextLimits.chars) return bad([{ line: 1, problem: 'The text is longer than 64 KB; divide it.' }])
  const split = splitHealthLines(text)
  const problems: HealthProblem[] = [...split.problems]
  const documents = new Map<string, { readonly line: number; readonly rules: AlertRule[] }>()
  let block: Block | undefined
  const finish = () => {
    if (block === undefined) return
    const found = problemsOf(block)
    problems.push(...found)
    if (found.length === 0) {
      const document = documents.get(block.name) ?? { line: block.line, rules: [] }
      document.rules.push(ruleOf(block))
      documents.set(block.name, document)
    }
    block = undefined
  }
  for (const said of split.lines) {
    if (said.key === 'alarm' || said.key === 'template') {
      finish()
      block = openBlock(said)
      if (!alertNameSchema.safeParse(said.value).success)
        problems.push({ line: said.line, problem: 'A name has letters, digits, dots, dashes and underscores only, 200 at most.' })
    } else if (block === undefined) problems.push({ line: said.line, problem: 'A text begins with "alarm: name" or "template: name".' })
    else problems.push(...readInto(block, said))
  }
  finish()
  if (problems.length > 0) return bad(problems)
  if (documents.size === 0) return bad([{ line: 1, problem: 'There is no "alarm" and no "template" in this text.' }])
  const good: AlertDocument[] = []
  for (const [name, { line, rules }] of documents) {
    const parsed = alertDocumentSchema.safeParse({ format_version: 1, name, rules })
    if (parsed.success) good.push(parsed.data)
    else {
      const [issue] = parsed.error.issues
      const member = issue === undefined ? name : [name, ...issue.path.slice(1)].join('.')
      problems.push({ line, problem: `${quoted(member)} is longer or larger than can be kept.` })
    }
  }
  return problems.length > 0 ? bad(problems) : { is: 'good', documents: good, lines: [...documents.values()].map(({ line }) => line) }
}

/**
 * The document as text of health.d, a block for each rule; {@link parseHealthText} reads the same from it. A rule that is switched off
 * is one for no host, which agents of every age take so.
 */
export function writeHealthText({ name, rules }: AlertDocument): string {
  return rules
    .map(({ enabled, type, config }) => {
      const { match, value, conditions, action } = config
      const labels = (text: string) => (text === '*' ? '' : text)
      return writeBlock([
        [type === 'template' ? 'template' : 'alarm', name],
        ['on', match.on],
        ['class', config.classification],
        ['type', config.type],
        ['component', config.component],
        ['hosts', enabled ? '' : '!*'],
        ['host labels', labels(match.host_labels)],
        ['chart labels', labels(match.instance_labels)],
        ['lookup', writeLookup(value.database_lookup)],
        ['calc', value.calculation],
        ['units', value.units],
        ['every', writeDuration(value.update_every)],
        ['warn', conditionText(conditions.warning_condition)],
        ['crit', conditionText(conditions.critical_condition)],
        ['delay', writeDelay(action.delay)],
        ['repeat', writeRepeat(action.repeat)],
        ['options', action.options.join(' ')],
        ['summary', config.summary],
        ['info', config.info],
        ['exec', action.execute],
        ['to', action.recipient],
      ])
    })
    .join('\n')
}

/** Keys and values as a block, keys aligned as in the agents' own files; empty values are left out, and nothing breaks a line. */
export function writeBlock(lines: readonly (readonly [key: string, value: string | undefined])[]): string {
  return lines
    .filter(([, value]) => value !== undefined && value.trim() !== '')
    .map(
      ([key, value = '']) =>
        `${key.padStart(12)}: ${value
          .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
          .replace(/\\+$/, '')
          .trim()}\n`,
    )
    .join('')
}

/** An expression without the constants that only files have. */
export function withConstants(expression: string, constants: ReadonlyMap<'green' | 'red', number>): string {
  let text = expression
  for (const [name, value] of constants) {
    text = text.replaceAll(new RegExp(String.raw`\$(?:${name}(?![A-Za-z0-9_.])|\{${name}\})`, 'g'), () => numberText(value))
  }
  return text
}

const conditionText = (condition: string) => (condition === '*' ? '' : condition)

function openBlock({ line, key, value }: HealthLine): Block {
  const rule = blankRule()
  return {
    name: value,
    line,
    seen: new Map(),
    rule: { ...rule, type: key === 'template' ? 'template' : 'instance' },
    everyS: undefined,
    constants: new Map(),
  }
}

function readInto(block: Block, { line, key, value }: HealthLine): readonly HealthProblem[] {
  const reader = Object.hasOwn(readers, key) ? readers[key] : undefined
  if (reader === undefined) return [{ line, problem: `Agents know no line ${quoted(key)}.` }]
  const before = block.seen.get(key)
  if (before !== undefined && !repeatable.has(key)) return [{ line, problem: `"${key}" stands on line ${before} already.` }]
  block.seen.set(key, line)
  const trouble = reader(block, value)
  return trouble === undefined ? [] : [{ line, problem: trouble.problem }]
}

function problemsOf({ line, everyS, rule, seen }: Block): readonly HealthProblem[] {
  const { match, value } = rule.config
  const problems: HealthProblem[] = []
  if (match.on === '') problems.push({ line, problem: 'This block says not what it is on; add "on: " with a context or a chart.' })
  // A line that could not be read has been told of already.
  if (value.database_lookup.after === 0 && value.calculation === '' && !seen.has('lookup'))
    problems.push({ line, problem: 'This block computes nothing; add a "lookup" or a "calc".' })
  else if (everyS === undefined && !seen.has('every') && !seen.has('lookup'))
    problems.push({ line, problem: 'This block says not how often to look; add "every: 10s".' })
  else if (everyS !== undefined && everyS > 86_400)
    problems.push({ line, problem: 'This block looks less than once a day; add "every: " with at most 24h.' })
  return problems
}

function ruleOf({ rule, everyS, constants }: Block): AlertRule {
  const { value, conditions } = rule.config
  return {
    ...rule,
    config: {
      ...rule.config,
      value: {
        ...value,
        calculation: withConstants(value.calculation, constants),
        update_every: everyS ?? value.update_every,
      },
      conditions: {
        warning_condition: withConstants(conditions.warning_condition, constants),
        critical_condition: withConstants(conditions.critical_condition, constants),
      },
    },
  }
}

function bad(problems: readonly HealthProblem[]): ParsedHealth {
  const ordered = [...problems].sort((a, b) => a.line - b.line)
  return { is: 'bad', problems: ordered.slice(0, healthTextLimits.problems) }
}
