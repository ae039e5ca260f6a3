import { expect, it } from 'vitest'
import { createIdentityBench } from '../../test/doubles/benches/identity-bench.ts'
import type { MetadataStore } from '../store/port.ts'
import { createIdentity } from './identity.ts'
import { identityLimits } from './limits.ts'
import type { Mail } from './mailer.ts'

function catcher() {
  const sent: Mail[] = []
  return { sent, mailer: { send: async (mail: Mail) => void sent.push(mail), close() {} } }
}

it('[ID22] mails a link to a known address and nothing to an unknown one', async () => {
  const { sent, mailer } = catcher()
  const { identity } = await createIdentityBench({ mailer })
  await identity.loginMail.request('Owner@example.com', '192.0.2.1')
  await identity.loginMail.request('nobody@example.com', '192.0.2.1')
  await identity.loginMail.settled()
  expect(sent.map(({ to }) => to)).toEqual(['owner@example.com'])
  const token = /#([\w-]+)/.exec(sent[0]?.text ?? '')?.[1] ?? ''
  expect((await identity.links.describe(token)).email).toBe('owner@example.com')
})

it('[ID22] answers before the store does, whether it knows the address or not', async () => {
  const made = await createIdentityBench()
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const store: MetadataStore = { ...made.store, read: (key) => held.then(() => made.store.read(key)) }
  const slow = await createIdentity({ ...made.deps, store })
  await slow.loginMail.request('owner@example.com', '192.0.2.1')
  await slow.loginMail.request('nobody@example.com', '192.0.2.1')
  expect(made.linksWithoutMail).toEqual([])
  release()
  await slow.close()
  expect(made.linksWithoutMail).toHaveLength(1)
})

it('[ID22] sends at most three mails to one address', async () => {
  const { sent, mailer } = catcher()
  const { identity } = await createIdentityBench({ mailer })
  for (let count = 0; count < 6; count++) await identity.loginMail.request('owner@example.com', `192.0.2.${count}`)
  await identity.loginMail.settled()
  expect(sent).toHaveLength(identityLimits.mailsPerAddress.count)
})

it('[ID22] a restart, or another process beside, sends no more of them, and ten minutes later there are three again', async () => {
  const { sent, mailer } = catcher()
  const { deps, clock } = await createIdentityBench()
  const askIn = async (processes: number) => {
    for (let count = 0; count < processes; count++) {
      const identity = await createIdentity({ ...deps, mailer })
      await Promise.all([1, 2].map(() => identity.loginMail.request('owner@example.com', '192.0.2.1')))
      await identity.close()
    }
    return sent.length
  }
  expect(await askIn(5)).toBe(identityLimits.mailsPerAddress.count)
  clock.advance(identityLimits.mailsPerAddress.windowMs)
  expect(await askIn(5)).toBe(2 * identityLimits.mailsPerAddress.count)
})

it('[ID22] a link of the operator is no mail, and does not make room for more', async () => {
  const { sent, mailer } = catcher()
  const { deps, owner } = await createIdentityBench()
  for (let count = 0; count < 5; count++) {
    const identity = await createIdentity({ ...deps, mailer })
    await identity.loginMail.request('owner@example.com', '192.0.2.1')
    await identity.close()
    await identity.links.issue(owner.personId, { isByOperator: true })
  }
  expect(sent).toHaveLength(identityLimits.mailsPerAddress.count)
})

it('[ID23] refuses the 21st wish of one IP, and serves another IP', async () => {
  const { identity } = await createIdentityBench()
  for (let count = 0; count < identityLimits.mailsPerIp.count; count++)
    await identity.loginMail.request(`p${count}@example.com`, '192.0.2.1')
  await expect(identity.loginMail.request('p@example.com', '192.0.2.1')).rejects.toEqual(expect.objectContaining({ code: 'RATE_LIMITED' }))
  await identity.loginMail.request('p@example.com', '192.0.2.2')
  await identity.loginMail.settled()
})

it('[ID23] counts a network of IPv6 as one IP, since one host has all of it', async () => {
  const { identity } = await createIdentityBench()
  for (let count = 0; count < identityLimits.mailsPerIp.count; count++)
    await identity.loginMail.request(`p${count}@example.com`, `2001:db8::${count.toString(16)}:1`)
  await expect(identity.loginMail.request('p@example.com', '2001:db8::ffff')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  await identity.loginMail.request('p@example.com', '2001:db8:0:1::1')
  await identity.loginMail.settled()
})

it('[ID25] hands the link to the operator when there is no mail server', async () => {
  const { identity, linksWithoutMail } = await createIdentityBench()
  await identity.loginMail.request('nobody@example.com', '192.0.2.1')
  await identity.loginMail.request('owner@example.com', '192.0.2.1')
  await identity.loginMail.settled()
  expect(linksWithoutMail).toEqual([expect.stringMatching(/^https:\/\/localhost:8443\/sign-in#[\w-]{64}$/)])
})

it('[ID1] refuses an address it cannot send to', async () => {
  const { identity } = await createIdentityBench()
  await expect(identity.loginMail.request('a@b@c', '192.0.2.1')).rejects.toEqual(expect.objectContaining({ code: 'ADDRESS_INVALID' }))
})
