import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { insideSpace, openBrowser, signIn } from '../doubles/people/page.ts'

const focusedId = (page: Page) => page.evaluate(() => document.activeElement?.id)
const isPaletteOpen = (page: Page) => page.getByRole('dialog', { name: 'Search and commands' }).isVisible()

it(
  '[EV7] a change of page moves the focus to the content, says its title, starts at the top, and going back is where one was',
  { timeout: 180_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser({ height: 500 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/nodes`)
      expect(await focusedId(page)).not.toBe('content')
      await page.locator('a[href*="/nodes/"]').first().click()
      await page.waitForURL(/\/nodes\/./)
      await page.waitForFunction(() => document.querySelectorAll('[data-context]').length > 6)
      expect(await focusedId(page)).toBe('content')
      const hostname = await page.getByRole('heading', { level: 1 }).innerText()
      await expect.poll(() => page.title()).toContain(hostname)
      await expect.poll(() => page.locator('[data-announcer]').innerText()).toBe(hostname)
      await page.evaluate(() => window.scrollTo({ top: 900, behavior: 'instant' }))
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connect' }).click()
      await page.getByRole('heading', { level: 1, name: /connect/i }).waitFor()
      await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0)
      await page.goBack()
      await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(600)
    } finally {
      await browser.close()
    }
  },
)

it('[EV3] a room that is not in the space says so, and the bar leads back to all nodes', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    await page.goto(`${cloud.url}/rooms/11111111-1111-4111-8111-111111111111/nodes`)
    await page.getByRole('heading', { name: 'There is no such room in your space' }).waitFor()
    await page.getByRole('button', { name: /^Room:/ }).click()
    await page.getByRole('menuitemradio', { name: /All nodes/ }).click()
    await page.waitForURL((url) => insideSpace(url) === '/nodes')
    await page.getByRole('heading', { level: 1, name: 'Nodes' }).waitFor()
  } finally {
    await browser.close()
  }
})

it(
  '[EV13] [EV19] the palette leads to nodes, metrics and pages by keyboard alone, and gives the focus back',
  { timeout: 180_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/connect`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const open = async (search: string) => {
        await page.keyboard.press('Control+k')
        await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
        await page.keyboard.type(search)
      }
      // Who types on while it is loaded loses no letter, and the page's own keys stay out of it.
      let letGo = () => {}
      const held = new Promise<void>((resolve) => (letGo = resolve))
      await page.route(/\/assets\/palette-[^/]*\.js$/u, async (route) => {
        await held
        await route.continue()
      })
      await page.keyboard.press('Control+k')
      await page.keyboard.type('me?x')
      await page.keyboard.press('Backspace')
      await page.keyboard.press('Backspace')
      await page.keyboard.type('trics')
      letGo()
      const field = page.getByRole('combobox', { name: 'Search and commands' })
      await expect.poll(() => field.inputValue()).toBe('metrics')
      await page.keyboard.press('Escape')
      await expect.poll(() => isPaletteOpen(page)).toBe(false)
      await open('system.ra')
      await page.getByRole('option', { name: /system\.ram/, selected: true }).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/metrics#.*open=system\.ram/)
      expect(await isPaletteOpen(page)).toBe(false)

      await page.goto(`${cloud.url}/connect`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const search = page.getByRole('button', { name: 'Search and commands' })
      await search.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
      await expect.poll(() => page.getByRole('group', { name: 'Recent' }).getByRole('option').first().innerText()).toContain('system.ram')
      await page.keyboard.press('Escape')
      expect(await isPaletteOpen(page)).toBe(false)
      await expect.poll(() => search.evaluate((element) => element === document.activeElement)).toBe(true)

      await open('zzzz no such thing')
      await page.getByText('Nothing matches.').waitFor()
      await page.keyboard.press('Control+k')
      await expect.poll(() => isPaletteOpen(page)).toBe(false)
      await open('theme dark')
      await page.getByRole('option', { name: 'Theme: Dark', selected: true }).waitFor()
      await page.keyboard.press('Enter')
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    } finally {
      await browser.close()
    }
  },
)

it('[EV29] a list that Escape closes takes no focus back from where the next key brought it', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    /** Escape and the slash before the page has had a moment for anything else; answers what had the focus between them. */
    const escapeAndSlash = () =>
      page.evaluate(async () => {
        const press = (key: string) =>
          (document.activeElement ?? document.body).dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true }),
          )
        press('Escape')
        const between = document.activeElement?.textContent
        await Promise.resolve()
        press('/')
        return between
      })
    const focused = () => page.evaluate(() => (document.activeElement instanceof HTMLInputElement ? document.activeElement.type : ''))
    /** Two turns of the page's tasks: what comes late has come. */
    const settled = () => page.evaluate(() => new Promise((resolve) => setTimeout(() => setTimeout(resolve))))

    await page.goto(`${cloud.url}/metrics`)
    await page.locator('article[data-drawn]').first().waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: /^Filter nodes/u }).click()
    await page.getByRole('checkbox', { name: /^Live/u }).focus()
    expect(await escapeAndSlash()).toBe('Filter')
    await settled()
    await expect.poll(() => page.getByRole('checkbox', { name: /^Live/u }).count()).toBe(0)
    await expect.poll(() => focused()).toBe('search')

    await page.getByRole('button', { name: /^Theme/u }).click()
    await page.getByRole('menuitemradio').first().focus()
    await escapeAndSlash()
    await settled()
    await expect.poll(() => page.getByRole('menu').count()).toBe(0)
    await expect.poll(() => focused()).toBe('search')
  } finally {
    await browser.close()
  }
})

it('[EV14] ? lists the keys of the page, and single keys can be switched off', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    await page.goto(`${cloud.url}/connect`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await page.keyboard.press('?')
    await keys.getByText('Search and commands').first().waitFor()
    await keys.getByLabel('Single keys act on the page').uncheck()
    await page.keyboard.press('Escape')
    await keys.waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.keyboard.press('/')
    await expect.poll(() => page.locator('dialog:modal').count()).toBe(0)
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('?')
    await expect.poll(() => page.locator('dialog:modal').count()).toBe(0)
    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
    await keys.getByLabel('Single keys act on the page').check()
  } finally {
    await browser.close()
  }
})

it('[EV8] on a phone the pages are under the thumb, targets are large, and the rest is behind More', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation()
  const browser = await openBrowser({ width: 390, height: 844 })
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const bar = page.getByRole('navigation', { name: 'Pages' })
    const sizes = await bar.locator('a, button').evaluateAll((items) =>
      items.map((item) => {
        const { width, height } = item.getBoundingClientRect()
        return width >= 44 && height >= 44
      }),
    )
    expect(sizes).toEqual([true, true, true, true, true])
    await bar.getByRole('link', { name: 'Nodes' }).click()
    await page.waitForURL(/\/nodes$/)
    await bar.getByRole('button', { name: 'More' }).click()
    await page.getByRole('dialog', { name: 'More' }).getByRole('link', { name: 'Boards' }).click()
    await page.waitForURL(/\/boards$/)
    await expect.poll(() => page.locator('dialog:modal').count()).toBe(0)
    await page.getByRole('button', { name: 'Search and commands' }).click()
    const palette = await page.getByRole('dialog', { name: 'Search and commands' }).boundingBox()
    expect(palette).toMatchObject({ x: 0, y: 0, width: 390, height: 844 })
  } finally {
    await browser.close()
  }
})
