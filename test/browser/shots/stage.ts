import { mkdirSync } from 'node:fs'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { LivelyCloud } from '../../doubles/people/lively-cloud.ts'
import type { Mailbox } from '../../doubles/servers/mailbox.ts'

/** Where the pictures go. */
export const out = new URL('../out/', import.meta.url).pathname

/** The two widths everything is drawn at; each is drawn dark and light. */
export const forms = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
export type Form = keyof typeof forms

/** Chromium registers no worker, and complains of that, where it does not trust the certificate; a user has the CA installed. */
export const trusting = ['--ignore-certificate-errors']

/** How long something may take to be drawn on a machine that does much else. */
const drawnMs = 60_000
/** How long a picture waits for what it can do without. */
const seenMs = 20_000

/** What a scene is played on. */
export interface Stage {
  readonly page: Page
  readonly context: BrowserContext
  readonly form: Form
  /** The installation with something on every page. */
  readonly lively: LivelyCloud
  readonly mailbox: Mailbox
  /** Opens an address of the cloud that the scene is about and waits until it is drawn. */
  readonly open: (path: string) => Promise<void>
  /** Waits until nothing is still to come. */
  readonly settle: () => Promise<void>
  /** Takes the picture, dark and light; `isWhole` takes what lies below the edge, too. */
  readonly shoot: (what: string, options?: { readonly isWhole?: boolean }) => Promise<void>
  /** What was wrong so far: something that never came, an error in the console, a page that scrolls sideways. */
  readonly faults: string[]
}

/** One or some pictures of one place. */
export interface Scene {
  /** Of the picture, too, when there is one. */
  readonly name: string
  /** Whether it is about an installation that nobody put anything into. */
  readonly isEmpty?: true
  readonly play: (stage: Stage) => Promise<unknown>
}

/** Waits for something to be drawn; a picture without it is still worth looking at. */
export const patiently = (wait: Promise<unknown>) => wait.catch(() => undefined)

/** Waits until something is there to be seen; a picture without it is still worth looking at. */
export const seen = (what: Locator) => patiently(what.first().waitFor({ timeout: seenMs }))

/** A scene that is one address and nothing to do there. */
export const place = (name: string, path: string, isWhole = false): Scene => ({
  name,
  async play({ open, shoot }) {
    await open(path)
    await shoot(name, { isWhole })
  },
})

/** Charts have drawn and run for a while. */
export async function chartsRun(page: Page, charts = 2): Promise<void> {
  const drawn = (least: number) =>
    [...document.querySelectorAll('[data-context]')].filter((card) => Number(card.getAttribute('data-last-time') ?? 0) > 0).length >= least
  await patiently(page.waitForFunction(drawn, charts, { timeout: 30_000 }))
  await page.waitForTimeout(3_000)
}

/** The page has its heading, and nothing of it is still to come. */
export async function settled(page: Page): Promise<boolean> {
  await page.locator('h1').first().waitFor({ timeout: drawnMs })
  const isDone = () => document.querySelector('main .skeleton, main [class*="skeleton-"], .progress-line') === null
  const done = await page.waitForFunction(isDone, undefined, { timeout: drawnMs }).then(
    () => true,
    () => false,
  )
  await page.waitForTimeout(500)
  return done
}

/** By how many pixels the page can be scrolled sideways. */
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Takes the pictures of one scene in a page. */
export function photographer(page: Page, form: Form, faults: string[]): Stage['shoot'] {
  mkdirSync(out, { recursive: true })
  return async (what, { isWhole = false } = {}) => {
    // Bars that stay in sight would stand in the middle of the whole.
    if (isWhole) await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }))
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(350)
      await page.screenshot({ path: `${out}${what}-${form}-${colorScheme}.png`, fullPage: isWhole })
    }
    await page.emulateMedia({ colorScheme: 'dark' })
    const over = await sideways(page)
    if (over > 0) faults.push(`${what} scrolls ${over} px sideways`)
  }
}

/** Gathers what the browser's console complains about. Answers that refuse are part of some scenes and told by the page itself. */
export function listen(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/u.test(message.text())) faults.push(message.text())
  })
}

/** The scene ends well when nothing was wrong; its pictures are there in any case. */
export const applaud = (faults: readonly string[]) => expect(faults).toEqual([])
