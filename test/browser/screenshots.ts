import { mkdirSync } from 'node:fs'
import { it } from 'vitest'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/page.ts'

/** `npm run screenshots`: what a person sees, to be looked at; nothing is asserted. Files go to test/browser/out. */
const out = new URL('out/', import.meta.url).pathname
const looks = [
  { name: 'desktop-dark', width: 1440, height: 900, colorScheme: 'dark' as const },
  { name: 'desktop-light', width: 1440, height: 900, colorScheme: 'light' as const },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark' as const },
  { name: 'phone-light', width: 390, height: 844, colorScheme: 'light' as const },
]

it('draws the pages at desktop and phone width', { timeout: 300_000 }, async () => {
  mkdirSync(out, { recursive: true })
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  for (const { name, ...look } of looks) {
    const browser = await openBrowser(look)
    const { page } = browser
    const shoot = (what: string) => page.screenshot({ path: `${out}${what}-${name}.png` })
    const link = (await runThroughline(['sign-in-link'], cloud.env)).out.trim()
    await page.goto(`${cloud.url}/sign-in`)
    await shoot('sign-in')
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('button', { name: /sign in/i }).waitFor()
    await shoot('sign-in-link')
    await signIn(page, link)
    await page.locator('a[href^="/nodes/"]').first().waitFor()
    await shoot('nodes')
    await page.locator('a[href^="/nodes/"]').first().click()
    await page.locator('[data-context="system.cpu"]').first().waitFor()
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('[data-context]')].filter((card) => Number((card as HTMLElement).dataset['lastTime'] ?? 0) > 0)
          .length >= 1,
    )
    await page.waitForTimeout(8_000)
    await shoot('node')
    await page.mouse.move(look.width / 2, 560)
    await page.mouse.wheel(0, 1_400)
    await page.waitForTimeout(3_000)
    await shoot('node-scrolled')
    await page.goto(`${cloud.url}/connect`)
    await page.waitForTimeout(1_500)
    await shoot('connect')
    await browser.close()
  }
})
