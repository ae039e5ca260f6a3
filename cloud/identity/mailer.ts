import { createTransport } from 'nodemailer'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { errorCode } from '../../src/support/error-code.ts'
import type { Log } from '../../src/support/log.ts'

/** A plain text message to one person. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** A mail of a machine to one person, in two forms of the same words, with an id that stays over every attempt. */
export interface IdentifiedMail extends Mail {
  readonly html: string
  /** What stands before the `@` of its Message-ID. */
  readonly messageId: string
}

/**
 * How the mail server took it: `later` is trouble that passes. `smtpStatus` is its number; its words are not told. `isUnclear`: the
 * connection ended on the way, and the server may have taken it all the same.
 */
export type MailResult =
  { readonly is: 'taken' } | { readonly is: 'later' | 'refused'; readonly smtpStatus?: number | undefined; readonly isUnclear?: true }

export interface Mailer {
  /** Resolves when the mail server took it, or after the failure was logged; never throws, so that nobody learns who exists. */
  send(mail: Mail): Promise<void>
  close(): void
}

/** A mailer that also says how it went, for who tries again. */
export interface ReportingMailer extends Mailer {
  /** Never throws. */
  deliver(mail: IdentifiedMail): Promise<MailResult>
}

/** Failures before a mail was begun. */
const beforeMail = ['EDNS', 'EAUTH', 'ETLS', 'EENVELOPE', 'EMESSAGE']

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/**
 * Sends by SMTP. `smtps://` is TLS from the first byte; `smtp://` must upgrade to TLS unless the server is on loopback (E1).
 * Throws CONFIG_INVALID for an address that is neither.
 */
export function createMailer({
  smtpUrl,
  from,
  log,
}: {
  readonly smtpUrl: string
  readonly from: string
  readonly log: Log
}): ReportingMailer {
  const url = URL.canParse(smtpUrl) ? new URL(smtpUrl) : undefined
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new ThroughlineError('CONFIG_INVALID', 'The mail server must be given as smtp://host:port or smtps://host:port.')
  }
  const isImplicitTls = url.protocol === 'smtps:'
  const transport = createTransport({
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: url.port === '' ? (isImplicitTls ? 465 : 587) : Number(url.port),
    secure: isImplicitTls,
    requireTLS: !isImplicitTls && !isLoopback(url.hostname),
    ...(url.username === '' ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'
  return {
    async send({ to, subject, text }) {
      try {
        // An explicit envelope: what was validated is what the server is told, whatever a header parser would make of it (L4).
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, envelope: { from, to: [to] } })
        log.info('mail_sent')
      } catch (cause) {
        const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
        log.error('mail_failed', { code })
      }
    },
    async deliver({ to, subject, text, html, messageId }) {
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${messageId}@${domain}>`,
          // Nobody's out-of-office answers a machine (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          envelope: { from, to: [to] },
        })
        return { is: 'taken' }
      } catch (cause) {
        const { code, responseCode, syscall } = (cause instanceof Error ? cause : {}) as Readonly<Record<string, unknown>>
        log.warn('notification_mail_failed', { code: errorCode(cause) })
        const smtpStatus = typeof responseCode === 'number' ? responseCode : undefined
        // Only a word about this mail is final; one about our sign-in there is the operator's to mend.
        const isFinal = smtpStatus !== undefined && smtpStatus >= 500 && code !== 'EAUTH' && code !== 'ETLS'
        const isUnclear = smtpStatus === undefined && syscall !== 'connect' && !beforeMail.some((each) => each === code)
        return { is: isFinal ? 'refused' : 'later', smtpStatus, ...(isUnclear && { isUnclear }) }
      }
    },
    close: () => transport.close(),
  }
}
