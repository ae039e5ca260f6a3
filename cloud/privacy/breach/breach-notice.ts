import { createHash } from 'node:crypto'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import type { NoticeTemplate } from './notice-template.ts'

/** Somebody a notice is for. */
export interface NoticeRecipient {
  readonly address: string
  /** Undefined: nothing but the address is known. */
  readonly name: string | undefined
  readonly space?: string | undefined
}

/** Whoever brings one mail to one person. `isUnclear`: it may have been taken, for all we know. */
export interface NoticeMailer {
  deliver(mail: {
    readonly to: string
    readonly subject: string
    readonly text: string
    readonly html: string
    readonly messageId: string
  }): Promise<{ readonly is: 'taken' | 'later' | 'refused'; readonly isUnclear?: boolean | undefined }>
}

/** What became of a notice, counted. */
export interface NoticeCounts {
  /** Everybody it is for. */
  readonly people: number
  /** Sent now. */
  readonly sent: number
  /** Sent by an earlier run. */
  readonly before: number
  /** The mail server refused these for good, now or earlier. */
  readonly refused: number
  /** These may have got it: the run or the connection ended while it was handed over. They are not tried again by themselves. */
  readonly unclear: number
  /** Not tried or not taken; the next run tries. */
  readonly left: number
}

export interface BreachNotices {
  /** Sends what was not sent before, one mail each. Begun anew it goes on; two runs at once send nothing twice. Throws STORE_UNAVAILABLE. */
  send(
    template: NoticeTemplate,
    recipients: readonly NoticeRecipient[],
    wish?: {
      /** Those of whom it is unclear get it again. */
      readonly isUnclearAgain?: boolean
      readonly onProgress?: (counts: NoticeCounts) => void
      readonly stop?: AbortSignal
    },
  ): Promise<NoticeCounts>
}

/** How long is known who got a notice; as long as the mail of a run can be gone on with. */
export const noticeKeptMs = 90 * 24 * 3_600_000
const giveUpAfter = 3

type State = 'sending' | 'sent' | 'refused'

/**
 * The notice of a breach to those it is about (security D7, GDPR article 34). Before each mail is noted that it goes out and after it
 * that it went, under a hash of the address: what a crash leaves between the two is told as unclear and never sent again unasked.
 */
export function createBreachNotices(deps: {
  readonly store: MetadataStore
  readonly mailer: NoticeMailer
  readonly clock: Clock
}): BreachNotices {
  const { store, mailer, clock } = deps

  const note = (key: ItemKey, state: State, condition: number | 'absent') => {
    const atMs = clock.nowMs()
    return store.write({ ...key, kind: 'breach-notice', data: { state, atMs }, expiresAtMs: atMs + noticeKeptMs }, condition)
  }

  return {
    async send(template, recipients, { isUnclearAgain = false, onProgress, stop } = {}) {
      const counts = { people: recipients.length, sent: 0, before: 0, refused: 0, unclear: 0, left: recipients.length }
      const count = (name: 'sent' | 'before' | 'refused' | 'unclear') => {
        counts[name] += 1
        counts.left -= 1
      }
      const date = new Date(clock.nowMs()).toISOString().slice(0, 10)
      let failures = 0
      for (const recipient of recipients) {
        if (stop?.aborted === true || failures >= giveUpAfter) break
        const { address } = recipient
        const hash = recipientHash(template.noticeId, address)
        const key = { partition: `breach-notice/${template.noticeId}`, sort: `to/${hash}` }
        const earlier = await store.read(key)
        const state = earlier && stateOf(earlier)
        if (state === 'sent') count('before')
        else if (state === 'refused') count('refused')
        else if (state === 'sending' && !isUnclearAgain) count('unclear')
        else {
          const revision = await note(key, 'sending', earlier?.revision ?? 'absent')
          // Another run has this one in hand.
          if (revision === undefined) count('unclear')
          else {
            const words = { name: recipient.name ?? address, address, date, space: recipient.space }
            const result = await mailer.deliver({ to: address, ...template.filledFor(words), messageId: `breach-${hash}` })
            if (result.is === 'later' && result.isUnclear !== true) {
              failures += 1
              await store.remove(key, revision)
            } else if (result.is === 'later') {
              failures += 1
              count('unclear')
            } else {
              failures = 0
              await note(key, result.is === 'taken' ? 'sent' : 'refused', revision)
              count(result.is === 'taken' ? 'sent' : 'refused')
            }
          }
        }
        onProgress?.({ ...counts })
      }
      return counts
    },
  }
}

/** Of this notice alone, so that the notes of two cannot be laid side by side. */
const recipientHash = (noticeId: string, address: string): string =>
  createHash('sha256').update(`${noticeId} ${address}`, 'utf8').digest('hex')

function stateOf({ data }: StoredItem): State {
  const { state } = data as { readonly state?: unknown }
  if (state === 'sending' || state === 'sent' || state === 'refused') return state
  throw new ThroughlineError('STORE_UNAVAILABLE', 'What was noted of a breach notice cannot be read.')
}
