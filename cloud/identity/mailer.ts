import { createTransport } from 'nodemailer'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Log } from '../../src/support/log.ts'

/** A plain text message to one person. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface Mailer {
  /** Resolves when the mail server took it, or after the failure was logged; never throws, so that nobody learns who exists. */
  send(mail: Mail): Promise<void>
  close(): void
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/**
 * Sends by SMTP. `smtps://` is TLS from the first byte; `smtp://` must upgrade to TLS unless the server is on loopback (E1).
 * Throws CONFIG_INVALID for an address that is neither.
 */
export function createMailer({ smtpUrl, from, log }: { readonly smtpUrl: string; readonly from: string; readonly log: Log }): Mailer {
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
    close: () => transport.close(),
  }
}
