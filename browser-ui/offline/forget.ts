import { lastSpace } from '../ui/last-space.ts'
import { recent } from '../ui/recent.ts'
import { knownCacheName } from './known-answers.ts'

/** Takes away what this browser knows of a person's space. The worker does so too; this holds also where there is none. */
export async function forgetPerson(): Promise<void> {
  recent.clear()
  lastSpace.set(undefined)
  // A page on an address the browser does not call secure has no caches.
  if ('caches' in window) await window.caches.delete(knownCacheName).catch(() => false)
}
