import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'

const patience = { timeout: 30_000 }

/** A node of this host with a chart that has drawn. */
async function openNode(page: Page, signInLink: string): Promise<void> {
  await signIn(page, signInLink)
  await page.goto(new URL('/nodes', page.url()).href)
  await page.locator('a[href*="/nodes/"]').first().click()
  await page.waitForURL(/\/nodes\//)
  await page.locator('[data-context="system.cpu"][data-drawn]').waitFor({ timeout: 60_000 })
}

const cpu = (page: Page): Locator => page.locator('[data-context="system.cpu"]').first()
const word = (page: Page): Promise<string | null> => page.locator('.time-word').textContent()
const span = (page: Page): Promise<string | null> => page.locator('.time-span').textContent()
const query = (page: Page) => new URL(page.url()).searchParams
/** Length of the span of the past in the address, seconds; undefined without one. */
const pastS = (page: Page) => (query(page).has('to') ? Number(query(page).get('to')) - Number(query(page).get('from')) : undefined)
const isWord = (page: Page, expected: string) => expect.poll(() => word(page), patience).toBe(expected)

/** The middle of the first chart's plotted time, and its size. */
async function plot(page: Page): Promise<{ left: number; right: number; middle: number; y: number; perPx: number }> {
  const plotElement = cpu(page).locator('.chart-plot')
  await plotElement.scrollIntoViewIfNeeded()
  const box = await plotElement.locator('.chart-over').boundingBox()
  if (box === null) throw new Error('the chart is not on screen')
  return { left: box.x, right: box.x + box.width, middle: box.x + box.width / 2, y: box.y + box.height / 2, perPx: 1 / box.width }
}

async function drag(page: Page, fromX: number, toX: number, y: number): Promise<void> {
  await page.mouse.move(fromX, y)
  await page.mouse.down()
  await page.mouse.move((fromX + toX) / 2, y, { steps: 4 })
  await page.mouse.move(toX, y, { steps: 4 })
  await page.mouse.up()
}

const away = (page: Page) => page.mouse.move(5, 5)

it('[TM60] every control of time works by mouse and by keyboard', { timeout: 240_000 }, async () => {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const browser = await openBrowser()
  try {
    const { page } = browser
    await openNode(page, cloud.signInLink)
    await isWord(page, 'Live')

    // Lengths.
    await page.getByRole('button', { name: '1 min', exact: true }).click()
    await expect.poll(() => query(page).get('last'), patience).toBe('60')
    await page.getByRole('button', { name: '15 min', exact: true }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => query(page).get('last'), patience).toBe('900')
    await page.getByRole('button', { name: '1 min', exact: true }).click()

    // A resting mouse holds, and marks its time on every chart on screen.
    const { middle, left, right, y } = await plot(page)
    await page.mouse.move(middle, y)
    await isWord(page, 'Held')
    await expect.poll(() => page.locator('.chart-line:not([hidden])').count(), patience).toBeGreaterThan(1)
    const held = await span(page)
    await away(page)
    await isWord(page, 'Live')
    await expect.poll(() => page.locator('.chart-line:not([hidden])').count(), patience).toBe(0)
    await expect.poll(() => span(page), patience).not.toBe(held)

    // A click locks, a double click resumes.
    await page.mouse.click(middle, y)
    await isWord(page, 'Locked')
    await away(page)
    await isWord(page, 'Locked')
    await page.mouse.dblclick(middle, y)
    await away(page)
    await isWord(page, 'Live')

    // A drag selects.
    await drag(page, middle, middle - 100, y)
    await isWord(page, 'Past')
    await away(page)
    const selectedS = pastS(page)
    await expect.poll(() => pastS(page), patience).toBeLessThan(30)
    await page.getByRole('button', { name: 'Now' }).click()
    await isWord(page, 'Live')
    expect(selectedS ?? 0).toBeLessThan(30)

    // Shift and a wheel turned sideways pan, Ctrl and the wheel zoom, the wheel alone scrolls.
    await page.keyboard.press('n')
    await page.getByRole('button', { name: '1 min', exact: true }).click()
    await page.keyboard.down('Shift')
    await drag(page, left + 50, right - 50, y)
    await page.keyboard.up('Shift')
    await isWord(page, 'Past')
    await expect.poll(() => pastS(page), patience).toBe(60)
    const panned = Number(query(page).get('to'))
    await page.mouse.wheel(-200, 0)
    await expect.poll(() => Number(query(page).get('to')), patience).toBeLessThan(panned)
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -200)
    await page.keyboard.up('Control')
    await expect.poll(() => pastS(page) ?? 0, patience).toBeLessThan(60)
    const scrolled = await page.evaluate(() => window.scrollY)
    await page.mouse.wheel(0, 300)
    await expect.poll(() => page.evaluate(() => window.scrollY), patience).toBeGreaterThan(scrolled)
    await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }))
    await away(page)
    await page.keyboard.press('n')
    await isWord(page, 'Live')

    // The chart's own keys.
    await cpu(page).locator('.chart-plot').focus()
    // A window that just became live again may have no row yet: then there is nothing to mark.
    const marked = async () => {
      await page.keyboard.press('ArrowLeft')
      return cpu(page).locator('.chart-time').textContent()
    }
    await expect.poll(marked, patience).toMatch(/^\d\d:\d\d:\d\d$/u)
    await isWord(page, 'Held')
    await page.keyboard.press('Enter')
    await isWord(page, 'Locked')
    await page.keyboard.press('Shift+ArrowLeft')
    await isWord(page, 'Past')
    // Far enough back that a longer span does not reach the newest sample: that one would be live.
    for (let step = 0; step < 10; step++) await page.keyboard.press('Shift+ArrowLeft')
    const before = pastS(page) ?? 60
    await page.keyboard.press('-')
    await expect.poll(() => pastS(page) ?? 0, patience).toBeGreaterThan(before)
    await page.keyboard.press('+')
    await page.keyboard.press('Escape')
    await isWord(page, 'Live')
    await page.locator('h1').click()

    // Play and pause, steps, zoom out.
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await isWord(page, 'Locked')
    await page.locator('h1').click()
    await page.keyboard.press(' ')
    await isWord(page, 'Live')
    await page.getByRole('button', { name: 'Step back' }).click()
    await isWord(page, 'Past')
    await page.getByRole('button', { name: 'Step forward' }).click()
    await isWord(page, 'Live')
    await page.keyboard.press(',')
    await isWord(page, 'Past')
    await page.keyboard.press('.')
    await isWord(page, 'Live')
    await page.getByRole('button', { name: '1 min', exact: true }).click()
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await expect.poll(() => query(page).get('last'), patience).toBe('120')
    await page.locator('h1').click()
    await page.keyboard.press('-')
    await expect.poll(() => query(page).get('last'), patience).toBe('240')
  } finally {
    await browser.close()
  }
})

it('[TM61] a span by two times, forced play, a time zone and a link keep what a person chose', { timeout: 240_000 }, async () => {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const browser = await openBrowser()
  try {
    const { page } = browser
    await openNode(page, cloud.signInLink)
    const open = async () => {
      await page.locator('.time-state').focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'Time span and zone' }).waitFor()
    }
    const close = () => page.keyboard.press('Escape')

    // The zone: by mouse, then by search and keyboard; it is kept.
    await open()
    await page.getByRole('radio', { name: /^UTC/u }).click()
    const from = page.getByLabel('From')
    const utc = await from.inputValue()
    await page.getByLabel('Search time zones').fill('tokyo')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => from.inputValue(), patience).not.toBe(utc)
    const tokyo = await from.inputValue()
    expect((Date.parse(tokyo) - Date.parse(utc)) / 3_600_000).toBe(9)

    // A span that ends before it begins is refused at its field, one of two hours before is shown.
    const shifted = (hours: number) => new Date(Date.parse(`${tokyo}Z`) + hours * 3_600_000).toISOString().slice(0, 19)
    await from.fill(shifted(-2))
    await page.getByLabel('To', { exact: true }).fill(shifted(-3))
    await page.getByRole('button', { name: 'Show this span' }).click()
    await expect.poll(() => page.getByRole('alert').textContent(), patience).toContain('The end has to be after the beginning.')
    await page.getByLabel('To', { exact: true }).fill(shifted(-1))
    await page.getByRole('button', { name: 'Show this span' }).focus()
    await page.keyboard.press('Enter')
    await isWord(page, 'Past')
    await expect.poll(() => pastS(page), patience).toBe(3600)
    const shown = await span(page)
    expect(shown).toContain(shifted(-2).slice(11, 16))

    // The same address in another tab shows the same span, and so does a reload, in the same zone.
    const link = page.url()
    await page.goto('about:blank')
    await page.goto(link)
    await isWord(page, 'Past')
    await expect.poll(() => span(page), patience).toBe(shown)
    expect(pastS(page)).toBe(3600)

    // Nothing was collected then; the chart says so instead of showing old values.
    await cpu(page).locator('.chart-empty-title').waitFor(patience)

    // Forced play: no pointer stops it, and the address keeps it.
    await open()
    await page.getByRole('checkbox', { name: /Keep playing/u }).click()
    await close()
    await isWord(page, 'Live')
    await expect.poll(() => query(page).get('play'), patience).toBe('always')
    await page.getByRole('button', { name: '1 min', exact: true }).click()
    await page.locator('[data-context="system.cpu"][data-drawn]').waitFor(patience)
    const { middle, y } = await plot(page)
    await page.mouse.move(middle, y)
    await page.mouse.click(middle, y)
    const before = Number(await cpu(page).getAttribute('data-last-time'))
    await expect.poll(async () => Number(await cpu(page).getAttribute('data-last-time')), patience).toBeGreaterThan(before)
    expect(await word(page)).toBe('Live')
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await isWord(page, 'Locked')
    await expect.poll(() => query(page).has('play'), patience).toBe(false)
  } finally {
    await browser.close()
  }
})

it(
  '[TM62] on a phone one row controls time, a finger pans and locks, two zoom, and the page still scrolls',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page, context } = browser
      const session = await context.newCDPSession(page)
      await session.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 })
      await openNode(page, cloud.signInLink)
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: readonly (readonly [number, number])[]) =>
        session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) })
      const tap = async (x: number, y: number) => {
        await touch('touchStart', [x, y])
        await touch('touchEnd')
      }

      await page.locator('.time-state').click()
      await page.getByRole('dialog').getByRole('button', { name: '1 min', exact: true }).click()
      await expect.poll(() => query(page).get('last'), patience).toBe('60')
      await page.keyboard.press('Escape')
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)

      const tapped = await plot(page)
      await tap(tapped.middle, tapped.y)
      await isWord(page, 'Locked')
      await page.getByRole('button', { name: 'Play', exact: true }).click()
      await isWord(page, 'Live')

      const { left, right, middle, y } = await plot(page)
      await touch('touchStart', [left + 40, y])
      for (let x = left + 60; x <= right - 40; x += 20) await touch('touchMove', [x, y])
      await touch('touchEnd')
      await isWord(page, 'Past')
      await expect.poll(() => pastS(page), patience).toBe(60)

      await touch('touchStart', [middle - 30, y])
      await touch('touchStart', [middle - 30, y], [middle + 30, y])
      for (let apart = 30; apart <= 90; apart += 10) await touch('touchMove', [middle - apart, y], [middle + apart, y])
      await touch('touchEnd')
      await expect.poll(() => pastS(page) ?? 60, patience).toBeLessThan(40)

      const scrolled = await page.evaluate(() => window.scrollY)
      await touch('touchStart', [middle, y + 40])
      for (let up = 10; up <= 200; up += 10) await touch('touchMove', [middle, y + 40 - up])
      await touch('touchEnd')
      await expect.poll(() => page.evaluate(() => window.scrollY), patience).toBeGreaterThan(scrolled)
      expect(await word(page)).toBe('Past')
    } finally {
      await browser.close()
    }
  },
)
