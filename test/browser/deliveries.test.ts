import { AxeBuilder } from '@axe-core/playwright'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { failing, startReceiver } from '../doubles/servers/receiver.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'

const alertOf = (name: string) =>
  simulatedAlert({
    chart: 'disk_space._',
    name,
    context: 'disk.space',
    status: 'critical',
    whenS: Math.floor(Date.now() / 1_000) - 30,
    valueText: '97.3%',
  })

it(
  '[DL42] the list of messages tells by itself what fails and what is sent, tries again and drops by keys, dark, light and on a phone',
  { timeout: 240_000 },
  async () => {
    const receiver = await startReceiver()
    const cloud = await startInstallation({ NODE_EXTRA_CA_CERTS: receiver.caFile, THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128' })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/settings/messages`)
      await page.getByText('Nothing was told yet').waitFor()

      // Through the form of channels, as an admin would.
      await page.getByRole('link', { name: 'Channels', exact: true }).click()
      await page.getByRole('button', { name: 'New channel' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Kind').selectOption('webhook')
      await dialog.getByLabel('Name', { exact: true }).fill('Pager <b>duty</b>')
      await dialog.getByLabel('Address', { exact: true }).fill(`${receiver.url}/hook`)
      await dialog.getByRole('button', { name: /^(Create|Add|Save)/u }).click()
      await dialog.waitFor({ state: 'hidden' })
      await page.getByRole('link', { name: 'Messages', exact: true }).click()

      receiver.script(failing(404), failing(404))
      await connectAgents(cloud, { 'shop-1': { alerts: [alertOf('disk <i>full</i>')] } })
      const row = page.locator('.messages-row')
      await row.filter({ hasText: 'Failed' }).waitFor({ timeout: 60_000 })
      await expect.poll(() => row.count()).toBe(1)
      const text = await row.innerText()
      expect(text).toContain('disk <i>full</i>: critical')
      expect(text).toContain('shop-1 · to Pager <b>duty</b>')
      await expect.poll(() => page.locator('.settings-sub').innerText()).toContain('1 failed')

      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      }
      await page.setViewportSize({ width: 390, height: 800 })
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      await page.setViewportSize({ width: 1280, height: 800 })

      // The second try fails, too; the third is taken.
      const again = page.getByRole('button', { name: /^Try again/u })
      await again.focus()
      await page.keyboard.press('Enter')
      await expect.poll(() => receiver.requests.length, { timeout: 30_000 }).toBe(2)
      await row.filter({ hasText: 'Tried 2 times.' }).waitFor({ timeout: 30_000 })
      await again.focus()
      await page.keyboard.press('Enter')
      await row.filter({ hasText: 'Sent' }).waitFor({ timeout: 30_000 })
      await expect.poll(() => again.count()).toBe(0)
      expect(new Set(receiver.requests.map(({ headers }) => headers['throughline-delivery'])).size).toBe(1)

      // Another one is dropped, and found by its state.
      receiver.script(failing(404))
      await connectAgents(cloud, { 'shop-2': { alerts: [alertOf('other')] } })
      await row.filter({ hasText: 'Failed' }).waitFor({ timeout: 60_000 })
      await page.getByRole('button', { name: /^Drop/u }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Drop the message' }).click()
      await row.filter({ hasText: 'Dropped' }).waitFor({ timeout: 30_000 })
      await page.getByLabel('State').selectOption('dropped')
      await page.waitForURL(/state=dropped/u)
      await expect.poll(() => row.count()).toBe(1)
      await expect.poll(() => row.innerText()).toContain('other: critical')
      await page.getByLabel('State').selectOption('waiting')
      await page.getByText('Nothing matches').waitFor()
    } finally {
      await browser.close()
    }
  },
)
