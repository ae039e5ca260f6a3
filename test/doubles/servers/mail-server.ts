import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { whenOver } from '../when-over.ts'

export interface MailHandlers {
  /** A whole mail as it came; it is acknowledged when this is over, and refused when it throws. */
  readonly take?: (raw: Buffer, session: SMTPServerSession) => void | Promise<void>
  /** May refuse a recipient. */
  readonly onRcptTo?: NonNullable<SMTPServerOptions['onRcptTo']>
}

/** A real mail server on loopback, without TLS and sign-in; resolves with what `THROUGHLINE_SMTP_URL` takes. Ends with the test. */
export async function startMailServer({ take = () => {}, onRcptTo }: MailHandlers): Promise<string> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    ...(onRcptTo && { onRcptTo }),
    onData(stream, session, done) {
      const receive = async () => take(await buffer(stream), session)
      receive().then(
        () => done(),
        (error: unknown) => done(error instanceof Error ? error : new Error('not a mail')),
      )
    },
  })
  // A connection that breaks within a mail is an error of the server: a cloud that is killed just then must not end the test.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  whenOver(() => new Promise<void>((resolve) => server.close(resolve)))
  return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
}
