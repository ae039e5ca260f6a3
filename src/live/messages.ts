import { z } from 'zod'
import type { ChangedThing } from './changes.ts'
import { liveLimits } from './limits.ts'
import { nameSchema, questionSchema, watchedSchema } from './questions.ts'

export type { LiveQuestion } from './questions.ts'

/**
 * The live protocol between a browser and the relay. Control messages are JSON text; live bytes come back as binary frames
 * (frame.ts). A browser never writes a path, a header or a query: it names parts, the relay builds the question.
 */

const id = z.number().int().min(1).max(0xffff_ffff)
const nodeId = z.uuid()
const fromBrowserSchema = z.discriminatedUnion('type', [
  /** Start (or with a known id: change) a standing wish for live values of contexts of one node. */
  z.strictObject({
    type: z.literal('subscribe'),
    id,
    nodeId,
    contexts: z.array(nameSchema).min(1).max(liveLimits.contextsPerSubscription).readonly(),
    cadenceMs: z.number().int().min(liveLimits.minCadenceMs).max(liveLimits.maxCadenceMs),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), id }),
  /** Start (or with a known id: replace) a standing question. It is answered like a subscription: a stream, then its ticks. */
  z.strictObject({
    type: z.literal('watch'),
    id,
    nodeId,
    question: watchedSchema,
    cadenceMs: z.number().int().min(liveLimits.minWatchMs).max(liveLimits.maxCadenceMs),
  }),
  z.strictObject({ type: z.literal('unwatch'), id }),
  /** Ask once; the answer is one binary frame or an error with this id. */
  z.strictObject({ type: z.literal('ask'), id, nodeId, question: questionSchema }),
  /** Nobody waits for this answer any more. */
  z.strictObject({ type: z.literal('cancel'), id }),
  /** The page is hidden (no questions until it is shown) or shown again. */
  z.strictObject({ type: z.literal('visibility'), visible: z.boolean() }),
])
export type FromBrowser = z.infer<typeof fromBrowserSchema>

/** What the relay says in text. `id` is the browser's own; `stream` marks the binary frames of a subscription or standing question. */
export type ToBrowser =
  | { readonly type: 'welcome'; readonly protocol: 1; readonly expiresAtMs: number }
  | { readonly type: 'subscribed'; readonly id: number; readonly stream: number }
  /** Ticks left out because the agent was busy or gone; `reason` is a code of the error table. */
  | { readonly type: 'paused'; readonly stream: number; readonly reason: string }
  | { readonly type: 'node'; readonly nodeId: string; readonly state: 'live' | 'stale' | 'offline' | 'unseen' }
  /** Something of the space changed, whatever it is; whoever shows it asks again. At most once a second and thing. */
  | { readonly type: 'changed'; readonly what: ChangedThing }
  | { readonly type: 'error'; readonly id: number | undefined; readonly code: string; readonly message: string; readonly retry: boolean }

/** A message of a browser, checked; undefined when its shape is wrong. The text is at most `liveLimits.messageBytes`. */
export function parseFromBrowser(text: string): FromBrowser | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  const result = fromBrowserSchema.safeParse(parsed)
  return result.success ? result.data : undefined
}
