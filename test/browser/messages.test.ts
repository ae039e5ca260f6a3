import { expect, it } from 'vitest'
import { startLivelyCloud } from '../doubles/people/lively-cloud.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'

it(
  '[EV9] a deletion is taken back by keyboard: F6 leads to its message, which waits while it has the focus',
  { timeout: 180_000 },
  async () => {
    const { cloud, signInLink } = await startLivelyCloud({ agents: 0, withNetdata: false })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, await signInLink())
      await page.goto(`${cloud.url}/boards`)
      const board = page.getByRole('link', { name: /Shop/ })
      await board.waitFor()
      await page.getByRole('button', { name: /Shop/ }).and(page.locator('[aria-haspopup="menu"]')).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      const messages = page.getByRole('region', { name: /Messages/ })
      await messages.getByText('Board “Shop” is deleted.').waitFor()
      await board.waitFor({ state: 'detached' })

      await page.keyboard.press('F6')
      const focused = () => page.evaluate(() => document.activeElement?.textContent)
      await expect.poll(() => focused()).toBe('Undo')
      await page.keyboard.press('Enter')
      await board.waitFor()
      await messages.getByText('It is back.').waitFor()
      await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true)

      // What the cloud says is what is shown.
      await page.reload()
      await board.waitFor()
    } finally {
      await browser.close()
    }
  },
)
