import { createHash } from 'node:crypto'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore } from '../../store/port.ts'

/** Analytics that an operator configured; there is none by default (security U2). */
export interface AnalyticsProvider {
  /** Of the script; https. */
  readonly scriptUrl: string
  readonly name: string
  /** What it is for, as people are told: the rest of a sentence that begins "It is used to". */
  readonly purpose: string
}

export const consentChoices = ['granted', 'withdrawn'] as const
export type ConsentChoice = (typeof consentChoices)[number]

/** What people decided about the analytics of this installation. */
export interface Consents {
  readonly provider: AnalyticsProvider | undefined
  /** Changes with the provider, and with what it is for: a choice about another one counts for nothing. */
  readonly providerId: string
  /** Undefined: they were never asked, or about another provider. */
  choiceOf(personId: string): Promise<{ readonly choice: ConsentChoice; readonly atMs: number } | undefined>
  choose(personId: string, choice: ConsentChoice): Promise<void>
}

const keyOf = (personId: string): ItemKey => ({ partition: `person#${personId}`, sort: 'consent' })

export function createConsents(deps: {
  readonly store: Pick<MetadataStore, 'read' | 'write'>
  readonly provider: AnalyticsProvider | undefined
  readonly clock: Clock
}): Consents {
  const { store, provider, clock } = deps
  const providerId =
    provider === undefined
      ? ''
      : createHash('sha256')
          .update(JSON.stringify([provider.scriptUrl, provider.name, provider.purpose]))
          .digest('hex')
          .slice(0, 32)
  return {
    provider,
    providerId,
    async choiceOf(personId) {
      const item = await store.read(keyOf(personId))
      const data = item?.data as { choice: ConsentChoice; atMs: number; provider: string } | undefined
      return data === undefined || provider === undefined || data.provider !== providerId ? undefined : data
    },
    async choose(personId, choice) {
      for (;;) {
        const before = await store.read(keyOf(personId))
        const data = { choice, atMs: clock.nowMs(), provider: providerId }
        if ((await store.write({ ...keyOf(personId), kind: 'consent', data }, before?.revision ?? 'absent')) !== undefined) return
      }
    },
  }
}
