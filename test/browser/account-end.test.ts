import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { ageProofs } from '../doubles/benches/age-proofs.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { plugInPasskeys } from '../doubles/people/virtual-passkeys.ts'

const [owner, guest] = ['ada@example.org', 'bob@example.org']

async function startCloud() {
  const mailbox = await startMailbox()
  const cloud = await startInstallation({ THROUGHLINE_ADMIN_EMAIL: owner, THROUGHLINE_SMTP_URL: mailbox.smtpUrl })
  return { cloud, mailbox }
}

/** A request of the page's own origin, with its session. */
const ask = (page: Page, method: string, path: string, body: unknown = {}) =>
  page.evaluate(
    async ({ method, path, body }) => {
      const answer = await fetch(`/api/throughline/v1${path}`, {
        method,
        ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
      return { status: answer.status, json: (await answer.json().catch(() => ({}))) as Record<string, unknown> }
    },
    { method, path, body },
  )

const personIdOf = async (page: Page) => String((await ask(page, 'GET', '/me')).json['personId'])

/** Invites somebody, who comes by the mail, signs in and accepts. */
async function bringIn(page: Page, mailbox: Awaited<ReturnType<typeof startMailbox>>, guestPage: Page, url: string): Promise<void> {
  expect((await ask(page, 'POST', '/members', { email: guest, role: 'observer' })).status).toBe(201)
  await guestPage.goto(`${url}/join`)
  await guestPage.waitForURL(/\/sign-in$/)
  await guestPage.getByLabel('Email address').fill(guest)
  await guestPage.getByRole('button', { name: 'Send me a link' }).click()
  await guestPage.goto(await mailbox.nextLink(guest))
  await guestPage.getByRole('button', { name: 'Sign in' }).click()
  await guestPage.waitForURL(`${url}/join`)
}

it(
  '[PP18] who was invited is asked after signing in, told what the role means, and may decline or accept',
  { timeout: 180_000 },
  async () => {
    const { cloud, mailbox } = await startCloud()
    const [mine, other] = [await openBrowser(), await openBrowser({ width: 390, height: 844 })]
    try {
      const [{ page }, { page: guestPage }] = [mine, other]
      await signIn(page, cloud.signInLink)
      await bringIn(page, mailbox, guestPage, cloud.url)
      await guestPage.getByRole('heading', { name: 'You are invited' }).waitFor()
      await guestPage.getByText(`${owner} asks you to come in as`).waitFor()
      await guestPage.getByText('Watches the nodes of their rooms and changes nothing.').waitFor()
      await guestPage.getByRole('button', { name: /^Decline/ }).click()
      await guestPage.getByRole('heading', { name: 'You are in no space yet' }).waitFor()

      expect((await ask(page, 'POST', '/members', { email: guest, role: 'observer' })).status).toBe(201)
      await guestPage.reload()
      await guestPage.getByRole('button', { name: /^Accept/ }).focus()
      await guestPage.keyboard.press('Enter')
      await guestPage.getByRole('heading', { name: 'Welcome' }).waitFor()
      await guestPage.getByRole('button', { name: 'Go to My space' }).click()
      await guestPage.waitForURL(/\/spaces\//)
    } finally {
      await Promise.all([mine.close(), other.close()])
    }
  },
)

it(
  '[PP19] an account is deleted: what goes and stays is said first, spaces are handed over or deleted, it is really you, and nothing is left',
  { timeout: 240_000 },
  async () => {
    const { cloud, mailbox } = await startCloud()
    const [mine, other] = [await openBrowser({ width: 390, height: 844 }), await openBrowser()]
    try {
      const [{ page }, { page: guestPage }] = [mine, other]
      await signIn(page, cloud.signInLink)
      await bringIn(page, mailbox, guestPage, cloud.url)
      await guestPage.getByRole('button', { name: /^Accept/ }).click()
      await guestPage.getByRole('heading', { name: 'Welcome' }).waitFor()
      expect((await ask(page, 'POST', '/spaces', { name: 'Lab' })).status).toBe(201)
      expect((await ask(page, 'POST', '/api-tokens', { name: 'Old', scope: 'scope:read-only' })).status).toBe(201)
      await page.evaluate(() => window.sessionStorage.setItem('throughline-board-draft-1/x/y', '{}'))

      await page.goto(`${cloud.url}/profile/delete`)
      await page.getByRole('heading', { name: 'What goes' }).waitFor()
      await page.getByText('API tokens', { exact: true }).last().waitFor()
      await page.getByRole('heading', { name: 'What stays', exact: true }).waitFor()
      const button = page.getByRole('button', { name: 'Delete my account' })
      await expect.poll(() => button.count()).toBe(0)

      await page.getByRole('button', { name: 'Hand over My space' }).click()
      await page.getByRole('radio', { name: new RegExp(guest) }).check()
      await page.getByRole('button', { name: 'Make them admin' }).click()
      await page.getByText('My space has another admin now.').waitFor()
      await page.getByRole('button', { name: 'Delete Lab' }).click()
      await page.getByLabel(/Type Lab to confirm/).fill('Lab')
      await page.keyboard.press('Enter')
      await page.getByText('Lab is deleted.').waitFor()
      await button.waitFor()

      await ageProofs(cloud, await personIdOf(page))
      await page.reload()
      await button.waitFor()
      await expect.poll(() => button.isDisabled()).toBe(true)
      await page.getByRole('button', { name: 'Prove that it is you' }).click()
      await page.getByRole('dialog', { name: 'Prove that it is you' }).getByRole('button', { name: 'Send me a link by mail' }).click()
      const proofTab = await mine.context.newPage()
      await signIn(proofTab, await mailbox.nextLink(owner))
      await proofTab.close()
      await page.getByText('You have shown that it is you.').waitFor()

      await page.getByLabel(/Type ada@example.org to confirm/).fill('ada@example.com')
      await expect.poll(() => button.isDisabled()).toBe(true)
      await page.getByLabel(/Type ada@example.org to confirm/).fill(owner)
      await button.click()
      await page.waitForURL(`${cloud.url}/erased#*`)
      await page.getByRole('heading', { name: /^Your account is (gone|erased)$/ }).waitFor()
      const kept = await page.evaluate(async () => ({
        local: window.localStorage.length,
        session: Object.keys(window.sessionStorage),
        known: await window.caches.has('throughline-known-1'),
      }))
      expect({ ...kept, session: kept.session.filter((key) => key.startsWith('throughline')) }).toEqual({
        local: 0,
        session: [],
        known: false,
      })
      expect((await ask(page, 'GET', '/me')).status).toBe(401)
      const people = (await ask(guestPage, 'GET', '/members')).json['members'] as { email: string; role: string }[]
      expect(people.map(({ email, role }) => [email, role])).toEqual([[guest, 'admin']])
      const print = await runThroughline(['sign-in-link', '--email', owner], cloud.env)
      expect(print.err).toContain(`Nobody here has the address ${owner}`)
    } finally {
      await Promise.all([mine.close(), other.close()])
    }
  },
)

it(
  '[PP20] whatever needs a fresh sign-in asks for a passkey in one dialog, goes on by itself, and is refused in words without',
  { timeout: 120_000 },
  async () => {
    const { cloud } = await startCloud()
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await plugInPasskeys(page)
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/profile/passkeys`)
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.keyboard.press('Enter')
      await page.getByText('The passkey is added.').waitFor()
      await ageProofs(cloud, await personIdOf(page))

      const asksToo = page.getByRole('switch', { name: /Ask for a passkey on top/ })
      await asksToo.focus()
      await page.keyboard.press('Space')
      const dialog = page.getByRole('dialog', { name: 'Prove that it is you' })
      await dialog.getByRole('button', { name: 'Not now' }).click()
      await page.getByRole('alert').first().waitFor()
      await expect.poll(() => asksToo.isChecked()).toBe(false)

      await asksToo.click()
      await dialog.getByRole('button', { name: 'Use a passkey' }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('From now on a link alone does not sign you in.').waitFor()
      await expect.poll(() => asksToo.isChecked()).toBe(true)
    } finally {
      await browser.close()
    }
  },
)
