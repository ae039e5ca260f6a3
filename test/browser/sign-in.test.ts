import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser } from '../doubles/people/page.ts'

it(
  '[UI132] a link opened where the sign-in page is on screen signs in, and leaves no token in the address',
  { timeout: 90_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const { page } = browser
      await page.goto(`${cloud.url}/nodes`)
      await page.waitForURL(/\/sign-in$/)
      await page.goto(cloud.signInLink)
      const button = page.getByRole('button', { name: /sign in/i })
      await button.waitFor()
      await expect.poll(() => page.url()).toBe(`${cloud.url}/sign-in`)
      await button.click()
      await page.waitForURL((url) => url.pathname !== '/sign-in')
    } finally {
      await browser.close()
    }
  },
)
