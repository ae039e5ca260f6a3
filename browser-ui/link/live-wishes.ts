import type { FromBrowser } from '../../src/live/messages.ts'

/** What hears of a standing wish. */
export interface WishListener {
  readonly nodeId: string
  readonly cadenceMs: number
  onTick(text: string, httpStatus: number): void
  onPaused(reason: string): void
  onRefused(code: string, mayRetry: boolean): void
}

/** A standing wish for ticks: a subscription or a standing question. */
export interface StandingWish {
  readonly listener: WishListener
  /** The message that starts or changes it, made anew each time it is sent. */
  start(id: number): FromBrowser
  end(id: number): FromBrowser
}

/** All standing wishes of a page and the relay's streams that serve them. They outlive the socket. */
export interface Wishes {
  readonly size: number
  add(id: number, wish: StandingWish): void
  has(id: number): boolean
  /** Answers the message that ends it; undefined when there is no such wish. */
  remove(id: number): FromBrowser | undefined
  /** The messages that start every wish anew. */
  restart(): readonly FromBrowser[]
  onSubscribed(id: number, stream: number): void
  onPaused(stream: number, reason: string): void
  onRefused(id: number, code: string, mayRetry: boolean): void
  /** Those who hear the next tick of a stream; they count as served. */
  audience(stream: number): readonly WishListener[]
  /** The paces of wishes that are owed ticks. */
  owingMs(): readonly number[]
  /** The socket is gone, and with it every stream. */
  lose(): void
  clear(): void
}

interface Kept {
  readonly wish: StandingWish
  stream: number | undefined
  /** The relay said that nothing comes for now. */
  isPaused: boolean
}

/** No wishes yet. */
export function createWishes(): Wishes {
  const wishes = new Map<number, Kept>()
  /** Wishes for the same at one pace share a stream of the relay. */
  const streams = new Map<number, Set<Kept>>()

  const leave = (kept: Kept) => {
    if (kept.stream === undefined) return
    const members = streams.get(kept.stream)
    members?.delete(kept)
    if (members?.size === 0) streams.delete(kept.stream)
    kept.stream = undefined
  }

  return {
    get size() {
      return wishes.size
    },
    add: (id, wish) => void wishes.set(id, { wish, stream: undefined, isPaused: false }),
    has: (id) => wishes.has(id),
    remove(id) {
      const kept = wishes.get(id)
      if (kept === undefined) return undefined
      wishes.delete(id)
      leave(kept)
      return kept.wish.end(id)
    },
    restart: () => [...wishes].map(([id, { wish }]) => wish.start(id)),
    onSubscribed(id, stream) {
      const kept = wishes.get(id)
      if (kept === undefined) return
      leave(kept)
      kept.stream = stream
      kept.isPaused = false
      streams.set(stream, (streams.get(stream) ?? new Set<Kept>()).add(kept))
    },
    onPaused(stream, reason) {
      for (const kept of streams.get(stream) ?? []) {
        kept.isPaused = true
        kept.wish.listener.onPaused(reason)
      }
    },
    onRefused: (id, code, mayRetry) => wishes.get(id)?.wish.listener.onRefused(code, mayRetry),
    audience(stream) {
      const members = [...(streams.get(stream) ?? [])]
      for (const kept of members) kept.isPaused = false
      return members.map(({ wish }) => wish.listener)
    },
    owingMs: () =>
      [...wishes.values()].filter((kept) => !kept.isPaused && kept.stream !== undefined).map(({ wish }) => wish.listener.cadenceMs),
    lose() {
      streams.clear()
      for (const kept of wishes.values()) kept.stream = undefined
    },
    clear() {
      wishes.clear()
      streams.clear()
    },
  }
}
