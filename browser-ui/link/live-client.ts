import { ThroughlineError, errorKinds } from '../../src/errors/throughline-error.ts'
import { decodeFrame } from '../../src/live/frame.ts'
import { changedThings, type ChangedThing } from '../../src/live/changes.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { FromBrowser, LiveQuestion } from '../../src/live/messages.ts'
import type { AggregatedQuestion } from '../../src/live/questions.ts'
import type { Clock } from '../../src/support/clock.ts'
import { backoffMs } from './backoff.ts'
import { bodyText } from './inflate.ts'
import { createWishes, type StandingWish, type WishListener } from './live-wishes.ts'
import { createOutbox } from './outbox.ts'
import { knownCode, parseToBrowser } from './relay-message.ts'

/** The part of a WebSocket this client needs. */
export interface LiveSocket {
  send(text: string): void
  close(): void
}
export interface LiveSocketEvents {
  onOpen(): void
  onText(text: string): void
  onBytes(bytes: Uint8Array): void
  onClose(code: number): void
}

export interface LiveClientDeps {
  readonly openSocket: (events: LiveSocketEvents) => LiveSocket
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  /** Renews the session; false when the person has to sign in again. Throws when the cloud cannot be reached. */
  readonly renewSession: () => Promise<boolean>
}

/** waiting: the socket is lost, and the next attempt is due. signed-out: the session has ended. */
export type LinkState = 'idle' | 'connecting' | 'open' | 'waiting' | 'signed-out'

/** One standing wish for live values of contexts of a node. */
export interface LiveSubscription extends WishListener {
  readonly contexts: readonly string[]
}

/** A standing question: asked again and again by the relay, once for everybody who watches the same. Its span ends now. */
export interface LiveWatch extends WishListener {
  readonly question: AggregatedQuestion
}

export interface LiveClient {
  readonly state: LinkState
  subscribe(subscription: LiveSubscription): { change(contexts: readonly string[]): void; close(): void }
  /** Holds a question that stands; ends with the answered function. */
  watch(watch: LiveWatch): () => void
  /** Asks once. Rejects with the relay's code, AGENT_UNREACHABLE when the socket goes away, CANCELLED when `signal` fires. */
  ask(nodeId: string, question: LiveQuestion, signal?: AbortSignal): Promise<{ text: string; httpStatus: number }>
  setVisible(isVisible: boolean): void
  onState(listener: (state: LinkState) => void): () => void
  onNode(listener: (nodeId: string, state: 'live' | 'stale' | 'offline' | 'unseen') => void): () => void
  /** Hears that something of the space changed, and after a lost socket that everything may have; only while the socket is open. */
  onChanged(listener: (what: ChangedThing) => void): () => void
  /** Keeps the socket open for what is heard over it, also without a wish; the answer lets it go. */
  holdOpen(): () => void
  /** Tries again at once, when there is a reason to believe it works now. */
  hurry(): void
  close(): void
}

/** How long a socket stays open after the last wish, so that walking between pages does not reconnect. */
const idleCloseMs = 10_000
/** The session is renewed this long before it ends. */
const renewAheadMs = 60_000
/** A socket that owes ticks and says nothing this long (and three ticks long) is taken for dead. */
const silentMs = 20_000

interface Ask {
  readonly text: string
  resolve(answer: { text: string; httpStatus: number }): void
  reject(error: ThroughlineError): void
}

/** The page's one live socket: reconnects with backoff, renews the session, and restores every wish after a loss. */
export function createLiveClient({ openSocket, clock, random, renewSession }: LiveClientDeps): LiveClient {
  const wishes = createWishes()
  const asks = new Map<number, Ask>()
  const waitingAsks: number[] = []
  const inFlight = new Set<number>()
  const stateListeners = new Set<(state: LinkState) => void>()
  const nodeListeners = new Set<(nodeId: string, state: 'live' | 'stale' | 'offline' | 'unseen') => void>()
  const changedListeners = new Set<(what: ChangedThing) => void>()
  let holders = 0
  let hasLost = false
  let state: LinkState = 'idle'
  let socket: LiveSocket | undefined
  let generation = 0
  let attempt = 0
  let lastId = 0
  let isVisible = true
  let stopTimer = () => {}
  let stopRenewal = () => {}
  let stopWatch = () => {}
  let lastHeardMs = 0

  const setState = (next: LinkState) => {
    if (state === next) return
    state = next
    for (const listener of stateListeners) listener(next)
  }
  const outbox = createOutbox(
    clock,
    (text) => socket?.send(text),
    () => pumpAsks(),
  )
  const send = (message: FromBrowser) => outbox.say(message)
  const isWanted = () => wishes.size > 0 || asks.size > 0 || holders > 0

  const pumpAsks = () => {
    if (state !== 'open') return
    while (inFlight.size < liveLimits.queriesInFlight / 2) {
      const [id] = waitingAsks
      if (id === undefined) return
      const ask = asks.get(id)
      if (ask !== undefined && !outbox.takeAsk()) return
      waitingAsks.shift()
      if (ask === undefined) continue
      inFlight.add(id)
      socket?.send(ask.text)
    }
  }

  const settle = (id: number): Ask | undefined => {
    const ask = asks.get(id)
    asks.delete(id)
    inFlight.delete(id)
    return ask
  }

  const heard = () => {
    lastHeardMs = clock.monotonicMs()
    return true
  }

  /** A laptop that slept or a cable that was pulled leaves a socket open that nobody answers. */
  const watch = () => {
    const owing = wishes.owingMs()
    if (!isVisible || owing.length === 0) {
      heard()
      return
    }
    if (clock.monotonicMs() - lastHeardMs < Math.max(silentMs, 3 * Math.min(...owing))) return
    drop()
    retryLater()
  }

  const connect = () => {
    if (state === 'open' || state === 'connecting') return
    stopTimer()
    generation += 1
    const mine = generation
    const current = () => mine === generation
    setState('connecting')
    socket = openSocket({
      onOpen: () => {},
      onText: (text) => current() && heard() && onText(text),
      onBytes: (bytes) => current() && heard() && onBytes(bytes),
      onClose: (code) => current() && onClosed(code),
    })
  }

  const drop = () => {
    generation += 1
    socket?.close()
    socket = undefined
    wishes.lose()
    outbox.restart()
    stopTimer()
    stopRenewal()
    stopWatch()
    for (const id of inFlight) settle(id)?.reject(new ThroughlineError('AGENT_UNREACHABLE', 'The connection to the cloud was lost.'))
    inFlight.clear()
  }

  const retryLater = () => {
    setState('waiting')
    stopTimer()
    stopTimer = clock.after(backoffMs(attempt++, random), () => {
      if (isWanted()) connect()
      else setState('idle')
    })
  }

  const renewThenRetry = () => {
    setState('waiting')
    renewSession().then(
      (isSignedIn) => {
        if (state !== 'waiting') return
        if (isSignedIn) retryLater()
        else setState('signed-out')
      },
      () => state === 'waiting' && retryLater(),
    )
  }

  const onClosed = (code: number) => {
    const wasOpen = state === 'open'
    drop()
    // A refused upgrade closes as 1006 without a welcome: its reason is hidden from the page, so ask about the session.
    const mayBeSession = code === errorKinds.SESSION_EXPIRED.close || (!wasOpen && attempt > 0)
    if (mayBeSession) renewThenRetry()
    else if (isWanted()) retryLater()
    else setState('idle')
  }

  const scheduleRenewal = (expiresAtMs: number) => {
    stopRenewal()
    const leadMs = Math.min(renewAheadMs, Math.max(0, expiresAtMs - clock.nowMs()) / 2)
    stopRenewal = clock.after(Math.max(1000, expiresAtMs - clock.nowMs() - leadMs), () => void renewSession().catch(() => false))
  }

  const onText = (text: string) => {
    const message = parseToBrowser(text)
    if (message === undefined) return
    switch (message.type) {
      case 'welcome':
        attempt = 0
        scheduleRenewal(message.expiresAtMs)
        stopWatch()
        stopWatch = clock.every(silentMs / 4, watch)
        setState('open')
        if (!isVisible) send({ type: 'visibility', visible: false })
        wishes.restart().forEach(send)
        pumpAsks()
        // Whatever was said while the socket was away is lost.
        if (hasLost) for (const what of changedThings) for (const listener of changedListeners) listener(what)
        hasLost = true
        return
      case 'subscribed':
        wishes.onSubscribed(message.id, message.stream)
        return
      case 'paused':
        wishes.onPaused(message.stream, message.reason)
        return
      case 'node':
        for (const listener of nodeListeners) listener(message.nodeId, message.state)
        return
      case 'changed':
        for (const listener of changedListeners) listener(message.what)
        return
      case 'error': {
        if (message.id === undefined) return
        settle(message.id)?.reject(new ThroughlineError(knownCode(message.code), message.message))
        wishes.onRefused(message.id, message.code, message.retry)
        pumpAsks()
      }
    }
  }

  const onBytes = (bytes: Uint8Array) => {
    let frame: ReturnType<typeof decodeFrame>
    try {
      frame = decodeFrame(bytes)
    } catch {
      return
    }
    const { head, body } = frame
    const text = bodyText(body, head.isGzip, liveLimits.inflatedBytes)
    if (head.kind === 'tick') {
      const audience = wishes.audience(head.id)
      text.then(
        (inflated) => audience.forEach((listener) => listener.onTick(inflated, head.httpStatus)),
        () => audience.forEach((listener) => listener.onPaused('AGENT_PROTOCOL')),
      )
      return
    }
    const ask = settle(head.id)
    text.then(
      (inflated) => ask?.resolve({ text: inflated, httpStatus: head.httpStatus }),
      (error: ThroughlineError) => ask?.reject(error),
    )
    pumpAsks()
    restIfIdle()
  }

  const restIfIdle = () => {
    if (isWanted() || state !== 'open') return
    stopTimer()
    stopTimer = clock.after(idleCloseMs, () => {
      if (isWanted()) return
      drop()
      setState('idle')
    })
  }

  const wake = () => {
    if (state === 'idle') connect()
  }

  const hold = (wish: StandingWish) => {
    const id = ++lastId
    wishes.add(id, wish)
    const sendWish = () => void (state === 'open' && wishes.has(id) && send(wish.start(id)))
    if (state === 'open') sendWish()
    else wake()
    return { id, send: sendWish }
  }

  const letGo = (id: number) => {
    const goodbye = wishes.remove(id)
    if (goodbye === undefined) return
    if (state === 'open') send(goodbye)
    restIfIdle()
  }

  return {
    get state() {
      return state
    },
    subscribe(subscription) {
      const { nodeId, cadenceMs } = subscription
      let { contexts } = subscription
      const { id, send: sendWish } = hold({
        listener: subscription,
        start: (id) => ({ type: 'subscribe', id, nodeId, contexts: [...contexts], cadenceMs }),
        end: (id) => ({ type: 'unsubscribe', id }),
      })
      return {
        change(next) {
          contexts = next
          sendWish()
        },
        close: () => letGo(id),
      }
    },
    watch(watch) {
      const { nodeId, question, cadenceMs } = watch
      const { id } = hold({
        listener: watch,
        start: (id) => ({ type: 'watch', id, nodeId, question, cadenceMs }),
        end: (id) => ({ type: 'unwatch', id }),
      })
      return () => letGo(id)
    },
    ask(nodeId, question, signal) {
      if (signal?.aborted) return Promise.reject(new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.'))
      const id = ++lastId
      return new Promise((resolve, reject) => {
        asks.set(id, { text: JSON.stringify({ type: 'ask', id, nodeId, question } satisfies FromBrowser), resolve, reject })
        waitingAsks.push(id)
        signal?.addEventListener('abort', () => {
          if (inFlight.has(id)) send({ type: 'cancel', id })
          settle(id)?.reject(new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.'))
          pumpAsks()
        })
        wake()
        pumpAsks()
      })
    },
    setVisible(visible) {
      if (visible === isVisible) return
      isVisible = visible
      if (state === 'open') send({ type: 'visibility', visible })
    },
    onState(listener) {
      stateListeners.add(listener)
      return () => void stateListeners.delete(listener)
    },
    onNode(listener) {
      nodeListeners.add(listener)
      return () => void nodeListeners.delete(listener)
    },
    onChanged(listener) {
      changedListeners.add(listener)
      return () => void changedListeners.delete(listener)
    },
    holdOpen() {
      holders++
      wake()
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        holders--
        restIfIdle()
      }
    },
    hurry() {
      if (state !== 'waiting' || !isWanted()) return
      attempt = 0
      connect()
    },
    close() {
      drop()
      wishes.clear()
      for (const id of asks.keys()) settle(id)?.reject(new ThroughlineError('CANCELLED', 'The page is closing.'))
      setState('idle')
    },
  }
}
