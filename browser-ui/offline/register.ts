import { toasts } from '../ui/messages/toasts.ts'
import type { ToWorker, VersionAnswer } from './messages.ts'

/** A page that stays open looks for a new version this often, and each time it is shown again. */
const lookMs = 3_600_000
const answerMs = 5_000

const say = (worker: ServiceWorker, message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer)

/** The version a worker was built with; undefined when it does not say. */
function versionOf(worker: ServiceWorker): Promise<string | undefined> {
  return new Promise((resolve) => {
    const channel = new MessageChannel()
    const timer = window.setTimeout(() => resolve(undefined), answerMs)
    channel.port1.addEventListener('message', (event: MessageEvent<VersionAnswer>) => {
      window.clearTimeout(timer)
      resolve(event.data.version)
    })
    channel.port1.start()
    say(worker, { type: 'version' }, [channel.port2])
  })
}

let isOffered = false
/** Says once that the page is older than the cloud's. */
function offerReload(reload: () => void): void {
  if (isOffered) return
  isOffered = true
  toasts.show({ tone: 'info', text: 'A new version of this page is ready.', action: { label: 'Reload', run: reload }, stays: true })
}

/**
 * Brings the worker of this page's version into charge. A page that is older than the waiting worker is told to reload; one
 * that came fresh from the cloud lets the worker take over without a word. `onControlled`: the worker now sees our requests.
 */
async function follow(registration: ServiceWorkerRegistration, pageVersion: string): Promise<void> {
  const consider = async (worker: ServiceWorker) => {
    const version = await versionOf(worker)
    if (version === pageVersion) say(worker, { type: 'activate' })
    else if (navigator.serviceWorker.controller !== null) {
      offerReload(() => {
        navigator.serviceWorker.addEventListener('controllerchange', () => window.location.reload(), { once: true })
        say(worker, { type: 'activate' })
        // A worker that is in charge already changes nothing any more.
        window.setTimeout(() => window.location.reload(), answerMs)
      })
    }
  }
  const watch = (worker: ServiceWorker | null) => {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && registration.waiting === worker) void consider(worker)
    })
  }
  registration.addEventListener('updatefound', () => watch(registration.installing))
  watch(registration.installing)
  if (registration.waiting !== null) await consider(registration.waiting)
}

/** Registers the service worker once the page has loaded; without one everything works, only not offline. */
export function registerWorker(onControlled: () => void): void {
  if (!('serviceWorker' in navigator)) return
  const pageVersion = document.querySelector<HTMLMetaElement>('meta[name="throughline-version"]')?.content ?? ''
  const { serviceWorker } = navigator
  serviceWorker.addEventListener('controllerchange', () => {
    onControlled()
    const { controller } = serviceWorker
    if (controller === null) return
    void versionOf(controller).then((version) => {
      if (version !== undefined && version !== pageVersion) offerReload(() => window.location.reload())
    })
  })
  const register = async () => {
    const registration = await serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' })
    await follow(registration, pageVersion)
    const look = () => void registration.update().catch(() => undefined)
    window.setInterval(look, lookMs)
    document.addEventListener('visibilitychange', () => !document.hidden && look())
  }
  // Also where the certificate is not trusted; then there is no worker.
  const start = () => void register().catch(() => undefined)
  if (document.readyState === 'complete') start()
  else window.addEventListener('load', start, { once: true })
}
