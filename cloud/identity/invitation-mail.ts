import type { SpaceId } from '../../src/domain/ids.ts'
import type { Log } from '../../src/support/log.ts'
import { emailHash } from './email-address.ts'
import { identityLimits } from './limits.ts'
import type { Mailer } from './mailer.ts'
import { createRateLimit } from './rate-limit.ts'

/** Tells somebody that they were invited. No secret is in it: an invitation is bound to the address, and accepted after signing in. */
export interface InvitationMail {
  /**
   * Returns at once; a mail that fails is logged, and the invitation stands. So it does when an address, or a space, had very many
   * mails lately: then none is sent.
   */
  send(wish: { readonly to: string; readonly byEmail: string; readonly spaceName: string; readonly spaceId: SpaceId }): void
  /** Resolves when every mail so far is sent or given up. */
  settled(): Promise<void>
}

export interface InvitationMailDeps {
  readonly mailer: Mailer | undefined
  readonly publicUrl: string
  readonly log: Log
}

export function createInvitationMail({ mailer, publicUrl, log }: InvitationMailDeps): InvitationMail {
  const running = new Set<Promise<void>>()
  const perAddress = createRateLimit(identityLimits.mailsPerAddress)
  const perSpace = createRateLimit(identityLimits.invitationMailsPerSpace)
  return {
    send({ to, byEmail, spaceName, spaceId }) {
      if (mailer === undefined) {
        log.info('invitation_waits', { mend: 'No SMTP is configured; npx throughline sign-in-link prints a link for who was invited.' })
        return
      }
      const text = [
        `${byEmail} invited you to the space "${plainName(spaceName)}" of Throughline.`,
        '',
        'Sign in with this address to accept or decline it, within seven days:',
        '',
        `${publicUrl}/join`,
        '',
        'You do not know who this is? Then ignore this message; nothing happens.',
        '',
      ].join('\n')
      const mail = { to, subject: 'You were invited to a space in Throughline', text }
      const work = (async () => {
        if ((await perAddress(emailHash(to))) && (await perSpace(spaceId))) await mailer.send(mail)
        else log.warn('invitation_mail_limited', { spaceId })
      })().finally(() => running.delete(work))
      running.add(work)
    },
    async settled() {
      await Promise.all(running)
    },
  }
}

/** A name in a mail is text of a stranger: letters, digits and a few signs, so that no address in it becomes a link. */
function plainName(name: string): string {
  return name
    .replaceAll(/[^\p{L}\p{N} _'()&+-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
}
