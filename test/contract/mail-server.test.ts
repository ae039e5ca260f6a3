import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createMailer } from '../../cloud/identity/mailer.ts'
import { silentLog } from '../../src/support/log.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'

it('[ID31] the mail server of the tests survives clients that are killed at each line of a mail, and takes the next', async () => {
  const { smtpUrl, mails } = await startMailbox()
  const lines = ['EHLO x', 'MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA', 'Subject: half']
  for (let said = 0; said <= lines.length; said++) {
    const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1').on('error', () => {})
    await once(socket, 'data')
    for (const line of lines.slice(0, said)) {
      socket.write(`${line}\r\n`)
      if (!line.startsWith('Subject')) await once(socket, 'data')
    }
    const closed = once(socket, 'close')
    socket.resetAndDestroy()
    await closed
  }
  const mailer = createMailer({ smtpUrl, from: 'throughline@example.com', log: silentLog })
  onTestFinished(() => mailer.close())
  await mailer.deliver({ to: 'b@example.com', subject: 'whole', text: 't', html: '<p>t</p>', messageId: 'm' })
  expect(mails.map(({ subject }) => subject)).toEqual(['whole'])
})
