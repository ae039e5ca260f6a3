import type { WorkerCaches } from './cache-storage.ts'
import { endsKnowledge, kindOfRequest } from './keep-rules.ts'
import { createKnownAnswers, knownCacheName, knownCachePrefix } from './known-answers.ts'

const shellPrefix = 'throughline-shell-'

/** How long a page waits for the cloud before the kept one is shown. */
export const patienceMs = 3_000

export interface ShellWorkerDeps {
  readonly caches: WorkerCaches
  readonly fetch: (request: Request) => Promise<Response>
  readonly origin: string
  /** A fingerprint of the page's files. */
  readonly version: string
  /** Addresses of all files of the page, `/` for the page itself. */
  readonly files: readonly string[]
  readonly nowMs: () => number
  /** Resolves after this long. */
  readonly wait: (ms: number) => Promise<void>
}

/** What the service worker does, without its events. */
export interface ShellWorker {
  install(): Promise<void>
  activate(): Promise<void>
  /** The answer to a request, and work that goes on after it; undefined leaves the request to the browser. */
  respond(request: Request): { readonly answer: Promise<Response>; readonly after: Promise<unknown> } | undefined
}

/** A cloud that restarts, or a proxy that has lost it: as good as no answer. */
const isAway = (status: number) => status === 502 || status === 503 || status === 504

/**
 * Keeps the page's own files and the last known metadata for when the cloud is away. The cloud is always asked first, but for
 * files whose names tell their content.
 */
export function createShellWorker(deps: ShellWorkerDeps): ShellWorker {
  const { caches, fetch, origin, version, files, wait } = deps
  const known = createKnownAnswers(deps)
  const names = new Set(files)
  const shellName = `${shellPrefix}${version}`
  const urlOf = (path: string) => `${origin}${path}`

  const metadata = async (request: Request, later: (work: Promise<unknown>) => void): Promise<Response> => {
    const path = new URL(request.url).pathname
    const since = known.epoch
    let answer: Response
    try {
      answer = await fetch(request)
    } catch (error) {
      const last = await known.find(path)
      if (last !== undefined && since === known.epoch) return last
      throw error
    }
    if (isAway(answer.status)) return (await known.find(path)) ?? answer
    if (answer.status === 200 && answer.headers.get('content-type')?.startsWith('application/json') === true) {
      later(known.keep(path, answer.clone(), since))
    } else if (answer.status === 403 || answer.status === 404) later(known.drop(path))
    return answer
  }

  const page = async (request: Request): Promise<Response> => {
    const fromCloud = fetch(request).then(
      (answer) => (isAway(answer.status) ? undefined : answer),
      () => undefined,
    )
    const first = await Promise.race([fromCloud, wait(patienceMs).then(() => undefined)])
    if (first !== undefined) return first
    const cache = await caches.open(shellName)
    return (await cache.match(urlOf('/'))) ?? (await fromCloud) ?? Response.error()
  }

  // Files of the version before are still asked for by pages that are open since then.
  const file = async (request: Request): Promise<Response> => (await caches.match(request)) ?? fetch(request)

  const session = async (request: Request): Promise<Response> => {
    const answer = await fetch(request)
    if (endsKnowledge(new URL(request.url).pathname, answer.status)) await known.forget()
    return answer
  }

  return {
    async install() {
      const cache = await caches.open(shellName)
      await Promise.all(
        files.map(async (path) => {
          const url = urlOf(path)
          const before = path.startsWith('/assets/') ? await caches.match(url) : undefined
          const answer = before ?? (await fetch(new Request(url, { cache: 'reload' })))
          if (!answer.ok) throw new TypeError(`${path} answered ${answer.status}`)
          await cache.put(url, answer)
        }),
      )
    },
    async activate() {
      const names = await caches.keys()
      await Promise.all(
        names.filter((name) => name.startsWith(knownCachePrefix) && name !== knownCacheName).map((name) => caches.delete(name)),
      )
      const others = names.filter((name) => name.startsWith(shellPrefix) && name !== shellName)
      // The last one stays for pages that are open since before.
      await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)))
    },
    respond(request) {
      const kind = kindOfRequest(request, origin, names)
      const isOldAsset = kind === 'pass' && request.method === 'GET' && request.url.startsWith(`${origin}/assets/`)
      if (kind === 'pass' && !isOldAsset) return undefined
      const work: Promise<unknown>[] = []
      const answer =
        kind === 'metadata'
          ? metadata(request, (later) => work.push(later))
          : kind === 'page'
            ? page(request)
            : kind === 'session'
              ? session(request)
              : file(request)
      return {
        answer,
        after: answer.then(
          () => Promise.allSettled(work),
          () => undefined,
        ),
      }
    },
  }
}
