import PostalMime from 'postal-mime'
import { expect, it, onTestFinished } from 'vitest'
import type { LogFields } from '../../src/domain/storable.ts'
import { silentLog, type Log } from '../../src/support/log.ts'
import { startMailServer } from '../../test/doubles/servers/mail-server.ts'
import { createMailer } from './mailer.ts'

async function catcher(isAccepting = true) {
  const caught: { from: string; to: string[]; raw: Buffer }[] = []
  const smtpUrl = await startMailServer({
    onRcptTo: (_address, _session, done) => done(isAccepting ? undefined : new Error('no such mailbox')),
    take: (raw, { envelope: { mailFrom, rcptTo } }) =>
      void caught.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), raw }),
  })
  return { caught, smtpUrl }
}

it('[ID24] sends to exactly the validated address', async () => {
  const { caught, smtpUrl } = await catcher()
  const mailer = createMailer({ smtpUrl, from: 'Throughline <throughline@example.com>', log: silentLog })
  onTestFinished(() => mailer.close())
  await mailer.send({ to: "o'brien+x@example.com", subject: 'Your link', text: 'https://localhost:8443/sign-in#abc\n' })
  expect(caught.map(({ from, to }) => ({ from, to }))).toEqual([{ from: 'throughline@example.com', to: ["o'brien+x@example.com"] }])
  const parsed = await PostalMime.parse(caught[0]?.raw ?? '')
  expect(parsed.to).toEqual([{ address: "o'brien+x@example.com", name: '' }])
  expect(parsed.subject).toBe('Your link')
  expect(parsed.text?.trim()).toBe('https://localhost:8443/sign-in#abc')
})

it('[ID24] logs a failure without the address, and does not throw', async () => {
  const { smtpUrl } = await catcher(false)
  const lines: string[] = []
  const keep = (event: string, fields?: LogFields) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = { error: keep, warn: keep, info: keep, debug: keep }
  const mailer = createMailer({ smtpUrl, from: 'throughline@example.com', log })
  onTestFinished(() => mailer.close())
  await mailer.send({ to: 'ada@example.com', subject: 's', text: 't' })
  const away = createMailer({ smtpUrl: 'smtp://127.0.0.1:1', from: 'throughline@example.com', log })
  onTestFinished(() => away.close())
  await away.send({ to: 'ada@example.com', subject: 's', text: 't' })
  expect(lines).toEqual(['mail_failed {"code":"EENVELOPE"}', 'mail_failed {"code":"ESOCKET"}'])
})

it('[ID26] refuses an address that is no mail server', () => {
  for (const smtpUrl of ['', 'mail.example.com', 'http://mail.example.com', 'smtp://']) {
    expect(() => createMailer({ smtpUrl, from: 'a@example.com', log: silentLog })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  }
})

it('[ID26] sends nothing in the clear to a server that is not on loopback', async () => {
  const { caught, smtpUrl } = await catcher()
  // 0.0.0.0 reaches this machine, but is not a loopback address by name.
  const mailer = createMailer({ smtpUrl: smtpUrl.replace('127.0.0.1', '0.0.0.0'), from: 'throughline@example.com', log: silentLog })
  onTestFinished(() => mailer.close())
  await mailer.send({ to: 'ada@example.com', subject: 's', text: 't' })
  expect(caught).toEqual([])
})

it('[NC3] a mail that is not taken says whether another attempt helps, and nothing else of what the server said', async () => {
  const answers = [451, 550, 421, 552]
  const smtpUrl = await startMailServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('words of the server'), { responseCode: answers.shift() ?? 550 })),
  })
  const lines: string[] = []
  const keep = (event: string, fields?: LogFields) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const mailer = createMailer({ smtpUrl, from: 'throughline@example.com', log: { error: keep, warn: keep, info: keep, debug: keep } })
  onTestFinished(() => mailer.close())
  const mail = { to: 'ada@example.com', subject: 's', text: 't', html: '<p>t</p>', messageId: 'm1' }
  const results = []
  for (let n = 0; n < 4; n++) results.push(await mailer.deliver(mail))
  expect(results).toEqual([
    { is: 'later', smtpStatus: 451 },
    { is: 'refused', smtpStatus: 550 },
    { is: 'later', smtpStatus: 421 },
    { is: 'refused', smtpStatus: 552 },
  ])
  expect(lines.join('\n')).not.toMatch(/words of the server|ada@/)
})
