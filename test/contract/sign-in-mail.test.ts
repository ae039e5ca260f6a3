import PostalMime from 'postal-mime'
import { expect, it, onTestFinished } from 'vitest'
import { createMailer } from '../../cloud/identity/mailer.ts'
import { silentLog } from '../../src/support/log.ts'
import { createApiBench } from '../doubles/benches/api-bench.ts'
import { createCookieJar } from '../doubles/people/cookie-jar.ts'
import { startMailServer } from '../doubles/servers/mail-server.ts'

const base = '/api/throughline/v1'

async function bench() {
  const caught: { readonly to: readonly string[]; readonly raw: Buffer }[] = []
  const smtpUrl = await startMailServer({
    take: (raw, { envelope }) => void caught.push({ to: envelope.rcptTo.map(({ address }) => address), raw }),
  })
  const mailer = createMailer({ smtpUrl, from: 'throughline@example.com', log: silentLog })
  onTestFinished(() => mailer.close())
  const lab = await createApiBench({ identity: { mailer } })
  const mailTo = async (address: string) => {
    await lab.identity.loginMail.settled()
    const mail = caught.findLast(({ to }) => to.length === 1 && to[0] === address)
    return (await PostalMime.parse(mail?.raw ?? '')).text ?? ''
  }
  return { ...lab, caught, mailTo }
}

const tokenIn = (text: string, path: string) => new RegExp(`https://localhost:8443/${path}#([\\w-]+)`).exec(text)?.[1] ?? ''

it('[SI98] signs in by a link that a real mail server carried, once', async () => {
  const lab = await bench()
  for (const email of ['Owner@Example.com', 'nobody@example.com'])
    expect((await lab.call('POST', `${base}/sign-in/request`, { body: { email } })).status).toBe(202)
  const token = tokenIn(await lab.mailTo('owner@example.com'), 'sign-in')
  expect(lab.caught.map(({ to }) => to)).toEqual([['owner@example.com']])
  const jar = createCookieJar()
  expect((await lab.call('POST', `${base}/sign-in/describe`, { body: { token } })).json).toEqual({ email: 'owner@example.com' })
  jar.take(await lab.call('POST', `${base}/sign-in`, { body: { token } }))
  expect((await lab.call('GET', `${base}/me`, { cookie: jar.header })).json).toMatchObject({ email: 'owner@example.com', hasMail: true })
  expect((await lab.call('POST', `${base}/sign-in`, { body: { token } })).status).toBe(403)
})

it('[SI98] confirms a new address by its own mail, and tells the one before', async () => {
  const lab = await bench()
  const cookie = await lab.signedIn()
  expect((await lab.call('POST', `${base}/me/email`, { cookie, body: { email: 'new@example.com' } })).status).toBe(202)
  const token = tokenIn(await lab.mailTo('new@example.com'), 'confirm-address')
  expect((await lab.call('POST', `${base}/me/email/confirm`, { cookie, body: { token } })).status).toBe(204)
  expect((await lab.call('GET', `${base}/me`, { cookie })).json).toMatchObject({ email: 'new@example.com' })
  expect(await lab.mailTo('owner@example.com')).toContain('has another address now')
})
