import { AxeBuilder } from '@axe-core/playwright'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser } from '../doubles/people/page.ts'

it(
  '[OA4] the page of the API is searched and read in a browser, dark and light, on a phone, by keys, without a word to anybody else',
  { timeout: 120_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const { page } = browser
      const asked: string[] = []
      const complaints: string[] = []
      page.on('request', (request) => void asked.push(new URL(request.url()).origin))
      page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
      await page.goto(`${cloud.url}/api/docs`)
      const all = await page.locator('details').count()
      expect(all).toBeGreaterThan(200)
      await page.getByRole('searchbox').fill('post rooms members')
      const shown = page.locator('details:visible')
      await expect.poll(() => shown.count()).toBeLessThan(6)
      expect(await page.getByRole('status').textContent()).toBe(`${await shown.count()} addresses`)
      // By keys: from the search to the first address, which opens.
      await shown.first().locator('summary').focus()
      await page.keyboard.press('Enter')
      await expect.poll(() => shown.first().getByRole('heading', { name: 'Body' }).isVisible()).toBe(true)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      }
      await page.getByRole('searchbox').fill('')
      await page.setViewportSize({ width: 390, height: 800 })
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      expect(new Set(asked)).toEqual(new Set([new URL(cloud.url).origin]))
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  },
)
