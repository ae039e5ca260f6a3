import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { waitUntil } from './wait-until.ts'
import { whenOver } from './when-over.ts'

/** A mail as its reader sees it. */
export interface ReceivedMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Of its `Message-ID`; the same when it comes again. */
  readonly messageId: string
}

export interface Mailbox {
  /** For `THROUGHLINE_SMTP_URL`. */
  readonly smtpUrl: string
  /** All mails so far, the oldest first. */
  readonly mails: readonly ReceivedMail[]
  /** The same as they came over the wire. */
  readonly raw: readonly Buffer[]
  /** The link in the next mail to this address that nobody took yet; waits for it. */
  nextLink(to: string): Promise<string>
}

/** A real mail server on loopback that keeps what it gets. Ends with the test. */
export async function startMailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const raw: Buffer[] = []
  const taken = new Set<ReceivedMail>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const receive = async () => {
        const bytes = await buffer(stream)
        raw.push(bytes)
        const { subject = '', text = '', messageId = '' } = await PostalMime.parse(bytes)
        mails.push({ to: session.envelope.rcptTo[0]?.address ?? '', subject, text, messageId })
      }
      receive().then(
        () => done(),
        (error: unknown) => done(error instanceof Error ? error : new Error('not a mail')),
      )
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  whenOver(() => new Promise<void>((resolve) => server.close(resolve)))
  const { port } = server.server.address() as AddressInfo
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    mails,
    raw,
    async nextLink(to) {
      const find = () => mails.find((mail) => mail.to === to && !taken.has(mail) && /https:\/\/\S+#\S+/.test(mail.text))
      const mail = await waitUntil(find)
      taken.add(mail)
      return /https:\/\/\S+#\S+/.exec(mail.text)?.[0] ?? ''
    },
  }
}
