import type { KeySubject } from '../../../src/domain/key-subject.ts'
import type { ErasureRecord, ErasureStepName, Tail } from './erasure-record.ts'

/** What somebody with the token sees of an erasure. */
export interface ShownErasure {
  readonly kind: KeySubject['kind']
  readonly state: 'running' | 'waiting-for-mirror' | 'done'
  readonly requestedAtMs: number
  readonly steps: readonly { readonly name: ErasureStepName; readonly doneAtMs: number | null }[]
  readonly tails: readonly Tail[]
  readonly certificate: string | null
}

/** What of an erasure may be shown. */
export function shownOf({ kind, requestedAtMs, steps, tails = [], certificate, mail }: ErasureRecord): ShownErasure {
  const isWaiting = steps.checked !== undefined && steps.mirror === undefined
  const hasMail = mail !== undefined || steps.mail !== undefined
  // A space is not left by itself, and without a mail server nobody is told.
  const names = [
    'shut',
    'noted',
    'rows',
    'traces',
    'key',
    'checked',
    'mirror',
    'certificate',
    ...(hasMail ? (['mail'] as const) : []),
  ] as const
  return {
    kind,
    state: certificate !== undefined ? 'done' : isWaiting ? 'waiting-for-mirror' : 'running',
    requestedAtMs,
    steps: names.map((name) => ({ name, doneAtMs: steps[name] ?? null })),
    tails,
    certificate: certificate ?? null,
  }
}
