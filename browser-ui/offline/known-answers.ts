import type { WorkerCache, WorkerCaches } from './cache-storage.ts'
import { apiBase, asOfHeader, spaceOfPath } from './keep-rules.ts'

/** The one cache of metadata; its name changes when the form of what it holds does, and `knownCachePrefix` finds those of before. */
export const knownCachePrefix = 'throughline-known-'
export const knownCacheName = 'throughline-known-2'

/** An answer that did not change is written again this seldom, to renew its time; one that did, at most this often. */
const renewMs = 60_000
const changeMs = 10_000
/** Node pages and boards that were looked at longest ago go first. */
const answersMax = 200
const bytesMax = 8 * 1024 * 1024

const mePath = `${apiBase}/me`

export interface KnownAnswersDeps {
  readonly caches: WorkerCaches
  readonly origin: string
  readonly nowMs: () => number
}

/** The last answers about metadata of one person, with the time each came. */
export interface KnownAnswers {
  /** Keeps the body of a good answer; `forget` that came after `since` wins. */
  keep(path: string, answer: Response, since: number): Promise<void>
  /** The last answer, marked with its time. */
  find(path: string): Promise<Response | undefined>
  drop(path: string): Promise<void>
  forget(): Promise<void>
  /** To be read before asking the cloud. */
  readonly epoch: number
}

/** Who an answer of `/me` is about, and what they are in which space. */
interface Who {
  readonly person: string
  readonly roles: Readonly<Record<string, string>>
}

function whoOf(text: string | undefined): Who {
  try {
    const me = JSON.parse(text ?? '') as { personId?: unknown; spaces?: readonly { spaceId?: unknown; role?: unknown }[] } | null
    const spaces = me?.spaces ?? []
    return {
      person: String(me?.personId),
      roles: Object.fromEntries(spaces.map(({ spaceId, role }) => [String(spaceId), String(role)])),
    }
  } catch {
    return { person: 'nobody', roles: {} }
  }
}

/** Keeps answers in Cache Storage: bodies and times only, no header of the cloud, one write after the other. */
export function createKnownAnswers({ caches, origin, nowMs }: KnownAnswersDeps): KnownAnswers {
  const written = new Map<string, { readonly text: string; readonly atMs: number }>()
  let epoch = 0
  let last: Promise<unknown> = Promise.resolve()
  // One after the other: a clearing must not be overtaken by a write that began before it.
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const next = last.then(action)
    last = next.catch(() => undefined)
    return next
  }
  const urlOf = (path: string) => `${origin}${path}`
  const clear = async () => {
    written.clear()
    await caches.delete(knownCacheName)
  }

  /** Another person must not see what this one knew, nor this one what their role shows no more. */
  const forgetOthers = async (cache: WorkerCache, before: Who, now: Who) => {
    if (before.person !== now.person) {
      epoch += 1
      await clear()
      return
    }
    const isLess = (spaceId: string) => before.roles[spaceId] !== undefined && before.roles[spaceId] !== now.roles[spaceId]
    if (!Object.keys(before.roles).some(isLess)) return
    epoch += 1
    for (const { url } of await cache.keys()) {
      const { pathname } = new URL(url)
      const spaceId = spaceOfPath(pathname)
      if (spaceId === undefined || !isLess(spaceId)) continue
      written.delete(pathname)
      await cache.delete(url)
    }
  }

  const write = async (path: string, text: string) => {
    const cache = await caches.open(knownCacheName)
    if (path === mePath) {
      const before = await (await cache.match(urlOf(mePath)))?.text()
      if (before !== undefined) await forgetOthers(cache, whoOf(before), whoOf(text))
    }
    const atMs = nowMs()
    const headers = { 'content-type': 'application/json', [asOfHeader]: String(atMs) }
    const target = await caches.open(knownCacheName)
    await target.put(urlOf(path), new Response(text, { headers }))
    written.set(path, { text, atMs })
    const keys = await target.keys()
    for (const key of keys.slice(0, Math.max(0, keys.length - answersMax))) if (!key.url.endsWith(mePath)) await target.delete(key)
  }

  return {
    get epoch() {
      return epoch
    },
    async keep(path, answer, since) {
      const text = await answer.text()
      if (text.length > bytesMax) return
      await inTurn(async () => {
        if (since !== epoch) return
        const before = written.get(path)
        const ageMs = before === undefined ? Number.POSITIVE_INFINITY : nowMs() - before.atMs
        // Somebody else's name must not wait.
        const leastMs = before?.text === text ? renewMs : path === mePath ? 0 : changeMs
        if (ageMs < leastMs) return
        await write(path, text)
      })
    },
    async find(path) {
      const cache = await caches.open(knownCacheName)
      return cache.match(urlOf(path))
    },
    drop: (path) =>
      inTurn(async () => {
        written.delete(path)
        await (await caches.open(knownCacheName)).delete(urlOf(path))
      }),
    forget: () => {
      epoch += 1
      return inTurn(clear)
    },
  }
}
