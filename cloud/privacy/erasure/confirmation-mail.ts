import type { KeySubject } from '../../../src/domain/key-subject.ts'

/** The one mail that tells somebody of an erasure. */
export interface ErasureMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
}

export interface ConfirmationWish {
  readonly to: string
  readonly link: string
  readonly kind: KeySubject['kind']
  readonly publicUrl: string
  readonly erasureId: string
  /** False: a day has passed and the mirror is still away. */
  readonly isCertified: boolean
}

/** Says that it is done, or as far as it is after a day; the address is forgotten after it either way. */
export function confirmationMail({ to, link, kind, publicUrl, erasureId, isCertified }: ConfirmationWish): ErasureMail {
  const what = kind === 'person' ? 'Your account' : 'The space you deleted'
  const lines = [
    `${what} at ${publicUrl} is erased, and the key of what was sealed is destroyed.`,
    isCertified
      ? 'A signed certificate says what was erased, and what stays until when. You find it at this address for 30 days, without signing in:'
      : 'The copy for reports cannot be reached yet and follows by itself. Then there is a certificate at this address for 30 days, without signing in:',
    link,
    'This was the last mail. Your address is forgotten now.',
  ]
  return {
    to,
    subject: kind === 'person' ? 'Your account at Throughline is erased' : 'A space at Throughline is erased',
    text: `${lines.join('\n\n')}\n`,
    // Nothing in it is text of people: an address of ours, and a token of letters and digits.
    html: lines.map((line) => (line === link ? `<p><a href="${link}">${link}</a></p>` : `<p>${line}</p>`)).join('\n'),
    messageId: `erasure-${erasureId}-${isCertified ? 'done' : 'waiting'}`,
  }
}
