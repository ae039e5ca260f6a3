import type { NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { alertDifferences, isSameAlert } from '../../../src/health/same-alert.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { NodeEntry, NodeState, NodeStates, NodeTexts } from '../kept/node-states.ts'
import type { AgentConfiguration, AgentTree, ConfigAsker } from '../ports.ts'

/** What is to happen to one document at one agent. */
export interface Step {
  readonly spaceId: SpaceId
  readonly documentId: string
  readonly name: string
  /** The agent's own node. */
  readonly nodeId: NodeId
  readonly by: PersonId
  readonly runId: string
  readonly asker: ConfigAsker
  readonly signal: AbortSignal
}

/** What became of it. `waiting`: the agent went away, and what is wished is kept for its return. */
export interface StepResult {
  readonly state: 'done' | 'failed' | 'waiting'
  readonly status: number | null
  readonly problem: string | null
}

/** A version of a document, with its text. */
export interface WantedVersion {
  readonly version: number
  readonly document: AlertDocument
}

/**
 * The steps of changing and checking one agent. Each may be cut off between any two of its writes and questions, and done again: what
 * ran before is kept before the first change is sent, and a change that already runs is not sent again.
 */
export interface Steps {
  apply(step: Step, wanted: WantedVersion): Promise<StepResult>
  /** Puts back what ran before our first change, or takes away what we added. */
  restore(step: Step): Promise<StepResult>
  /** Compares what runs with what the agent took last. */
  check(step: Step): Promise<StepResult>
  /** Keeps a wish for an agent that cannot be asked now; null wishes back what ran before. */
  keepWish(step: Omit<Step, 'asker' | 'signal' | 'name'>, wanted: WantedVersion | null, problem: string): Promise<StepResult>
  /** Keeps that a wish cannot come true. */
  refuse(step: Omit<Step, 'asker' | 'signal' | 'name'>, wanted: WantedVersion | null, problem: string): Promise<StepResult>
}

const goodStatuses = new Set([200, 202, 298, 299])

/** What an answer of an agent means to a person; null when it is simply good. */
const sentences: Readonly<Record<number, string>> = {
  298: 'It is in place, and switched off on this agent.',
  299: 'It is in place, and counts from the next start of this agent.',
  400: 'The agent refuses this document; a dry run on it says why.',
  403: 'The agent does not allow this change.',
  404: 'The agent no longer has this alert.',
  412: 'The agent does not allow this change.',
  451: 'The owner of this agent lets nobody configure it from afar.',
  501: 'The agent does not offer this change of this alert; it may stand in a file on its host.',
}
const waits = 'The node is not connected; it is changed when it comes back.'

export interface StepsDeps {
  readonly agents: AgentConfiguration
  readonly states: NodeStates
  readonly clock: Clock
}

export function createSteps({ agents, states, clock }: StepsDeps): Steps {
  /** What runs now; undefined: no such alert. Throws AGENT_PROTOCOL when it cannot be read. */
  const running = async ({ nodeId, name, asker, signal }: Step, tree: AgentTree): Promise<AlertDocument | undefined> => {
    const known = tree.alerts.get(name)
    return known === undefined ? undefined : agents.get(nodeId, name, asker, signal)
  }

  const write = (
    { spaceId, documentId, nodeId, by, runId }: Omit<Step, 'asker' | 'signal' | 'name'>,
    next: (current: NodeEntry | undefined) => Partial<NodeState> & { readonly texts?: NodeTexts },
  ) =>
    states.change(spaceId, documentId, nodeId, (current) => ({
      ...untouched,
      ...current,
      wishedAtMs: current?.runId === runId ? current.wishedAtMs : clock.nowMs(),
      ...next(current),
      by,
      runId,
    }))

  /** Keeps what an agent's failing means for the wish. */
  const failed = async (step: Step, thrown: unknown, isSent: boolean): Promise<StepResult> => {
    const { code, message } = asThroughlineError(thrown)
    // The store is away, or the cloud is stopping: the run finds it as it is, later.
    if (code === 'STORE_UNAVAILABLE' || code === 'CANCELLED') throw thrown
    if (code === 'AGENT_UNREACHABLE') {
      await write(step, () => ({ state: 'waiting', problem: waits, status: null }))
      return { state: 'waiting', status: null, problem: waits }
    }
    const problem = isSent && code !== 'FORBIDDEN' ? 'It is not known whether the agent took the change; a check tells.' : message
    await write(step, () => ({ state: 'failed', problem, status: null }))
    return { state: 'failed', status: null, problem }
  }

  return {
    async apply(step, wanted) {
      let isSent = false
      try {
        const tree = await agents.list(step.nodeId, step.asker, step.signal)
        const runs = await running(step, tree)
        await write(step, (current) => {
          const isFirst = current === undefined || current.original === 'none'
          const original = runs === undefined ? {} : { original: runs }
          return {
            wanted: wanted.version,
            state: 'waiting',
            problem: null,
            status: null,
            original: isFirst ? (runs === undefined ? 'was-not' : 'was') : current.original,
            texts: { ...current?.texts, ...(isFirst ? original : {}), wanted: wanted.document },
          }
        })
        const isThere = runs !== undefined && isSameAlert(wanted.document, runs)
        isSent = !isThere
        const { status } = isThere ? { status: 200 } : await agents.put(step.nodeId, wanted.document, step.asker, step.signal, tree)
        const isGood = goodStatuses.has(status)
        const problem = sentences[status] ?? null
        await write(step, (current) =>
          isGood
            ? {
                applied: wanted.version,
                state: 'applied',
                problem,
                status,
                texts: { ...current?.texts, applied: wanted.document },
              }
            : // Nothing of ours runs there then, unless something did before.
              { state: 'failed', problem, status, ...(current?.applied === null ? { original: 'none', texts: {} } : {}) },
        )
        return { state: isGood ? 'done' : 'failed', status, problem }
      } catch (thrown) {
        return failed(step, thrown, isSent)
      }
    },

    async restore(step) {
      let isSent = false
      try {
        const entry = await states.get(step.spaceId, step.documentId, step.nodeId)
        if (entry === undefined) return { state: 'failed', status: null, problem: 'Nothing of this document was put on this node.' }
        if (entry.original === 'none') {
          // A wish that never reached the agent is taken back.
          await write(step, () => restored(null, null))
          return { state: 'done', status: null, problem: null }
        }
        const tree = await agents.list(step.nodeId, step.asker, step.signal)
        const runs = await running(step, tree)
        const original = entry.original === 'was' ? entry.texts.original : undefined
        await write(step, () => ({ wanted: null, state: 'waiting', problem: null, status: null }))
        const isThere = original === undefined ? runs === undefined : runs !== undefined && isSameAlert(original, runs)
        isSent = !isThere
        const { status } = isThere
          ? { status: 200 }
          : original === undefined
            ? await agents.remove(step.nodeId, step.name, step.asker, step.signal, tree)
            : await agents.put(step.nodeId, original, step.asker, step.signal, tree)
        const isGood = goodStatuses.has(status) || (original === undefined && status === 404)
        const problem = isGood && original === undefined ? null : (sentences[status] ?? null)
        await write(step, () => (isGood ? restored(status, problem) : { state: 'failed', problem, status }))
        return { state: isGood ? 'done' : 'failed', status, problem }
      } catch (thrown) {
        return failed(step, thrown, isSent)
      }
    },

    async check(step) {
      const entry = await states.get(step.spaceId, step.documentId, step.nodeId)
      if (entry === undefined || entry.original === 'none')
        return { state: 'failed', status: null, problem: 'Nothing of this document was put on this node.' }
      let runs: AlertDocument | undefined
      try {
        runs = await running(step, await agents.list(step.nodeId, step.asker, step.signal))
      } catch (thrown) {
        const { code, message } = asThroughlineError(thrown)
        if (code === 'STORE_UNAVAILABLE' || code === 'CANCELLED') throw thrown
        return { state: 'failed', status: null, problem: message }
      }
      await states.change(step.spaceId, step.documentId, step.nodeId, (current) => {
        // Somebody's wish came between: their step says what runs.
        if (current === undefined || current.original === 'none' || current.atMs !== entry.atMs || current.state === 'waiting')
          return undefined
        const found = judge(current, runs)
        return found.state === current.state && found.problem === current.problem ? undefined : { ...current, ...found }
      })
      const { problem } = judge(entry, runs)
      return { state: 'done', status: 200, problem }
    },

    async keepWish(step, wanted, problem) {
      await write(step, (current) => ({
        wanted: wanted?.version ?? null,
        state: 'waiting',
        problem,
        status: null,
        texts: { ...current?.texts, ...(wanted === null ? {} : { wanted: wanted.document }) },
      }))
      return { state: 'waiting', status: null, problem }
    },

    async refuse(step, wanted, problem) {
      await write(step, (current) => ({
        wanted: wanted?.version ?? null,
        state: 'failed',
        problem,
        status: null,
        texts: current?.texts ?? {},
      }))
      return { state: 'failed', status: null, problem }
    },
  }
}

/** What is known of a node before anything is. */
const untouched = { wanted: null, applied: null, state: 'waiting', problem: null, status: null, original: 'none', texts: {} } as const

const restored = (status: number | null, problem: string | null) =>
  ({ wanted: null, applied: null, state: 'restored', problem, status, original: 'none', texts: {} }) as const

/** What a look at the agent says of an entry: a change that was not known to have arrived may be found in place. */
function judge(entry: NodeEntry, runs: AlertDocument | undefined): Pick<NodeEntry, 'applied' | 'state' | 'problem' | 'texts'> {
  const { applied, texts } = entry
  if (runs === undefined) return { applied, state: 'drifted', problem: 'The agent no longer has this alert.', texts }
  if (texts.wanted !== undefined && entry.wanted !== null && isSameAlert(texts.wanted, runs))
    return { applied: entry.wanted, state: 'applied', problem: null, texts: { ...texts, applied: texts.wanted } }
  if (texts.applied === undefined) return { applied, state: 'failed', problem: entry.problem, texts }
  const differences = alertDifferences(texts.applied, runs)
  if (differences.length === 0)
    return {
      applied,
      state: entry.state === 'drifted' ? 'applied' : entry.state,
      problem: entry.state === 'drifted' ? null : entry.problem,
      texts,
    }
  const named = differences.slice(0, 5).join(', ')
  return { applied, state: 'drifted', problem: `It was changed on the agent: ${named}${differences.length > 5 ? ' and more' : ''}.`, texts }
}
