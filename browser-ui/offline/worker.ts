import type { ToWorker, VersionAnswer } from './messages.ts'
import { createShellWorker } from './shell-worker.ts'

// Written in by the build (browser-ui/build/offline-plugin.ts).
declare const __SHELL_VERSION__: string
declare const __SHELL_FILES__: readonly string[]

interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface WorkerFetchEvent extends LastingEvent {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface WorkerMessageEvent extends LastingEvent {
  readonly data: ToWorker
  readonly ports: readonly MessagePort[]
}
/** The part of a service worker's global scope that is used here; the DOM's types do not know it. */
interface WorkerScope {
  readonly location: Location
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(name: 'install' | 'activate', listener: (event: LastingEvent) => void): void
  addEventListener(name: 'fetch', listener: (event: WorkerFetchEvent) => void): void
  addEventListener(name: 'message', listener: (event: WorkerMessageEvent) => void): void
}

const scope = globalThis as unknown as WorkerScope
const worker = createShellWorker({
  caches: globalThis.caches,
  fetch: (request) => globalThis.fetch(request),
  origin: scope.location.origin,
  version: __SHELL_VERSION__,
  files: __SHELL_FILES__,
  nowMs: () => Date.now(),
  wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
})

scope.addEventListener('install', (event) => event.waitUntil(worker.install()))
scope.addEventListener('activate', (event) => event.waitUntil(worker.activate().then(() => scope.clients.claim())))
scope.addEventListener('fetch', (event) => {
  const response = worker.respond(event.request)
  if (response === undefined) return
  event.respondWith(response.answer)
  event.waitUntil(response.after)
})
scope.addEventListener('message', (event) => {
  if (event.data.type === 'activate') event.waitUntil(scope.skipWaiting())
  else event.ports[0]?.postMessage({ version: __SHELL_VERSION__ } satisfies VersionAnswer)
})
