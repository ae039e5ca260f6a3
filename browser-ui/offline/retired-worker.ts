// Served in place of the worker when the operator switches offline pages off (THROUGHLINE_OFFLINE_PAGE): takes back everything
// that was kept, and itself.

interface RetiringScope {
  readonly registration: { unregister(): Promise<boolean> }
  skipWaiting(): Promise<void>
  addEventListener(name: 'install' | 'activate', listener: (event: Event & { waitUntil(work: Promise<unknown>): void }) => void): void
}

/** The service worker's global scope. */
const retiringScope = globalThis as unknown as RetiringScope

retiringScope.addEventListener('install', (event) => event.waitUntil(retiringScope.skipWaiting()))
retiringScope.addEventListener('activate', (event) =>
  event.waitUntil(
    globalThis.caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('throughline-')).map((name) => globalThis.caches.delete(name))))
      .then(() => retiringScope.registration.unregister()),
  ),
)
