import webPush from 'web-push'
import type { HttpRequest } from '../channels/http-request.ts'
import { linesOf, linesWithin, shortened, type Letter } from '../channels/letter.ts'
import { cutText } from '../channels/plain-line.ts'
import type { Subscription } from './push-record.ts'
import type { VapidKeys } from './vapid-keys.ts'

/** What the service worker reads (browser-ui/offline/push-note.ts). */
export interface PushNote {
  readonly title: string
  readonly body: string
  readonly url: string
  /** A note with the same tag takes the place of the one before. */
  readonly tag: string
  readonly isUrgent: boolean
}

/** Push services keep 4 KiB, encryption included (RFC 8030 §7.2). */
const bodyBytes = 2_400
/** How long a service keeps it for a browser that is away. */
const keepS = 24 * 3_600

/** What a browser shows of a letter. */
function pushNote(letter: Letter): PushNote {
  const short = shortened(letter, 6)
  const bytes = (text: string) => Buffer.byteLength(text)
  return {
    title: cutText(short.title, 120),
    body: linesWithin(
      linesOf(short, (text) => text),
      bodyBytes,
      bytes,
    ),
    url: letter.url,
    tag: letter.messageId,
    isUrgent: letter.severity === 'critical' || letter.severity === 'unreachable',
  }
}

/**
 * A push message (RFC 8030), encrypted for the one browser (RFC 8291) and signed with our keys (RFC 8292). Its topic is the message's
 * id: a second attempt takes the place of the first while that waits at the service. Throws TypeError when the browser's keys are none.
 */
export function renderPush(letter: Letter, { endpoint, keys }: Subscription, vapid: VapidKeys & { readonly subject: string }): HttpRequest {
  const note = pushNote(letter)
  let made: { readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer }
  try {
    made = webPush.generateRequestDetails({ endpoint, keys }, JSON.stringify(note), {
      vapidDetails: { subject: vapid.subject, publicKey: vapid.publicKey, privateKey: vapid.privateKey },
      TTL: keepS,
      urgency: note.isUrgent ? 'high' : 'normal',
      topic: letter.messageId.replaceAll('-', '').slice(0, 32),
      contentEncoding: 'aes128gcm',
    })
  } catch (cause) {
    throw new TypeError('the keys of the browser are none', { cause })
  }
  const headers = Object.entries(made.headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  return { url: endpoint, headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])), body: made.body }
}
