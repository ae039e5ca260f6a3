import { onTestFinished } from 'vitest'
import { createLocalBus } from '../../../cloud/bus/local/local-bus.ts'
import { createConfigure, type Configure } from '../../../cloud/configure/configure.ts'
import type { ConfigAsker } from '../../../cloud/configure/ports.ts'
import type { RunAction } from '../../../cloud/configure/runs/run-record.ts'
import { createUnfinished } from '../../../cloud/metadata/unfinished.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import type { ClaimId, NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createDyncfgAgent, type DyncfgAgent } from '../agents/dyncfg-agent.ts'
import { createHandClock } from '../hand-clock.ts'
import { createMemoryStore } from '../stores/memory-store.ts'
import { newUuid } from '../agents/metadata-agents.ts'
import { waitUntil } from '../wait-until.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await waitUntil(async () => ((await isSo()) ? true : undefined))
}

export const admin: Pick<ConfigAsker, 'role' | 'permissions'> = { role: 'admin', permissions: 0x7ff }

/** The service over a store and a bus, with agents that a test connects. */
export function createConfigureBench(wish: { readonly store?: MetadataStore; readonly clock?: ReturnType<typeof createHandClock> } = {}) {
  const clock = wish.clock ?? createHandClock()
  const store = wish.store ?? createMemoryStore(clock)
  const bus = createLocalBus()
  const [spaceId, personId] = [newUuid<SpaceId>(), newUuid<PersonId>()]
  /** What people may do; absent: nothing any more. */
  const rights = new Map<PersonId, Pick<ConfigAsker, 'role' | 'permissions'>>([[personId, admin]])
  const owners = new Map<ClaimId, NodeId>()
  const open: Configure[] = []
  const start = (over: MetadataStore): Configure => {
    const configure = createConfigure({
      store: over,
      unfinished: createUnfinished(over),
      bus,
      presence: { ownNodeOf: (_nodeId, claimId) => owners.get(claimId) },
      rights: {
        rightsOf: async (_spaceId, person) => {
          const right = rights.get(person)
          return right && { ...right, personId: person }
        },
      },
      clock,
      log: silentLog,
    })
    open.push(configure)
    return configure
  }
  onTestFinished(async () => void (await Promise.all(open.map((configure) => configure.close()))))
  let configure = start(store)
  const stateOf = async (documentId: string, nodeId: NodeId) =>
    (await configure.states(spaceId, documentId)).find((state) => state.nodeId === nodeId)
  return {
    clock,
    store,
    bus,
    spaceId,
    personId,
    rights,
    owners,
    configure,
    /** Another process over the same items; the one before is as dead as kill -9 leaves it. */
    restart: async (over: MetadataStore = store): Promise<Configure> => {
      configure = start(over)
      await configure.resume()
      return configure
    },
    /** A node whose agent runs these alerts. */
    connect: (stock: readonly AlertDocument[] = [], nodeId: NodeId = newUuid<NodeId>(), agent: DyncfgAgent = createDyncfgAgent(stock)) => ({
      nodeId,
      agent,
      disconnect: agent.serve(bus, { nodeId, spaceId }),
    }),
    make: async (document: AlertDocument, note = '') => configure.create(spaceId, { document, by: personId, note }),
    /** A run to its end, with its results. */
    run: async (documentId: string, action: RunAction, nodeIds: readonly NodeId[]) => {
      const { runId } = await configure.start(spaceId, { documentId, action, nodeIds, by: personId })
      await until(async () => (await configure.run(spaceId, runId))?.isDone === true)
      return (await configure.run(spaceId, runId))?.results ?? []
    },
    stateOf,
  }
}
