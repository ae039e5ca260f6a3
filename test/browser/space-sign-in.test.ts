import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startDnsServer } from '../doubles/servers/dns-server.ts'
import { startInstallation } from '../doubles/installation.ts'
import { startOidcServer } from '../doubles/servers/oidc-server.ts'
import { openBrowser, signIn, spaceOf } from '../doubles/people/page.ts'

/** What has the focus, by its label or its text. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? (document.activeElement as HTMLElement | null)?.innerText)

it(
  '[PS5] [PS32] an admin sets up the sign-in of the space, proves a domain by the DNS, removes domains with the keyboard, and no secret shows',
  { timeout: 240_000 },
  async () => {
    const dns = await startDnsServer()
    const cloud = await startInstallation({ THROUGHLINE_DNS_SERVERS: dns.server, THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8' })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/settings/sign-in`)
      await page.getByText('No server of your own is set up').waitFor()
      const callback = (await page.locator('.command code').textContent()) ?? ''
      expect(callback).toBe(`${cloud.url}/api/throughline/v1/sign-in/callback/space-${spaceOf(page)}`)
      const { issuer, clientId, clientSecret } = await startOidcServer([callback])

      await page.getByRole('button', { name: 'Set up sign-in' }).click()
      const dialog = page.getByRole('dialog', { name: 'Set up sign-in' })
      await dialog.getByLabel('Name').fill('<b>Company</b>')
      await dialog.getByLabel('Issuer').fill(issuer.replace('http:', 'ftp:'))
      await dialog.getByText('The address begins with https://.').waitFor()
      await dialog.getByLabel('Issuer').fill(issuer)
      await dialog.getByLabel('Client ID').fill(clientId)
      await expect.poll(() => dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
      await dialog.getByLabel('Client secret').fill(clientSecret)
      await dialog.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: '<b>Company</b>' }).waitFor()
      await page.getByText('Nobody yet. Name a domain').waitFor()
      await page.getByText(`${cloud.url}/sign-in?space=${spaceOf(page)}`).waitFor()

      for (const domain of ['a.example.com', 'b.example.com']) {
        await page.getByLabel('Domain to add').fill(domain)
        await page.getByRole('button', { name: 'Add domain' }).click()
        await page.locator(`[data-domain="${domain}"]`).waitFor()
      }
      const row = page.locator('[data-domain="b.example.com"]')
      await row.getByRole('button', { name: 'Check b.example.com' }).click()
      await page.getByText('The DNS does not have the record of b.example.com yet').waitFor()
      const [name = '', value = ''] = await row.locator('code').allTextContents()
      dns.texts.set(name, [value])
      await row.getByRole('button', { name: 'Check b.example.com' }).click()
      await row.getByText('Proven', { exact: true }).waitFor()
      await page.getByText('whose address ends with @b.example.com.').waitFor()

      await page.getByRole('button', { name: 'Edit' }).click()
      const edited = page.getByRole('dialog', { name: 'Edit <b>Company</b>' })
      await edited.getByText('A secret is kept and never shown again.').waitFor()
      await expect.poll(() => edited.getByLabel('Client secret').inputValue()).toBe('')
      expect(await page.content()).not.toContain(clientSecret)
      await page.keyboard.press('Escape')

      const remove = async (domain: string) => {
        await page.getByRole('button', { name: `Remove ${domain}` }).focus()
        await page.keyboard.press('Enter')
        await page.getByRole('button', { name: 'Remove the domain' }).focus()
        await page.keyboard.press('Enter')
        await expect.poll(() => page.locator(`[data-domain="${domain}"]`).count()).toBe(0)
      }
      await remove('a.example.com')
      await expect.poll(() => focused(page)).toBe('Remove b.example.com')
      await remove('b.example.com')
      await expect.poll(() => focused(page)).toBe('Sign-in')

      await page.getByRole('button', { name: 'Remove', exact: true }).click()
      await page.getByRole('button', { name: 'Remove the sign-in' }).click()
      await page.getByText('No server of your own is set up').waitFor()
      await expect.poll(() => focused(page)).toBe('Sign-in')
    } finally {
      await browser.close()
    }
  },
)
