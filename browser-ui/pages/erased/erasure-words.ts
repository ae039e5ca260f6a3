/** An erasure as the cloud shows it to who has its token. Times are epoch milliseconds. */
export interface ShownErasure {
  readonly kind: 'person' | 'space' | 'installation'
  readonly state: 'running' | 'waiting-for-mirror' | 'done'
  readonly requestedAtMs: number
  readonly steps: readonly { readonly name: string; readonly doneAtMs: number | null }[]
  readonly tails: readonly { readonly what: string; readonly why: string; readonly untilMs: number | null }[]
  readonly certificate: string | null
}

const ofPerson: Readonly<Record<string, string>> = {
  shut: 'You are signed out everywhere, your links and tokens are ended, and you left your spaces.',
  noted: 'The erasure stands in the ledger: nothing brings you back from here on.',
  rows: 'Your data is deleted.',
  traces: 'Your name is taken out of what others go on using.',
  key: 'The key of what was sealed for you is destroyed.',
  checked: 'Everything was looked through once more: nothing of you is left.',
  mirror: 'The copy for reports has nothing of you.',
  certificate: 'The certificate is signed.',
  mail: 'It was confirmed by mail, and your address is forgotten.',
}

const ofSpace: Readonly<Record<string, string>> = {
  ...ofPerson,
  shut: 'Nobody reaches the space, its agents are cut off, and its tokens are ended.',
  noted: 'The erasure stands in the ledger: nothing brings the space back from here on.',
  rows: 'What was in the space is deleted.',
  traces: 'The space is taken out of everything else.',
  key: 'The key of what was sealed for the space is destroyed.',
  checked: 'Everything was looked through once more: nothing of the space is left.',
  mirror: 'The copy for reports has nothing of the space.',
}

/** What a step did, or will do, in words; a step that this page does not know yet by its name. */
export const stepWords = (kind: ShownErasure['kind'], name: string): string => (kind === 'space' ? ofSpace : ofPerson)[name] ?? name

export const titleOf = ({ kind, state }: ShownErasure): string => {
  const what = kind === 'space' ? 'The space' : 'Your account'
  return state === 'done' ? `${what} is erased` : `${what} is gone`
}

export const introOf = ({ kind, state }: ShownErasure): string => {
  if (state === 'done') return 'Everything is done. The certificate below proves it, and can be checked without us.'
  if (state === 'waiting-for-mirror')
    return `${kind === 'space' ? 'The space' : 'Your data'} is erased. The copy for reports cannot be reached at the moment; it follows by itself, and the certificate after it.`
  return 'The rest is being erased now. You can close this page and come back to its address for 30 days.'
}
