import type { NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import type { AlertDocument } from '../../src/health/alert-document.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Bus } from '../bus/port.ts'
import { createChangeItem } from '../metadata/change-item.ts'
import type { Unfinished } from '../metadata/unfinished.ts'
import { withoutDeleted } from '../metadata/deleted/bury.ts'
import type { MetadataStore } from '../store/port.ts'
import { createAgentConfiguration } from './agent-configuration.ts'
import { checkDocument } from './check-document.ts'
import { placeOf } from './config-place.ts'
import { createDriftWatch, type DriftWatch } from './drift-watch.ts'
import { createDocuments, type DocumentHead, type Documents, type KeptDocument, type SaveOutcome } from './kept/documents.ts'
import { createNodeStates, type NodeState } from './kept/node-states.ts'
import { configureLimits } from './limits.ts'
import type { ConfigPlace, ConfigPresence, ConfigRights } from './ports.ts'
import { createRuns, type Runs } from './runs/runs.ts'
import { createSteps } from './runs/steps.ts'
import { createTurns } from './runs/turns.ts'
import { createWishes } from './runs/wishes.ts'

/** Alert configuration of agents: what is kept of it, and what is done about it. */
export interface Configure extends Pick<Documents, 'list' | 'get' | 'version'>, Pick<Runs, 'start'> {
  /** Throws BODY_UNPROCESSABLE for what no agent would take, CONFLICT and LIMIT_REACHED. */
  create(spaceId: SpaceId, wish: { document: AlertDocument; by: PersonId; note: string }): Promise<KeptDocument>
  /** Undefined for a document that is not there. Throws BODY_UNPROCESSABLE. */
  save(
    spaceId: SpaceId,
    documentId: string,
    wish: { document: AlertDocument; version: number; by: PersonId; note: string },
  ): Promise<SaveOutcome | undefined>
  /** Forgets a document that runs on none of these nodes, which are all there are. Throws CONFLICT. */
  remove(spaceId: SpaceId, documentId: string, nodeIds: ReadonlySet<NodeId>): Promise<DocumentHead | undefined>
  /** What stands on nodes, of one document or of all. */
  states(spaceId: SpaceId, documentId?: string): Promise<readonly NodeState[]>
  run: Runs['get']
  /** Where the alerts of a node are configured now. */
  placeOf(nodeId: NodeId): ConfigPlace
  /** Agents told how these alerts are defined. */
  seen: DriftWatch['seen']
  /** Something may be reachable now that was not. */
  look(): void
  /** Goes on with what a crash or a lost store left under way; at start, and from time to time. */
  resume(): Promise<void>
  close(): Promise<void>
}

export interface ConfigureDeps {
  readonly store: MetadataStore
  readonly unfinished: Unfinished
  readonly bus: Bus
  readonly presence: ConfigPresence
  readonly rights: ConfigRights
  readonly clock: Clock
  readonly log: Log
}

/** Builds the parts; see {@link Configure} for what they promise. */
export function createConfigure({ store: whole, unfinished, bus, presence, rights, clock, log }: ConfigureDeps): Configure {
  const store = withoutDeleted(whole)
  const changeItem = createChangeItem(store)
  const documents = createDocuments({ store, changeItem, clock })
  const states = createNodeStates({ store, changeItem, clock })
  const agents = createAgentConfiguration({ bus, clock })
  const turns = createTurns(configureLimits.agentsAtOnce)
  const steps = createSteps({ agents, states, clock })
  const place = (nodeId: NodeId) => placeOf({ bus, presence }, nodeId)
  const wishes = createWishes({ unfinished, documents, states, steps, turns, placeOf: place, rights, clock, log })
  const runs = createRuns({
    store,
    changeItem,
    unfinished,
    documents,
    states,
    steps,
    wishes,
    turns,
    placeOf: place,
    rights,
    clock,
    log,
  })
  const drift = createDriftWatch({ states, steps, turns, placeOf: place, clock, log })

  return {
    list: (spaceId) => documents.list(spaceId),
    get: (spaceId, documentId) => documents.get(spaceId, documentId),
    version: (spaceId, documentId, version) => documents.version(spaceId, documentId, version),
    async create(spaceId, wish) {
      checkDocument(wish.document)
      return documents.create(spaceId, wish)
    },
    async save(spaceId, documentId, wish) {
      checkDocument(wish.document)
      return documents.save(spaceId, documentId, wish)
    },
    async remove(spaceId, documentId, nodeIds) {
      const stands = ({ nodeId, original, state }: NodeState) => nodeIds.has(nodeId) && (original !== 'none' || state === 'waiting')
      const removed = await documents.remove(spaceId, documentId, async () => !(await states.list(spaceId, documentId)).some(stands))
      if (removed !== undefined)
        for (const { nodeId } of await states.list(spaceId, documentId)) await states.remove(spaceId, documentId, nodeId)
      return removed
    },
    states: (spaceId, documentId) => states.list(spaceId, documentId),
    start: (spaceId, wish) => runs.start(spaceId, wish),
    run: (spaceId, runId) => runs.get(spaceId, runId),
    placeOf: place,
    seen: (spaceId, nodeId, definitions) => drift.seen(spaceId, nodeId, definitions),
    look: () => wishes.look(),
    async resume() {
      await wishes.load()
      await runs.resume()
    },
    async close() {
      await Promise.all([runs.close(), wishes.close(), drift.close()])
    },
  }
}
