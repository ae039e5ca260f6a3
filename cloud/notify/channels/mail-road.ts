import type { Clock } from '../../../src/support/clock.ts'
import type { Outcome } from '../ports.ts'
import { renderEmail } from './email.ts'
import { fieldText, type Fields } from './http-request.ts'
import type { Letter } from './letter.ts'
import type { MailSender } from './ports.ts'

/** Sends a letter as a mail to the one address of a channel. A mail that was late may still arrive: its Message-ID is the same then. */
export function createMailRoad({ mailer }: { readonly mailer: MailSender | undefined; readonly clock: Clock }) {
  return async (letter: Letter, fields: Fields, giveUp: AbortSignal): Promise<Outcome> => {
    if (mailer === undefined)
      return { is: 'refused', problem: 'No mail server is set; whoever runs this cloud sets one with THROUGHLINE_SMTP_URL.' }
    const late = new Promise<never>((_resolve, reject) => giveUp.addEventListener('abort', () => reject(giveUp.reason as Error)))
    const mail = { ...renderEmail(letter), to: fieldText(fields, 'address'), messageId: letter.messageId }
    const result = await Promise.race([mailer.deliver(mail), late])
    if (result.is === 'taken') return { is: 'delivered' }
    const status = result.smtpStatus === undefined ? '' : ` (status ${result.smtpStatus})`
    return result.is === 'refused'
      ? { is: 'refused', problem: `The mail server did not take the message${status}.` }
      : { is: 'retry', problem: `The mail server cannot be reached or is in trouble${status}.` }
  }
}
