import { randomUUID } from 'node:crypto'
import type { NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { asThroughlineError, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { ChangeItem } from '../../metadata/change-item.ts'
import type { Unfinished } from '../../metadata/unfinished.ts'
import type { MetadataStore } from '../../store/port.ts'
import { runKey } from '../keys.ts'
import type { Documents } from '../kept/documents.ts'
import type { NodeStates } from '../kept/node-states.ts'
import { configureLimits } from '../limits.ts'
import type { CannotConfigure, ConfigPlace, ConfigRights } from '../ports.ts'
import { runContent, runOf, type Run, type RunAction, type RunResult } from './run-record.ts'
import type { StepResult, Steps, WantedVersion } from './steps.ts'
import type { Turns } from './turns.ts'
import type { Wishes } from './wishes.ts'

/** Changes and checks of many nodes at once. */
export interface Runs {
  /**
   * Begins a run and answers at once; it goes on whatever becomes of this process. Without nodes a check is of all that have the
   * document. Throws NOT_FOUND for a document that is not there, CONFLICT when too many runs are under way.
   */
  start(
    spaceId: SpaceId,
    wish: { readonly documentId: string; readonly action: RunAction; readonly nodeIds: readonly NodeId[]; readonly by: PersonId },
  ): Promise<Run>
  /** A run as it stands; undefined alike for absent, foreign and forgotten ones. */
  get(spaceId: SpaceId, runId: string): Promise<(Run & { readonly results: readonly RunResult[]; readonly isDone: boolean }) | undefined>
  /** Goes on with what a crash left under way. */
  resume(): Promise<void>
  /** Ends what is under way where it is: the next start goes on. */
  close(): Promise<void>
}

export interface RunsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly unfinished: Unfinished
  readonly documents: Documents
  readonly states: NodeStates
  readonly steps: Steps
  readonly wishes: Pick<Wishes, 'note' | 'arm'>
  readonly turns: Turns
  readonly placeOf: (nodeId: NodeId) => ConfigPlace
  readonly rights: ConfigRights
  readonly clock: Clock
  readonly log: Log
}

/** Why a node cannot be configured, for a person. */
const whySentences: Readonly<Record<CannotConfigure, string>> = {
  'too-old': 'The agent of this node cannot be configured from afar; agents from 1.45 on can.',
  'no-capability': 'The agent of this node has switched configuration from afar off.',
  'no-health': 'The agent of this node evaluates no alerts.',
  'not-live': 'The node is not connected; it is changed when it comes back.',
}
const notAllowed = 'Whoever asked for this may no longer change alerts.'

const noteName = (runId: string) => `alert-run/${runId}`

export function createRuns(deps: RunsDeps): Runs {
  const { store, changeItem, unfinished, documents, states, steps, wishes, turns, placeOf, rights, clock, log } = deps
  const stopping = new AbortController()
  /** Runs of this process, with what became of each node so far. */
  const underWay = new Map<string, { readonly run: Run; readonly results: Map<NodeId, RunResult>; readonly ended: Promise<void> }>()

  const pending = (nodeId: NodeId): RunResult => ({ nodeId, viaNodeId: null, state: 'waiting', status: null, problem: null })

  /** What an earlier process did for a node of a run, before it ended; undefined: nothing that is known to be complete. */
  const doneBefore = async ({ spaceId, documentId, runId, action }: Run, nodeId: NodeId): Promise<StepResult | undefined> => {
    const entry = action === 'check' ? undefined : await states.get(spaceId, documentId, nodeId)
    const isDone = entry?.runId === runId && entry.state === (action === 'apply' ? 'applied' : 'restored')
    return isDone ? { state: 'done', status: entry.status, problem: entry.problem } : undefined
  }

  /** One node of a run. Throws STORE_UNAVAILABLE and CANCELLED. */
  const work = async (run: Run, nodeId: NodeId, name: string, wanted: WantedVersion | null, onStart: (ownNodeId: NodeId) => void) => {
    const { spaceId, documentId, by, runId, action } = run
    const place = placeOf(nodeId)
    const step = { spaceId, documentId, nodeId, by, runId }
    if (place.ownNodeId === undefined) {
      const problem = whySentences[place.why]
      if (action === 'check')
        return { state: 'failed', status: null, problem: place.why === 'not-live' ? 'The node is not connected.' : problem } as const
      const entry = await states.get(spaceId, documentId, nodeId)
      if (action === 'restore' && entry === undefined)
        return { state: 'failed', status: null, problem: 'Nothing of this document was put on this node.' } as const
      if (place.why !== 'not-live') return steps.refuse(step, wanted, problem)
      if (action === 'restore' && entry?.original === 'none')
        return steps.restore({ ...step, name, asker: nobody, signal: stopping.signal })
      await wishes.note(spaceId, documentId, nodeId)
      const kept = await steps.keepWish(step, wanted, problem)
      wishes.arm(spaceId, documentId, nodeId)
      return kept
    }
    const { ownNodeId } = place
    return turns.run(ownNodeId, async (): Promise<StepResult> => {
      if (stopping.signal.aborted) throw new ThroughlineError('CANCELLED', 'The cloud is stopping.')
      const asker = await rights.rightsOf(spaceId, by)
      if (asker === undefined) return { state: 'failed', status: null, problem: notAllowed }
      onStart(ownNodeId)
      const whole = { ...step, nodeId: ownNodeId, name, asker, signal: stopping.signal }
      if (action === 'check') return steps.check(whole)
      const result = action === 'restore' || wanted === null ? await steps.restore(whole) : await steps.apply(whole, wanted)
      if (result.state === 'waiting') {
        await wishes.note(spaceId, documentId, ownNodeId)
        wishes.arm(spaceId, documentId, ownNodeId)
      }
      return result
    })
  }

  /** All nodes of a run; its results are kept at the end. What it stops at is found by the next start. */
  const carryOut = async (run: Run, name: string, wanted: WantedVersion | null, results: Map<NodeId, RunResult>, isResumed: boolean) => {
    const { spaceId, documentId, runId } = run
    const settled = await Promise.allSettled(
      run.nodeIds.map(async (nodeId) => {
        const via = (ownNodeId: NodeId) => (ownNodeId === nodeId ? null : ownNodeId)
        let viaNodeId: NodeId | null = null
        const before = isResumed ? await doneBefore(run, nodeId) : undefined
        const result =
          before ??
          (await work(run, nodeId, name, wanted, (ownNodeId) => {
            viaNodeId = via(ownNodeId)
            results.set(nodeId, { ...pending(nodeId), viaNodeId, state: 'running' })
          }))
        results.set(nodeId, { nodeId, viaNodeId, ...result })
      }),
    )
    const broken = settled.find((outcome) => outcome.status === 'rejected')
    if (broken !== undefined) throw broken.reason
    const ended = run.nodeIds.map((nodeId) => results.get(nodeId) ?? pending(nodeId))
    await changeItem(runKey(spaceId, runId), (current) => (current === undefined ? undefined : runContent({ ...run, results: ended })))
    await documents.endRun(spaceId, documentId, runId)
    const note = await unfinished.find(noteName(runId))
    if (note !== undefined) await unfinished.strike(note)
    log.info('alert_run_ended', { action: run.action, nodes: ended.length, failed: ended.filter(({ state }) => state === 'failed').length })
  }

  const launch = (run: Run, name: string, wanted: WantedVersion | null, isResumed: boolean) => {
    const results = new Map(run.nodeIds.map((nodeId) => [nodeId, pending(nodeId)]))
    const ended = carryOut(run, name, wanted, results, isResumed).then(
      () => void underWay.delete(run.runId),
      (thrown: unknown) => {
        underWay.delete(run.runId)
        const { code } = asThroughlineError(thrown)
        if (stopping.signal.aborted) return
        log.warn('alert_run_broke_off', { code })
        clock.after(configureLimits.waitAgainMs, () => void resume().catch(() => log.warn('alert_run_resume_failed')))
      },
    )
    underWay.set(run.runId, { run, results, ended })
  }

  /** A run that nobody carries out now: its document is held, then it begins. False when its document is gone. */
  const begin = async (run: Run, isResumed: boolean): Promise<boolean> => {
    const kept = await documents.beginRun(run.spaceId, run.documentId, run.runId)
    if (kept === undefined) return false
    if (run.action !== 'apply') {
      launch(run, kept.name, null, isResumed)
      return true
    }
    const version = run.version ?? kept.version
    const document = version === kept.version ? kept.document : await documents.version(run.spaceId, run.documentId, version)
    // A version that is not kept any more gives way to the newest.
    launch(run, kept.name, document === undefined ? { version: kept.version, document: kept.document } : { version, document }, isResumed)
    return true
  }

  return {
    async start(spaceId, { documentId, action, nodeIds, by }) {
      const head = await documents.get(spaceId, documentId)
      if (head === undefined) throw noDocument()
      const chosen = nodeIds.length > 0 || action !== 'check' ? [...new Set(nodeIds)] : await nodesWith(spaceId, documentId)
      const run: Run = {
        runId: randomUUID(),
        spaceId,
        documentId,
        action,
        version: action === 'apply' ? head.version : null,
        nodeIds: chosen.slice(0, configureLimits.nodesPerRun),
        by,
        startedAtMs: clock.nowMs(),
        results: undefined,
      }
      // Noted before anything is done, so that the next start finds what a crash leaves.
      await unfinished.note(noteName(run.runId), { spaceId })
      try {
        await store.write({ ...runKey(spaceId, run.runId), ...runContent(run) }, 'absent')
        if (!(await begin(run, false))) throw noDocument()
        return run
      } catch (thrown) {
        await forget(run).catch(() => undefined)
        throw thrown
      }
    },

    async get(spaceId, runId) {
      const live = underWay.get(runId)
      if (live?.run.spaceId === spaceId) return { ...live.run, results: [...live.results.values()], isDone: false }
      const item = await store.read(runKey(spaceId, runId))
      if (item === undefined) return undefined
      const run = runOf(spaceId, item)
      return { ...run, results: run.results ?? run.nodeIds.map(pending), isDone: run.results !== undefined }
    },

    resume,

    async close() {
      stopping.abort()
      await Promise.all([...underWay.values()].map(({ ended }) => ended))
    },
  }

  async function resume(): Promise<void> {
    for (const note of await unfinished.list('alert-run/')) {
      const runId = note.sort.slice('alert-run/'.length)
      const { spaceId } = note.data as { spaceId: SpaceId }
      if (underWay.has(runId)) continue
      const item = await store.read(runKey(spaceId, runId))
      const run = item && runOf(spaceId, item)
      // Nothing was begun, or only the last line of a finished run is missing.
      if (run === undefined || run.results !== undefined || !(await begin(run, true))) {
        if (run !== undefined) await documents.endRun(spaceId, run.documentId, runId)
        await unfinished.strike(note)
      } else log.info('alert_run_resumed', { action: run.action, nodes: run.nodeIds.length })
    }
  }

  async function nodesWith(spaceId: SpaceId, documentId: string): Promise<NodeId[]> {
    const kept = await states.list(spaceId, documentId)
    return kept.filter(({ original }) => original !== 'none').map(({ nodeId }) => nodeId)
  }

  async function forget({ spaceId, documentId, runId }: Run): Promise<void> {
    const item = await store.read(runKey(spaceId, runId))
    if (item !== undefined) await store.remove(item, item.revision)
    await documents.endRun(spaceId, documentId, runId)
    const note = await unfinished.find(noteName(runId))
    if (note !== undefined) await unfinished.strike(note)
  }
}

/** What restoring a wish that never left needs of an asker: nothing is asked. */
const nobody = { role: 'observer', permissions: 0, personId: undefined } as const

const noDocument = () => new ThroughlineError('NOT_FOUND', 'There is no such alert document.')
