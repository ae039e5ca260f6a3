import { bytesOfBase64Url, type PushState } from '../../data/account/push-browsers.ts'

/** How long a worker may take to be there; where it is switched off none ever is. */
const workerMs = 4_000

async function registrationOf(): Promise<ServiceWorkerRegistration | undefined> {
  const late = new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), workerMs))
  if ((await navigator.serviceWorker.getRegistration()) === undefined) return undefined
  return Promise.race([navigator.serviceWorker.ready, late])
}

/** What this browser can do now. */
export async function pushState(): Promise<PushState> {
  if (!('serviceWorker' in navigator)) return window.isSecureContext ? 'unsupported' : 'no-worker'
  if (!('PushManager' in window) || !('Notification' in window)) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  return (await registrationOf()) === undefined ? 'no-worker' : 'ready'
}

/** SHA-256 of the address this browser is reached at, hex; undefined while it has none. */
export async function ownEndpointHash(): Promise<string | undefined> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return undefined
  const subscription = await (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription()
  if (subscription === null || subscription === undefined) return undefined
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(subscription.endpoint))
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Asks for the permission and subscribes; to be called when somebody pressed a button. Throws an Error in words when the person says
 * no or the browser cannot.
 */
export async function subscribe(publicKey: string): Promise<{ endpoint: string; keys: { p256dh: string; auth: string } }> {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('You did not allow notifications, so nothing was changed.')
  const registration = await registrationOf()
  if (registration === undefined) throw new Error('The part of the page that works in the background is not there.')
  const applicationServerKey = bytesOfBase64Url(publicKey)
  const wish = { userVisibleOnly: true, applicationServerKey }
  let subscription: PushSubscription
  try {
    subscription = await registration.pushManager.subscribe(wish)
  } catch {
    // One that was made for other keys, such as those of the cloud before it was set up anew, is in the way.
    await (await registration.pushManager.getSubscription())?.unsubscribe()
    subscription = await registration.pushManager.subscribe(wish).catch(() => {
      throw new Error('The push service of this browser cannot be reached; try again later.')
    })
  }
  const { endpoint, keys } = subscription.toJSON()
  const { p256dh, auth } = keys ?? {}
  if (endpoint === undefined || p256dh === undefined || auth === undefined)
    throw new Error('This browser gave no address for notifications.')
  return { endpoint, keys: { p256dh, auth } }
}
