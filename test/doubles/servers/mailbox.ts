import PostalMime from 'postal-mime'
import { startMailServer } from './mail-server.ts'
import { waitUntil } from '../wait-until.ts'

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
  const smtpUrl = await startMailServer({
    async take(bytes, session) {
      raw.push(bytes)
      const { subject = '', text = '', messageId = '' } = await PostalMime.parse(bytes)
      mails.push({ to: session.envelope.rcptTo[0]?.address ?? '', subject, text, messageId })
    },
  })
  return {
    smtpUrl,
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
