import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Log } from '../../src/support/log.ts'
import { visitorKey } from '../../src/support/visitor-key.ts'
import { emailHash, parseEmailAddress } from './email-address.ts'
import { identityLimits } from './limits.ts'
import type { Mailer } from './mailer.ts'
import type { People } from './people.ts'
import { createRateLimit } from './rate-limit.ts'
import type { SignInLinks } from './sign-in-links.ts'

/** Asking for a sign-in link by mail. */
export interface LoginMail {
  /**
   * Takes the wish and returns before anything is looked up: known and unknown addresses cannot be told apart, not by time
   * either (L3). Throws ADDRESS_INVALID, or RATE_LIMITED when this IP asked too often.
   */
  request(email: string, ip: string): Promise<void>
  /** Work that answers nobody and counts as one wish of this IP. Throws RATE_LIMITED; failures of the work are logged. */
  inBackground(ip: string, work: () => Promise<void>): Promise<void>
  /** Counts a mail to this address; false when it had enough for now. */
  admit(address: string): Promise<boolean>
  /** Resolves when every wish taken so far is done. */
  settled(): Promise<void>
}

export interface LoginMailDeps {
  readonly people: People
  readonly links: SignInLinks
  readonly mailer: Mailer | undefined
  readonly log: Log
  /** Without a mail server the operator gets the link, to hand it on. */
  readonly onLinkWithoutMail: (link: string) => void
}

export function createLoginMail({ people, links, mailer, log, onLinkWithoutMail }: LoginMailDeps): LoginMail {
  const perAddress = createRateLimit(identityLimits.mailsPerAddress)
  const perIp = createRateLimit(identityLimits.mailsPerIp)
  const running = new Set<Promise<void>>()

  const fulfil = async (address: string): Promise<void> => {
    // Too many wishes for one address are dropped in silence, so the count tells nothing about the address either.
    if (!(await perAddress(emailHash(address)))) return
    const person = await people.find(address)
    if (person === undefined) return
    const issued = await links.issueForMail(person.personId)
    if (issued === undefined) return
    const { link } = issued
    if (mailer === undefined) onLinkWithoutMail(link)
    else await mailer.send(signInMail(person.email, link))
  }

  const inBackground = async (ip: string, work: () => Promise<void>): Promise<void> => {
    if (!(await perIp(visitorKey(ip))))
      throw new ThroughlineError('RATE_LIMITED', 'Too many sign-in links were asked for from here; try again in an hour.')
    const mine = work()
      .catch(() => log.error('sign_in_mail_failed'))
      .finally(() => running.delete(mine))
    running.add(mine)
  }

  return {
    async request(email, ip) {
      const address = parseEmailAddress(email)
      await inBackground(ip, () => fulfil(address))
    },
    inBackground,
    admit: (address) => perAddress(emailHash(address)),
    async settled() {
      await Promise.all(running)
    },
  }
}

const signInMail = (to: string, link: string) => ({
  to,
  subject: 'Your sign-in link for Throughline',
  text: [
    'Open this link to sign in to Throughline. It works once, within ten minutes, and only the newest one counts:',
    '',
    link,
    '',
    'You did not ask for it? Then ignore this message; nobody gets in without the link.',
    '',
  ].join('\n'),
})
