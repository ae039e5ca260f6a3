import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { freePort } from '../doubles/servers/free-port.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { startOidcServer } from '../doubles/servers/oidc-server.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { plugInPasskeys } from '../doubles/people/virtual-passkeys.ts'

const owner = 'ada@example.org'

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in$/)
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.keyboard.press('Enter')
  await page.getByText('The passkey is added.').waitFor()
}

/** A cloud that mails its links to a real mail server. */
async function startCloud(settings: Readonly<Record<string, string>> = {}) {
  const mailbox = await startMailbox()
  const cloud = await startInstallation({ THROUGHLINE_ADMIN_EMAIL: owner, THROUGHLINE_SMTP_URL: mailbox.smtpUrl, ...settings })
  return { cloud, mailbox }
}

it(
  '[PP10] signs in by a link from a mail, once, and goes where one wanted to go: at a phone’s width, by keys alone',
  { timeout: 120_000 },
  async () => {
    const { cloud, mailbox } = await startCloud()
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await page.goto(`${cloud.url}/profile/sessions`)
      await page.waitForURL(/\/sign-in$/)
      await page.getByLabel('Email address').focus()
      await page.keyboard.type(owner)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
      const link = await mailbox.nextLink(owner)
      await page.goto(link)
      await page.getByText(owner).waitFor()
      await expect.poll(() => new URL(page.url()).hash).toBe('')
      await page.getByRole('button', { name: 'Sign in' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(`${cloud.url}/profile/sessions`)
      await page.getByText('This browser').waitFor()

      const again = await browser.context.newPage()
      await again.goto(link)
      await again.getByText('This link no longer works.').waitFor()
    } finally {
      await browser.close()
    }
  },
)

it('[PP11] a passkey is added, renamed, signs in without a mail, and is taken away', { timeout: 120_000 }, async () => {
  const { cloud } = await startCloud()
  const browser = await openBrowser({ width: 390, height: 844 })
  try {
    const { page } = browser
    const device = await plugInPasskeys(page)
    await signIn(page, cloud.signInLink)
    await page.goto(`${cloud.url}/profile/passkeys`)
    await page.getByText('You have no passkey yet.').waitFor()
    await addPasskey(page, 'Laptop')
    await expect.poll(() => device.count()).toBe(1)
    await page.getByRole('button', { name: 'Rename Laptop' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Old laptop')
    await page.keyboard.press('Enter')
    await page.getByText('Old laptop').waitFor()

    // As in a browser without the list under the field: this one would pick the only passkey from it by itself.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
    })
    await signOut(page)
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    await page.goto(`${cloud.url}/profile/sessions`)
    await page.getByText('By passkey').waitFor()

    await page.goto(`${cloud.url}/profile/passkeys`)
    await page.getByRole('button', { name: 'Remove Old laptop' }).click()
    await page.getByRole('button', { name: 'Remove the passkey' }).click()
    await page.getByText('You have no passkey yet.').waitFor()
  } finally {
    await browser.close()
  }
})

it('[PP12] with a second factor a link alone signs nobody in, the passkey after it does', { timeout: 120_000 }, async () => {
  const { cloud, mailbox } = await startCloud()
  const browser = await openBrowser()
  try {
    const { page } = browser
    const device = await plugInPasskeys(page)
    await signIn(page, cloud.signInLink)
    await page.goto(`${cloud.url}/profile/passkeys`)
    const asksToo = page.getByRole('switch', { name: /Ask for a passkey on top/ })
    await asksToo.waitFor()
    await expect.poll(() => asksToo.isDisabled()).toBe(true)
    await addPasskey(page, 'Phone')
    await asksToo.check()
    await page.getByText('From now on a link alone does not sign you in.').waitFor()

    await device.setPresent(false)
    await signOut(page)
    await page.getByLabel('Email address').fill(owner)
    await page.getByRole('button', { name: 'Send me a link' }).click()
    await page.goto(await mailbox.nextLink(owner))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await expect.poll(() => page.evaluate(async () => (await fetch('/api/throughline/v1/me')).status)).toBe(401)
    await device.setPresent(true)
    await page.getByRole('button', { name: 'Use your passkey' }).click()
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    await page.getByRole('button', { name: /^Signed in as/ }).waitFor()
  } finally {
    await browser.close()
  }
})

it('[PP13] a passkey of this device is offered under the address field, and signs in when it is picked', { timeout: 120_000 }, async () => {
  const { cloud } = await startCloud()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await plugInPasskeys(page)
    await signIn(page, cloud.signInLink)
    await page.goto(`${cloud.url}/profile/passkeys`)
    await addPasskey(page, 'Phone')
    // This browser has no list to show; its authenticator picks the only passkey as soon as the field offers it.
    await signOut(page)
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    await page.getByRole('button', { name: /^Signed in as/ }).waitFor()
  } finally {
    await browser.close()
  }
})

it('[PP14] one browser ends another, which is led to sign in again within seconds', { timeout: 120_000 }, async () => {
  const { cloud } = await startCloud()
  const [mine, other] = [await openBrowser(), await openBrowser({ width: 390, height: 844 })]
  try {
    await signIn(other.page, cloud.signInLink)
    await other.page.goto(`${cloud.url}/profile/sessions`)
    await other.page.getByText('This browser').waitFor()
    const link = (await runThroughline(['sign-in-link'], cloud.env)).out.trim()
    await signIn(mine.page, link)
    await mine.page.goto(`${cloud.url}/profile/sessions`)
    const list = mine.page.getByRole('list', { name: 'Signed-in browsers' })
    await expect.poll(() => list.getByRole('listitem').count()).toBe(2)
    await list.getByRole('button', { name: /^End Chrome on Linux/ }).click()
    await mine.page.getByText('is signed out. It notices within seconds.').waitFor()
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1)
    await list.getByText('This browser').waitFor()
    await other.page.waitForURL(/\/sign-in$/, { timeout: 60_000 })
  } finally {
    await Promise.all([mine.close(), other.close()])
  }
})

it(
  '[PP15] an API token is shown once, works for a program within its scope, and no more once it is revoked',
  { timeout: 120_000 },
  async () => {
    const { cloud } = await startCloud()
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/profile/api-tokens`)
      await page.getByRole('button', { name: 'New token' }).click()
      const dialog = page.getByRole('dialog', { name: 'New API token' })
      await dialog.getByRole('textbox', { name: 'Name' }).fill('Report')
      await dialog.getByRole('radio', { name: /Look only/ }).check()
      await dialog.getByLabel('Ends after').selectOption('30 days')
      await dialog.getByRole('button', { name: 'Make the token' }).click()
      const shown = page.getByRole('dialog', { name: 'Copy your token now' })
      const token = (await shown.locator('pre').innerText()).trim()
      await shown.getByRole('button', { name: 'I have copied it' }).click()
      expect(await page.content()).not.toContain(token)
      await page.reload()
      await page.getByText('never used').waitFor()
      expect(await page.content()).not.toContain(token)

      const ask = (method: string, path: string) =>
        browser.context.request.fetch(`${cloud.url}/api/throughline/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, cookie: '', 'content-type': 'application/json' },
          ...(method === 'GET' ? {} : { data: '{}' }),
        })
      expect((await ask('GET', '/nodes')).status()).toBe(200)
      expect((await ask('POST', '/claim-tokens')).status()).toBe(403)
      await page.reload()
      await page.getByText('just now').waitFor()
      await page.getByRole('button', { name: 'Revoke Report' }).click()
      await page.getByRole('button', { name: 'Revoke the token' }).click()
      await page.getByText('You have no token.').waitFor()
      expect((await ask('GET', '/nodes')).status()).toBe(401)
    } finally {
      await browser.close()
    }
  },
)

it(
  '[PP16] the address is changed by a link to the new one; name, theme and zone go with the account to another browser',
  { timeout: 120_000 },
  async () => {
    const { cloud, mailbox } = await startCloud()
    const browser = await openBrowser({ width: 390, height: 844 })
    const other = await openBrowser({ colorScheme: 'dark' })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/profile`)
      await page.getByRole('textbox', { name: 'Name' }).fill('Ada')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('You are now called Ada.').waitFor()
      await page.getByRole('button', { name: 'Light', exact: true }).click()
      await page.getByRole('radio', { name: /^UTC/ }).check()
      await page.getByRole('button', { name: 'Change' }).click()
      await page.getByLabel('New address').fill('ada@new.example.org')
      await page.getByRole('button', { name: 'Send the link' }).click()
      await page.getByText('A link is on its way to').waitFor()
      await page.goto(await mailbox.nextLink('ada@new.example.org'))
      await page.getByRole('button', { name: 'Use this address' }).click()
      await page.getByRole('heading', { name: 'Your address is changed' }).waitFor()
      await page.getByRole('button', { name: 'Go to your profile' }).click()
      await page.getByText('ada@new.example.org').first().waitFor()

      const link = (await runThroughline(['sign-in-link'], cloud.env)).out.trim()
      await signIn(other.page, link)
      await other.page.goto(`${cloud.url}/profile`)
      await expect.poll(() => other.page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Ada')
      await expect.poll(() => other.page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light')
      await expect.poll(() => other.page.getByRole('radio', { name: /^UTC/ }).isChecked()).toBe(true)
    } finally {
      await Promise.all([browser.close(), other.close()])
    }
  },
)

it(
  '[PP17] an account of another service is refused before it is tied, then tied in the profile, then signs in; and is untied again',
  { timeout: 180_000 },
  async () => {
    const port = await freePort()
    const url = `https://localhost:${port}`
    const server = await startOidcServer([`${url}/api/throughline/v1/sign-in/callback/oidc`])
    const { cloud } = await startCloud({
      THROUGHLINE_PORT: String(port),
      THROUGHLINE_OIDC_ISSUER: server.issuer,
      THROUGHLINE_OIDC_CLIENT_ID: server.clientId,
      THROUGHLINE_OIDC_CLIENT_SECRET: server.clientSecret,
      THROUGHLINE_OIDC_NAME: 'Workshop',
    })
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await signOut(page)
      server.signedIn({ sub: 'stranger', email: 'eve@example.org', email_verified: true })
      await page.goto(`${cloud.url}/sign-in`)
      await page.getByRole('button', { name: 'Continue with Workshop' }).click()
      await page.getByText('Nobody here knows that account.').waitFor()
      await expect.poll(() => page.url()).toBe(`${cloud.url}/sign-in`)

      await browser.context.clearCookies({ domain: '127.0.0.1' })
      server.signedIn({ sub: 'ada-at-work', email: owner, email_verified: true })
      await page.getByRole('button', { name: 'Continue with Workshop' }).click()
      await page.getByText('That account is not tied to yours yet.').waitFor()

      await signIn(page, (await runThroughline(['sign-in-link'], cloud.env)).out.trim())
      await page.goto(`${cloud.url}/profile/passkeys`)
      await page.getByText('No other account is tied to yours.').waitFor()
      await page.getByRole('button', { name: 'Tie an account of Workshop' }).click()
      await page.getByText('The account is tied to yours.').waitFor()
      await expect.poll(() => page.url()).toBe(`${cloud.url}/profile/passkeys`)
      await page.getByRole('button', { name: /^Unlink Workshop/ }).waitFor()

      await signOut(page)
      await page.goto(`${cloud.url}/profile/sessions`)
      await page.waitForURL(/\/sign-in$/)
      await page.getByRole('button', { name: 'Continue with Workshop' }).click()
      await page.waitForURL(`${cloud.url}/profile/sessions`)
      await page.getByText('By another service').waitFor()

      // With a second factor the other service alone is not enough.
      const device = await plugInPasskeys(page)
      await page.goto(`${cloud.url}/profile/passkeys`)
      await addPasskey(page, 'Phone')
      await page.getByRole('switch', { name: /Ask for a passkey on top/ }).check()
      await page.getByText('From now on a link alone does not sign you in.').waitFor()
      await device.setPresent(false)
      await signOut(page)
      await page.getByRole('button', { name: 'Continue with Workshop' }).click()
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
      await device.setPresent(true)
      await page.getByRole('button', { name: 'Use your passkey' }).click()
      await page.getByRole('button', { name: /^Signed in as/ }).waitFor()

      await page.goto(`${cloud.url}/profile/passkeys`)
      await page.getByRole('button', { name: /^Unlink Workshop/ }).click()
      await page.getByText('No other account is tied to yours.').waitFor()
    } finally {
      await browser.close()
    }
  },
)

it(
  '[PP21] where the cloud has an address without a name, passkeys are not offered, and the profile says why',
  { timeout: 120_000 },
  async () => {
    const port = await freePort()
    const { cloud } = await startCloud({ THROUGHLINE_PORT: String(port), THROUGHLINE_PUBLIC_URL: `https://127.0.0.1:${port}` })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await page.goto(`${cloud.url}/sign-in`)
      await page.getByRole('button', { name: 'Send me a link' }).waitFor()
      await expect.poll(() => page.getByRole('button', { name: 'Use a passkey' }).count()).toBe(0)
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/profile/passkeys`)
      await page.getByText('not an IP address').waitFor()
      await expect.poll(() => page.getByRole('button', { name: 'Add a passkey' }).isDisabled()).toBe(true)
    } finally {
      await browser.close()
    }
  },
)
