import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalBus } from '../../../cloud/bus/local/local-bus.ts'
import type { ReadNeed, Viewer, Visitor } from '../../../cloud/relay/ports.ts'
import { createRelay } from '../../../cloud/relay/relay.ts'
import type { MemberId, NodeId, PersonId, RoomId, SignInId, SpaceId } from '../../../src/domain/ids.ts'
import type { NodeState, Role } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../../src/errors/throughline-error.ts'
import type { ChangedThing } from '../../../src/live/changes.ts'
import type { Log } from '../../../src/support/log.ts'
import { createHandClock } from '../hand-clock.ts'
import { openLiveBrowser } from './live-browser.ts'
import type { LiveBrowser } from './live-browser.ts'

export const nodeA = '11111111-1111-4111-8111-111111111111' as NodeId
/** The one room of these tests, with every node that can be seen. */
export const room = '55555555-5555-4555-8555-555555555555' as RoomId
/** What agents call a node by. */
export const machineGuidOf = (nodeId: NodeId) => nodeId.replace(/^.{4}/, 'abcd')
export const nodeB = '22222222-2222-4222-8222-222222222222' as NodeId
export const foreignNode = '33333333-3333-4333-8333-333333333333' as NodeId

/**
 * A real relay on a real loopback socket, with rights, node states and the clock in the test's hand; with a bus and clock of their
 * own, or with those of a gateway.
 */
export async function startLiveRelay(log: Log, { clock = createHandClock(), bus = createLocalBus() } = {}) {
  const visible = new Set<NodeId>([nodeA, nodeB])
  const states = new Map<NodeId, NodeState>()
  const listeners = new Set<(change: { nodeId: NodeId; state: NodeState }) => void>()
  const rights = {
    refusal: undefined as ErrorCode | undefined,
    isStoreDown: false,
    expiresAtMs: clock.nowMs() + 15 * 60_000,
    isSignedIn: true,
    asked: [] as NodeId[],
    needs: [] as ReadNeed[],
    personId: 'person' as PersonId,
    role: 'admin' as Role,
    permissions: 0x7ff,
  }
  const viewer = (): Viewer => ({
    personId: 'person' as PersonId,
    spaceId: 'space' as SpaceId,
    role: rights.role,
    signInId: 'sign-in' as SignInId,
    expiresAtMs: rights.expiresAtMs,
  })
  /** What the witness heard, in order: what, who, which node, and the rest. */
  const witnessed: { readonly what: string; readonly personId: PersonId; readonly nodeId: NodeId; readonly more?: unknown }[] = []
  const hear = (what: string) => (visitor: Visitor, nodeId: NodeId, more?: unknown) =>
    void witnessed.push({ what, personId: visitor.personId, nodeId, ...(more === undefined ? {} : { more }) })
  const notes: { what: string; nodeId: NodeId }[] = []
  const denials: string[] = []
  const reader = () => ({
    personId: rights.personId,
    memberId: 'member' as MemberId,
    spaceId: 'space' as SpaceId,
    role: rights.role,
    permissions: rights.permissions,
    via: 'api-token' as const,
    seesAllNodes: true,
  })
  const changeListeners = new Set<(spaceId: SpaceId, what: ChangedThing) => void>()
  const relay = createRelay({
    bus,
    changes: {
      onChange(listener) {
        changeListeners.add(listener)
        return () => void changeListeners.delete(listener)
      },
    },
    witness: { viewStarted: hear('started'), viewStopped: hear('stopped'), functionRun: hear('function'), denied: hear('denied') },
    clock,
    log,
    origin: 'https://localhost:8443',
    rooms: {
      nodesOfRoom: async (_reader, roomId) =>
        roomId === room
          ? [...visible].map((nodeId) => ({ nodeId, machineGuid: machineGuidOf(nodeId), hostname: `host-${nodeId.slice(0, 1)}` }))
          : undefined,
    },
    notes: {
      onFunctionRun: async ({ nodeId, name, isChange }) => void notes.push({ what: `${isChange ? 'change' : 'function'} ${name}`, nodeId }),
      onDenied: async ({ need }) => void denials.push(need),
      onTokenMinted: async ({ nodeId }) => void notes.push({ what: 'token', nodeId }),
    },
    random: () => 0.5,
    rights: {
      async authenticate() {
        if (rights.refusal) throw new ThroughlineError(rights.refusal, 'Refused by the test.')
        return viewer()
      },
      async mayView(_viewer, nodeId) {
        rights.asked.push(nodeId)
        if (rights.isStoreDown) throw new ThroughlineError('STORE_UNAVAILABLE', 'The store does not answer.')
        return visible.has(nodeId)
      },
      async agentRights() {
        if (rights.isStoreDown) throw new ThroughlineError('STORE_UNAVAILABLE', 'The store does not answer.')
        return { role: rights.role, permissions: rights.permissions }
      },
      async admitReader(_proof, _spaceId, need = 'data.read', onDenied = async () => {}) {
        rights.needs.push(need)
        if (rights.refusal === 'FORBIDDEN') await onDenied(reader())
        if (rights.refusal) throw new ThroughlineError(rights.refusal, 'Refused by the test.')
        return reader()
      },
      async admitNodeReader(_proof, nodeId, need) {
        rights.needs.push(need)
        if (rights.refusal) throw new ThroughlineError(rights.refusal, 'Refused by the test.')
        if (!visible.has(nodeId)) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
        return reader()
      },
      async mayRead(_reader, nodeId) {
        rights.asked.push(nodeId)
        return visible.has(nodeId)
      },
      async renewed() {
        if (rights.isStoreDown) throw new ThroughlineError('STORE_UNAVAILABLE', 'The store does not answer.')
        return rights.isSignedIn ? viewer() : undefined
      },
    },
    states: {
      stateOf: (nodeId) => states.get(nodeId) ?? 'unseen',
      onChange(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
  })
  const server = createServer((request, response) => relay.handleRequest(request, response))
  server.on('upgrade', (request, socket, head) => relay.handleUpgrade(request, socket, head))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `ws://127.0.0.1:${port}/live`
  return {
    url,
    port,
    clock,
    bus,
    relay,
    rights,
    notes,
    denials,
    visible,
    witnessed,
    setState(nodeId: NodeId, state: NodeState) {
      states.set(nodeId, state)
      for (const listener of listeners) listener({ nodeId, state })
    },
    change(spaceId: SpaceId, what: ChangedThing) {
      for (const listener of changeListeners) listener(spaceId, what)
    },
    open: (): Promise<LiveBrowser> => openLiveBrowser(url),
    async stop() {
      await relay.close()
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

export type LiveRelayDouble = Awaited<ReturnType<typeof startLiveRelay>>
