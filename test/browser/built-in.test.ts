import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'

const shown = ['system.cpu', 'system.ram', 'system.load', 'system.io', 'system.net', 'system.processes']

/** The time of the newest point of each chart that is on the page, by context; epoch seconds. */
function lastTimes(page: Page): Promise<Record<string, number>> {
  return page
    .locator('[data-context]')
    .evaluateAll((cards) =>
      Object.fromEntries(cards.map((card) => [card.getAttribute('data-context') ?? '', Number(card.getAttribute('data-last-time') ?? 0)])),
    )
}

/** Waits until at least `count` charts have a newer point than in `before`. */
async function waitForMovement(page: Page, before: Record<string, number>, count: number): Promise<void> {
  await expect
    .poll(async () => Object.entries(await lastTimes(page)).filter(([context, time]) => time > (before[context] ?? 0)).length, {
      timeout: 60_000,
    })
    .toBeGreaterThanOrEqual(count)
}

/** Brings the chart of a context onto the screen, as a person looks for it: what is far away is not in the document yet. */
async function show(page: Page, context: string): Promise<void> {
  const scroll = (id: string) => {
    const chart = document.querySelector(`[data-context="${id}"]`)
    const isAtEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1
    if (chart) chart.scrollIntoView({ block: 'center', behavior: 'instant' })
    else window.scrollTo({ top: isAtEnd ? 0 : window.scrollY + window.innerHeight / 2, behavior: 'instant' })
    return chart !== null
  }
  await expect.poll(() => page.evaluate(scroll, context), { timeout: 60_000 }).toBe(true)
}

it(
  '[RUN5] [RUN6] [UI1] a newcomer starts it, signs in, watches the host, pauses, looks back, and survives kill -9',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    // Tall enough for six charts at once: only what is on screen is asked for.
    const browser = await openBrowser({ height: 1800 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.getByRole('link', { name: /./ }).and(page.locator('a[href*="/nodes/"]')).first().click()
      await page.waitForURL(/\/nodes\//)

      for (const context of shown) {
        await show(page, context)
        await expect.poll(async () => (await lastTimes(page))[context] ?? 0, { timeout: 60_000 }).toBeGreaterThan(0)
      }
      await page.evaluate(() => window.scrollTo(0, 0))
      await waitForMovement(page, await lastTimes(page), 6)

      await page.getByRole('button', { name: /pause/i }).click()
      const paused = await lastTimes(page)
      await page.waitForResponse((answer) => answer.url().includes('/api/throughline/v1/'), { timeout: 15_000 }).catch(() => undefined)
      expect(await lastTimes(page)).toEqual(paused)
      await page.getByRole('button', { name: /play|resume/i }).click()
      await waitForMovement(page, paused, 6)

      await page
        .getByRole('radio', { name: /15/ })
        .or(page.getByRole('button', { name: /15 ?m/i }))
        .first()
        .click()
      await waitForMovement(page, await lastTimes(page), 6)

      const before = await lastTimes(page)
      await cloud.end('SIGKILL')
      await startInstallation({ ...cloud.env })
      await waitForMovement(page, before, 6)
    } finally {
      await browser.close()
    }
  },
)
