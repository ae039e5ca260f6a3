import { lastSpace } from '../ui/spaces/last-space.ts'
import { recent } from '../ui/palette/recent.ts'
import { seenLook } from '../ui/look/seen-look.ts'
import { knownCacheName } from './known-answers.ts'

/** Takes away what this browser knows of a person's space. The worker does so too; this holds also where there is none. */
export async function forgetPerson(): Promise<void> {
  recent.clear()
  lastSpace.set(undefined)
  seenLook.set(undefined)
  // A page on an address the browser does not call secure has no caches.
  if ('caches' in window) await window.caches.delete(knownCacheName).catch(() => false)
}

/** This browser shows no notifications of the person any more; push services tell the cloud when it tries the next one. */
export async function stopNotifications(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker.getRegistration()
    await (await registration?.pushManager.getSubscription())?.unsubscribe()
  } catch {
    // Without a worker there is nothing to stop.
  }
}

/** Takes away everything this browser keeps for the page: a person who is gone leaves no choice, draft or name behind. */
export async function forgetEverything(): Promise<void> {
  await stopNotifications()
  await forgetPerson()
  try {
    window.localStorage.clear()
    window.sessionStorage.clear()
  } catch {
    // A browser that gives no storage keeps nothing.
  }
}
