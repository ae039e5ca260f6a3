import type { AlertRule } from '../../../src/health/alert-document.ts'
import { compileRule } from '../../../src/health/compile-rule.ts'
import { evaluateHistory, type HistorySeries, type HistoryVerdict } from '../../../src/health/evaluate-history.ts'
import { compileLabels } from '../../../src/health/match-labels.ts'
import { freshState } from '../../../src/health/status-machine.ts'
import { liveLimits } from '../../../src/live/limits.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import type { LiveClient } from '../../link/live-client.ts'
import { parseDataAnswer, type DataAnswer } from '../feed/agent-answer.ts'
import { parseCatalogue, type ContextInstance } from '../feed/catalogue.ts'

/** Bounds of one back-test: what a browser works out and an agent answers without being a burden. */
export const backTestLimits = { nodes: 10, instancesPerNode: 20, questionsPerNode: 60, drawnPoints: 900 } as const

export const backTestSpans = [
  { spanS: 3_600, title: '1 hour' },
  { spanS: 21_600, title: '6 hours' },
  { spanS: 86_400, title: '1 day' },
  { spanS: 259_200, title: '3 days' },
  { spanS: 604_800, title: '7 days' },
] as const

export interface TestedNode {
  readonly nodeId: string
  readonly hostname: string
  readonly labels?: Readonly<Record<string, string>> | undefined
}

export interface BackTestWish {
  readonly rule: AlertRule
  /** The context of the rule; for one about a single instance, its chart is looked for in all. */
  readonly nodes: readonly TestedNode[]
  readonly spanS: number
  /** Epoch seconds. */
  readonly nowS: number
}

/** What one instance would have done. Live values: for the screen and nothing else. */
export interface BackTestResult {
  readonly node: TestedNode
  readonly chartId: string
  readonly label: string
  readonly verdict: HistoryVerdict
  /** What the rule found, at even times. */
  readonly timesS: readonly number[]
  readonly values: readonly (number | null)[]
  /** Rows of this step were judged. */
  readonly stepS: number
  /** From when on there was something to judge, epoch seconds. */
  readonly knownFromS: number | undefined
}

/** Why a node has no result. */
export interface BackTestGap {
  readonly node: TestedNode
  readonly text: string
}

export interface BackTest {
  readonly results: readonly BackTestResult[]
  readonly gaps: readonly BackTestGap[]
  /** Instances that were left out because there are more than are judged at once. */
  readonly leftOut: number
}

/** How far it is: questions that were answered, of those there are to ask as far as is known. */
export interface BackTestProgress {
  readonly done: number
  readonly total: number
}

/** The step of rows to ask for: fine enough for the lookup's window and pace, and few enough questions. */
export function backTestStepS({ config }: AlertRule, spanS: number, collectedEveryS: number): number {
  const { database_lookup: lookup, update_every: everyS } = config.value
  const isExact = [
    'min',
    'max',
    'countif',
    'stddev',
    'cv',
    'percentile',
    'median',
    'incremental_sum',
    'sum',
    'ses',
    'des',
    'trimmed-mean',
    'trimmed-median',
  ].includes(lookup.time_group)
  const windowS = -lookup.after
  // Means of means stay right; everything else wants what was collected.
  const wishedS = windowS === 0 || isExact ? collectedEveryS : Math.max(collectedEveryS, Math.min(everyS, Math.floor(windowS / 6)))
  const leastS = Math.ceil((spanS + windowS - lookup.before) / (liveLimits.maxPoints * backTestLimits.questionsPerNode))
  const stepS = Math.max(wishedS, leastS, collectedEveryS)
  return Math.ceil(stepS / collectedEveryS) * collectedEveryS
}

/** What a back-test asks an agent: spans of at most so many rows, oldest first, on multiples of the step. */
export function backTestSlices(
  fromS: number,
  toS: number,
  stepS: number,
): readonly { readonly afterS: number; readonly beforeS: number }[] {
  const [start, end] = [Math.floor(fromS / stepS) * stepS, Math.floor(toS / stepS) * stepS]
  const longS = liveLimits.maxPoints * stepS
  const slices: { afterS: number; beforeS: number }[] = []
  for (let afterS = start; afterS < end; afterS += longS) slices.push({ afterS, beforeS: Math.min(end, afterS + longS) })
  return slices
}

/** The instances of a node that a rule is about. */
export function instancesOf(
  { type, config }: AlertRule,
  contexts: ReadonlyMap<string, readonly ContextInstance[]>,
): { readonly contextId: string; readonly instances: readonly ContextInstance[] } | undefined {
  const isWanted = compileLabels(config.match.instance_labels)
  if (type === 'template') {
    const instances = contexts.get(config.match.on)
    return instances && { contextId: config.match.on, instances: instances.filter(({ labels }) => isWanted(labels)) }
  }
  for (const [contextId, all] of contexts) {
    const found = all.filter(({ chartId }) => chartId === config.match.on)
    if (found.length > 0) return { contextId, instances: found.filter(({ labels }) => isWanted(labels)) }
  }
  return undefined
}

export interface BackTestDeps {
  readonly client: Pick<LiveClient, 'ask'>
  readonly onProgress: (progress: BackTestProgress) => void
  /** Lets the page draw between two pieces of work. */
  readonly rest: () => Promise<void>
}

/** Judges a rule by what agents remember. One node after the other; a node that does not answer is a gap, not the end. */
export async function runBackTest(deps: BackTestDeps, wish: BackTestWish, signal: AbortSignal): Promise<BackTest> {
  const results: BackTestResult[] = []
  const gaps: BackTestGap[] = []
  let leftOut = 0
  let [done, total] = [0, wish.nodes.length]
  const isWantedHost = compileLabels(wish.rule.config.match.host_labels)
  const tell = (doneMore: number, totalMore: number) => {
    done += doneMore
    total += totalMore
    deps.onProgress({ done, total })
  }
  for (const node of wish.nodes) {
    signal.throwIfAborted()
    try {
      if (!isWantedHost({ _hostname: node.hostname, ...node.labels })) throw new Error('The rule’s node labels leave this node out.')
      const catalogue = parseCatalogue(await askText(deps, node, { kind: 'contexts' }, signal))
      const found = instancesOf(wish.rule, catalogue.instances)
      if (found === undefined) throw new Error(`The node does not collect ${wish.rule.config.match.on} now.`)
      if (found.instances.length === 0) throw new Error('None of its instances matches the rule’s labels.')
      const instances = found.instances.slice(0, backTestLimits.instancesPerNode)
      leftOut += found.instances.length - instances.length
      const collectedEveryS = Math.max(1, Math.min(...instances.map(({ updateEveryS }) => updateEveryS)))
      const stepS = backTestStepS(wish.rule, wish.spanS, collectedEveryS)
      const looksBackS = -wish.rule.config.value.database_lookup.after - wish.rule.config.value.database_lookup.before
      const slices = backTestSlices(wish.nowS - wish.spanS - looksBackS, wish.nowS, stepS)
      tell(1, slices.length)
      const answers: DataAnswer[] = []
      for (const { afterS, beforeS } of slices) {
        const isAll = instances.length === catalogue.instances.get(found.contextId)?.length
        const text = await askText(
          deps,
          node,
          {
            kind: 'data',
            contexts: [found.contextId],
            afterS,
            beforeS,
            points: Math.max(1, (beforeS - afterS) / stepS),
            ...(isAll ? {} : { instances: instances.map(({ chartId }) => chartId) }),
          },
          signal,
          true,
        )
        if (text !== '') answers.push(parseDataAnswer(text))
        tell(1, 0)
      }
      for (const instance of instances) {
        await deps.rest()
        signal.throwIfAborted()
        const series = seriesOf(answers, instance, stepS, collectedEveryS)
        if (series === undefined) gaps.push({ node, text: `${instance.label}: the agent remembers nothing of this time.` })
        else results.push(judge(node, instance, wish.rule, series))
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      gaps.push({ node, text: thrown instanceof Error ? thrown.message : 'The node did not answer.' })
      tell(1, 0)
    }
  }
  return { results, gaps, leftOut }
}

async function askText(
  { client }: BackTestDeps,
  { nodeId }: TestedNode,
  question: Parameters<LiveClient['ask']>[1],
  signal: AbortSignal,
  mayBeEmpty = false,
): Promise<string> {
  const { text, httpStatus } = await client.ask(nodeId, question, signal)
  if (httpStatus === 200) return text
  // Agents say so of a time before they remember anything (agent-api §6.2).
  if (mayBeEmpty && (httpStatus === 404 || httpStatus === 400)) return ''
  const meaning = agentStatusMeaning(httpStatus)
  throw new ThroughlineError(
    'AGENT_PROTOCOL',
    meaning === undefined ? `The agent answered ${httpStatus}.` : `${meaning.title} ${meaning.text}`,
  )
}

/** The rows of one instance out of all answers, in even steps; undefined when none holds a value. */
function seriesOf(
  answers: readonly DataAnswer[],
  { chartId, dimensions }: ContextInstance,
  askedStepS: number,
  collectedEveryS: number,
): HistorySeries | undefined {
  const parts = answers.map((answer) => ({
    answer,
    columns: dimensions.map(({ id }) => answer.columns.find((column) => column.chartId === chartId && column.dimensionId === id)),
  }))
  // Where an agent has only coarser points left, all rows become as coarse: a step changes for the whole series.
  const stepS = Math.max(askedStepS, ...answers.map((answer) => answer.stepS))
  const rows = new Map<number, (number | null)[]>()
  for (const { answer, columns } of parts) {
    answer.timesS.forEach((timeS, row) => {
      const values = columns.map((column) => {
        const value = column?.values[row] ?? Number.NaN
        return Number.isNaN(value) ? null : value
      })
      if (values.some((value) => value !== null)) rows.set(Math.round(timeS / stepS), values)
    })
  }
  if (rows.size === 0) return undefined
  const steps = [...rows.keys()]
  const [first, last] = [steps.reduce((a, b) => Math.min(a, b)), steps.reduce((a, b) => Math.max(a, b))]
  const none = dimensions.map(() => null)
  return {
    firstS: first * stepS,
    updateEveryS: stepS,
    collectedEveryS,
    dimensions,
    rows: Array.from({ length: last - first + 1 }, (_, index) => rows.get(first + index) ?? none),
  }
}

function judge(node: TestedNode, instance: ContextInstance, { config }: AlertRule, series: HistorySeries): BackTestResult {
  const verdict = evaluateHistory(config, series)
  const { timesS, values } = foundValues(config, series)
  const { chartId, label } = instance
  return { node, chartId, label, verdict, timesS, values, stepS: series.updateEveryS, knownFromS: series.firstS }
}

/** What the rule found at even times: as many as a chart can show. */
function foundValues(config: AlertRule['config'], { firstS, updateEveryS, dimensions, rows }: HistorySeries) {
  const rule = compileRule(config)
  const lastS = firstS + (rows.length - 1) * updateEveryS
  const samples = {
    updateEveryS,
    firstS,
    lastS,
    dimensions,
    at: (dimension: number, timeS: number) => rows[Math.round((timeS - firstS) / updateEveryS)]?.[dimension] ?? Number.NaN,
  }
  const strideS = Math.max(updateEveryS, Math.ceil((lastS - firstS) / backTestLimits.drawnPoints / updateEveryS) * updateEveryS)
  const timesS: number[] = []
  for (let timeS = firstS + Math.ceil(rule.looksBackS / updateEveryS) * updateEveryS; timeS <= lastS; timeS += strideS) timesS.push(timeS)
  const values = timesS.map((timeS) => rule.evaluate(samples, freshState, timeS).value ?? null)
  return { timesS, values }
}

/** What a back-test could not know, as sentences. */
export function caveatWords(results: readonly BackTestResult[]): readonly string[] {
  const words: Readonly<Record<HistoryVerdict['caveats'][number], string>> = {
    'coarse-rows': 'The agent gave rows coarser than it collects: short peaks are flattened, so it may have fired more often.',
    aligned: 'The lookup snaps to multiples of its length; agents may begin them at another second.',
    'unknown-variables':
      'The rule reads variables of other charts, other alerts or the host. They have no history here; where they decide, nothing was judged.',
    anomalies: 'How anomalous values were is known to agents alone; such a lookup cannot be judged here.',
    'too-short': 'The agent remembers less than one window of the lookup.',
    gaps: 'There are gaps in what the agent remembers; nothing was judged there.',
  }
  const found = new Set(results.flatMap(({ verdict }) => verdict.caveats))
  const unknown = [...new Set(results.flatMap(({ verdict }) => verdict.unknownVariables))]
  return [...found].map((caveat) =>
    caveat === 'unknown-variables' && unknown.length > 0
      ? `${words[caveat]} (${unknown
          .slice(0, 8)
          .map((name) => `$${name}`)
          .join(', ')})`
      : words[caveat],
  )
}
