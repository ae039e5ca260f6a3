import type { ToWorker, VersionAnswer } from './messages.ts'
import { pathIn, readPushNote } from './push-note.ts'
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
interface WorkerPushEvent extends LastingEvent {
  readonly data: { text(): string } | null
}
interface WorkerClickEvent extends LastingEvent {
  readonly notification: { readonly data: unknown; close(): void }
}
interface WindowOfPage {
  readonly focused: boolean
  navigate(url: string): Promise<unknown>
  focus(): Promise<unknown>
}
/** The part of a service worker's global scope that is used here; the DOM's types do not know it. */
interface WorkerScope {
  readonly location: Location
  readonly clients: {
    claim(): Promise<void>
    matchAll(options: { readonly type: 'window' }): Promise<readonly WindowOfPage[]>
    openWindow(url: string): Promise<unknown>
  }
  readonly registration: { showNotification(title: string, options: object): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(name: 'install' | 'activate', listener: (event: LastingEvent) => void): void
  addEventListener(name: 'fetch', listener: (event: WorkerFetchEvent) => void): void
  addEventListener(name: 'message', listener: (event: WorkerMessageEvent) => void): void
  addEventListener(name: 'push', listener: (event: WorkerPushEvent) => void): void
  addEventListener(name: 'notificationclick', listener: (event: WorkerClickEvent) => void): void
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

scope.addEventListener('push', (event) => {
  const { title, body, tag, path, isUrgent } = readPushNote(event.data?.text(), scope.location.origin)
  const options = { body, tag, icon: '/icons/192.png', data: { path }, requireInteraction: isUrgent, renotify: false }
  event.waitUntil(scope.registration.showNotification(title, options))
})

/** Goes where a notification leads: in a window of the page that is there, or in a new one. */
async function goTo(path: string): Promise<void> {
  const windows = await scope.clients.matchAll({ type: 'window' })
  const one = windows.find(({ focused }) => focused) ?? windows[0]
  if (one === undefined) return void (await scope.clients.openWindow(path))
  // A window that this worker does not control cannot be sent anywhere.
  await one.navigate(path).catch(() => scope.clients.openWindow(path))
  await one.focus().catch(() => undefined)
}

scope.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { path } = (event.notification.data ?? {}) as { readonly path?: unknown }
  event.waitUntil(goTo(pathIn(scope.location.origin, typeof path === 'string' ? path : '/')))
})
