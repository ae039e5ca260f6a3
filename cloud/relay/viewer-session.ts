import { holdsPermissions } from '../../src/domain/agent-permission.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import type { NodeState } from '../../src/domain/model.ts'
import { ThroughlineError, asThroughlineError, errorKinds } from '../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import { parseFromBrowser } from '../../src/live/messages.ts'
import type { FromBrowser, LiveQuestion } from '../../src/live/messages.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { Asks } from './asks.ts'
import { deliverAnswer } from './delivery.ts'
import { isChange, permissionsNeeded, requireOperation } from './operations.ts'
import type { Outlet } from './outlet.ts'
import type { AgentRights, Viewer, ViewerRights, Witness } from './ports.ts'
import { scopeOf, watchedIn, withScope } from './scope.ts'
import type { Streams } from './streams.ts'
import { createViewerWishes } from './viewer-wishes.ts'
import type { Visits } from './visits.ts'

export interface ViewerSessionDeps {
  readonly viewer: Viewer
  readonly outlet: Outlet
  readonly rights: Pick<ViewerRights, 'mayView' | 'agentRights' | 'renewed'>
  readonly streams: Streams
  readonly asks: Asks
  readonly stateOf: (nodeId: NodeId) => NodeState
  readonly visits: Visits
  readonly witness: Witness
  readonly clock: Clock
  readonly log: Log
}

/** One browser's conversation: what it wishes, what it waits for, and whether it still may. */
export interface ViewerSession {
  readonly outlet: Outlet
  onMessage(data: Buffer, isBinary: boolean): void
  onNodeState(nodeId: NodeId, state: NodeState): void
  /** Looks at rights and sign-in again; ends what is no longer allowed (security requirements R2 and S6). */
  recheck(): Promise<void>
  subscriptionCount(): number
  /** The socket is gone: every slot is freed. */
  end(): void
}

type Ask = { readonly scope: readonly NodeId[]; readonly needed: number } & (
  { readonly is: 'checking' } | { readonly is: 'waiting'; cancel(): void }
)

/** What somebody may do of whom nothing is known any more. */
const nothing: AgentRights = { role: 'member', permissions: 0 }

type Message<T extends FromBrowser['type']> = Extract<FromBrowser, { type: T }>

/** The session of a viewer who has been let in; greets first. */
export function createViewerSession(deps: ViewerSessionDeps): ViewerSession {
  const { outlet, rights, streams, asks, stateOf, witness, clock, log } = deps
  let { viewer } = deps
  const waiting = new Map<number, Ask>()
  let isEnded = false
  let isRechecking = false
  let invalidMessages = 0
  let tokens: number = liveLimits.messageBurst
  let tokensAtMs = clock.monotonicMs()
  let renewedAtMs = clock.monotonicMs()
  let rightsLostAtMs: number | undefined

  function refuse(id: number | undefined, error: ThroughlineError): void {
    outlet.text({ type: 'error', id, code: error.code, message: error.message, retry: errorKinds[error.code].retry })
  }

  /** Whether the viewer may see the node; when not, the same words for a foreign and an absent one. */
  async function requireView(nodeId: NodeId): Promise<void> {
    if (!(await rights.mayView(viewer, nodeId))) throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
  }

  const visit = deps.visits.of(deps.viewer)
  const wishes = createViewerWishes({ outlet, streams, stateOf, requireView, refuse, onWatched: (nodeIds) => visit.watch(nodeIds) })

  /** The owner of the space can read who looked, and who ran what. */
  function witnessAsk(scope: readonly NodeId[], question: LiveQuestion): void {
    if (question.kind === 'data' || question.kind === 'data-v2') for (const nodeId of scope) visit.touch(nodeId)
    const name = callName(question)
    const [nodeId] = scope
    if (name !== undefined && nodeId !== undefined) witness.functionRun(viewer, nodeId, { name, isChange: isChange(question) })
  }

  function subscribe({ id, nodeId: rawNodeId, contexts, cadenceMs }: Message<'subscribe'>): void {
    const nodeId = rawNodeId.toLowerCase() as NodeId
    void wishes.enter({ kind: 'subscription', id, nodeId, scope: [nodeId], contexts, cadenceMs })
  }

  function watch({ id, nodeId: rawNodeId, question, cadenceMs }: Message<'watch'>): void {
    const scope = scopeOf(rawNodeId.toLowerCase() as NodeId, question)
    // Whoever asks the same asks it of the same node, however it was addressed.
    const [nodeId = rawNodeId as NodeId] = scope
    void wishes.enter({ kind: 'watch', id, nodeId, scope, contexts: [], question: watchedIn(question, scope), cadenceMs })
  }

  function requireAllowed(nodeId: NodeId, question: LiveQuestion, allowed: AgentRights): void {
    try {
      requireOperation(question, allowed)
    } catch (thrown) {
      if (asThroughlineError(thrown).code === 'FORBIDDEN') witness.denied(viewer, nodeId, callName(question) ?? question.kind)
      throw thrown
    }
  }

  async function ask({ id, nodeId: rawNodeId, question: asked }: Message<'ask'>): Promise<void> {
    const nodeId = rawNodeId.toLowerCase() as NodeId
    const scope = scopeOf(nodeId, asked)
    const question = withScope(asked, scope)
    if (waiting.has(id)) {
      refuse(id, new ThroughlineError('LIVE_MESSAGE_INVALID', 'A question with this id is under way.'))
      return
    }
    if (waiting.size >= liveLimits.queriesInFlight) {
      refuse(id, new ThroughlineError('RATE_LIMITED', `A page may ask ${liveLimits.queriesInFlight} questions at a time.`))
      return
    }
    const needed = permissionsNeeded(question)
    const checking: Ask = { is: 'checking', scope: [...new Set([nodeId, ...scope])], needed }
    waiting.set(id, checking)
    let mine: Ask = checking
    const finish = (): boolean => waiting.get(id) === mine && waiting.delete(id)
    try {
      for (const each of checking.scope) await requireView(each)
      const allowed = await rights.agentRights(viewer)
      if (waiting.get(id) !== checking) return
      requireAllowed(nodeId, question, allowed ?? nothing)
      const asker = { ...(allowed ?? nothing), personId: viewer.personId }
      const [addressed = nodeId] = scope
      const cancel = asks.ask(addressed, question, asker, {
        onAnswer: (answer) => {
          if (finish()) deliverAnswer(id, answer, outlet)
        },
        onError: (error) => {
          if (finish()) refuse(id, error)
        },
      })
      mine = { ...checking, is: 'waiting', cancel }
      waiting.set(id, mine)
      witnessAsk(checking.scope, question)
    } catch (thrown) {
      if (finish()) refuse(id, asThroughlineError(thrown))
    }
  }

  function cancelAsk(id: number): void {
    const known = waiting.get(id)
    waiting.delete(id)
    if (known?.is === 'waiting') known.cancel()
  }

  function onInvalid(isBinary: boolean): void {
    invalidMessages++
    if (isBinary || invalidMessages > liveLimits.invalidMessages) {
      log.warn('viewer_message_invalid', { signInId: viewer.signInId, isBinary })
      close('LIVE_MESSAGE_INVALID')
      return
    }
    refuse(undefined, new ThroughlineError('LIVE_MESSAGE_INVALID', 'The message has a shape the live protocol does not know.'))
  }

  /** A page sends a handful of messages; a flood is cut off before it costs anything. */
  function isFlooding(): boolean {
    const nowMs = clock.monotonicMs()
    tokens = Math.min(liveLimits.messageBurst, tokens + ((nowMs - tokensAtMs) / 1_000) * liveLimits.messagesPerSecond) - 1
    tokensAtMs = nowMs
    return tokens < 0
  }

  function close(code: ErrorCode): void {
    end()
    outlet.close(code)
  }

  function end(): void {
    isEnded = true
    wishes.end()
    for (const id of waiting.keys()) cancelAsk(id)
  }

  async function isStillSignedIn(): Promise<boolean> {
    const renewed = await rights.renewed(viewer)
    if (!renewed || renewed.expiresAtMs + liveLimits.expiryToleranceMs <= clock.nowMs()) return false
    viewer = renewed
    renewedAtMs = clock.monotonicMs()
    return true
  }

  function takeAway(nodeId: NodeId): void {
    const gone = new ThroughlineError('NOT_FOUND', 'There is no such node.')
    wishes.takeAway(nodeId, gone)
    for (const [id, question] of waiting) {
      if (!question.scope.includes(nodeId)) continue
      cancelAsk(id)
      refuse(id, gone)
    }
  }

  /** What the role of now does not allow any more is cancelled at the agent (security requirement R2). */
  function takeOperations({ permissions }: AgentRights = nothing): void {
    for (const [id, { needed }] of waiting) {
      if (holdsPermissions(permissions, needed)) continue
      cancelAsk(id)
      refuse(id, new ThroughlineError('FORBIDDEN', 'Your role does not allow this any more.'))
    }
  }

  outlet.text({ type: 'welcome', protocol: 1, expiresAtMs: viewer.expiresAtMs })

  return {
    outlet,

    onMessage(data, isBinary) {
      if (isEnded) return
      if (isFlooding()) {
        log.warn('viewer_flooding', { signInId: viewer.signInId })
        close('RATE_LIMITED')
        return
      }
      const message = isBinary ? undefined : parseFromBrowser(data.toString('utf8'))
      switch (message?.type) {
        case undefined:
          return onInvalid(isBinary)
        case 'subscribe':
          return subscribe(message)
        case 'watch':
          return watch(message)
        case 'unsubscribe':
        case 'unwatch':
          return wishes.leave(message.id)
        case 'ask':
          return void ask(message)
        case 'cancel':
          return cancelAsk(message.id)
        case 'visibility':
          return wishes.setVisible(message.visible)
      }
    },

    onNodeState: (nodeId, state) => wishes.onNodeState(nodeId, state),

    async recheck() {
      if (isEnded || isRechecking) return
      isRechecking = true
      try {
        const nodeIds = new Set([...wishes.nodeIds(), ...[...waiting.values()].flatMap(({ scope }) => scope)])
        const refused = new Set<NodeId>()
        for (const nodeId of nodeIds) if (!(await rights.mayView(viewer, nodeId))) refused.add(nodeId)
        // A node is refused, too, when the sign-in ended, so whoever may still see one needs no second look.
        const isUnsure = nodeIds.size === 0 && clock.monotonicMs() - renewedAtMs >= liveLimits.signInCheckMs
        if ((isUnsure || refused.size > 0 || viewer.expiresAtMs <= clock.nowMs()) && !(await isStillSignedIn())) {
          if (!isEnded) close('SESSION_EXPIRED')
          return
        }
        for (const nodeId of refused) takeAway(nodeId)
        if (waiting.size > 0) takeOperations(await rights.agentRights(viewer))
        rightsLostAtMs = undefined
      } catch (thrown) {
        // Whoever was let in may stay a while when rights cannot be read; nobody new is let in.
        rightsLostAtMs ??= clock.monotonicMs()
        const { code } = asThroughlineError(thrown)
        log.warn('viewer_rights_unknown', { signInId: viewer.signInId, code })
        if (clock.monotonicMs() - rightsLostAtMs >= liveLimits.rightsLostMs) close('STORE_UNAVAILABLE')
      } finally {
        isRechecking = false
      }
    },

    subscriptionCount: () => wishes.count(),
    end,
  }
}

/** What a function or a configuration is called in an account; undefined for a mere look. */
function callName(question: LiveQuestion): string | undefined {
  if (question.kind === 'function') return question.name
  return question.kind === 'config' ? `config ${question.action}` : undefined
}
