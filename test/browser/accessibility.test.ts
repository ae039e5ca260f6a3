import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { startLivelyCloud } from '../doubles/people/lively-cloud.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'

const looks = [
  { name: 'dark', width: 1440, height: 900, colorScheme: 'dark' as const },
  { name: 'light', width: 1440, height: 900, colorScheme: 'light' as const },
  { name: 'phone dark', width: 390, height: 844, colorScheme: 'dark' as const },
  { name: 'phone light', width: 390, height: 844, colorScheme: 'light' as const },
]
const addresses = [
  '/',
  '/nodes',
  '/metrics',
  '/functions',
  '/boards',
  '/alerts',
  '/alerts/silences',
  '/alerts/feed',
  '/connect',
  '/nothing/here',
  '/rooms/nowhere',
]
const settings = ['space', 'people', 'rooms', 'claim-tokens', 'sign-in', 'channels', 'messages', 'reachability', 'deleted', 'audit'].map(
  (part) => `/settings/${part}`,
)

const personal = [
  '/profile',
  '/profile/passkeys',
  '/profile/sessions',
  '/profile/notifications',
  '/profile/api-tokens',
  '/profile/privacy',
  '/profile/delete',
  '/join',
  '/erased',
]

/** What WCAG 2.2 AA asks for and a machine can check; each finding as rule, element and reason. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
      // Menus and dialogs lie beside the landmarks, at the end of the page.
      rules: { 'target-size': { enabled: true }, region: { enabled: false } },
    })
    .setLegacyMode(true)
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 4)
      .map(
        ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')} (${failureSummary.split('\n')[1]?.trim().slice(0, 160) ?? ''})`,
      ),
  )
}

/** The page has its heading and nothing of it is still to come. */
async function settled(page: Page): Promise<void> {
  await page.locator('main').waitFor()
  await page.waitForFunction(
    () => document.querySelector('main .skeleton, main [class*="skeleton-"], .progress-line') === null,
    undefined,
    { timeout: 60_000 },
  )
}

/** By how many pixels the page can be scrolled sideways, and what sticks out. */
const sideways = (page: Page) =>
  page.evaluate(() => {
    const root = document.documentElement
    const over = root.scrollWidth - root.clientWidth
    if (over <= 0) return []
    const isScrolled = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null; at = at.parentElement)
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX)) return true
      return false
    }
    const outside = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > root.clientWidth + 1 && !isScrolled(element),
    )
    return [`${over} px`, ...outside.slice(0, 3).map((element) => `${element.tagName}.${element.getAttribute('class') ?? ''}`)]
  })

it.each(looks)('[EV40] [EV41] axe finds nothing on any page, nor does any scroll sideways: $name', { timeout: 600_000 }, async (look) => {
  const { cloud, boardId, nodeId, signInLink } = await startLivelyCloud({ agents: 10, withNetdata: false })
  const browser = await openBrowser(look)
  try {
    const { page } = browser
    const found: Record<string, string[]> = {}
    const check = async (what: string) => {
      const all = [...(await findings(page)), ...(await sideways(page)).map((text) => `sideways: ${text}`)]
      if (all.length > 0) found[what] = all
    }
    await page.goto(`${cloud.url}/sign-in#problem=LINK_FIRST`)
    await settled(page)
    await check('sign-in')
    await page.goto('about:blank')
    const link = await signInLink()
    await page.goto(link)
    await page.getByRole('button', { name: /sign in/i }).waitFor()
    await check('sign-in by link')
    await signIn(page, link)

    const full = [`/boards/${boardId}`, '/metrics#&open=system.cpu', `/functions?node=${nodeId}&fn=processes`, '/nodes?q=state:live']
    for (const address of [...addresses, ...settings, ...personal, ...full]) {
      await page.goto(`${cloud.url}${address}`)
      await settled(page)
      await check(address)
    }
    await page.goto(`${cloud.url}/profile/api-tokens`)
    await page.getByRole('button', { name: 'New token' }).click()
    await page.locator('dialog:modal').waitFor()
    await check('new token')
    await page.keyboard.press('Escape')
    await page.goto(`${cloud.url}/nodes/${nodeId}`)
    await settled(page)
    await page.waitForFunction(() => document.querySelectorAll('[data-context]').length > 3)
    await check('node')
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.locator('dialog:modal').waitFor()
    await check('node to remove')
    await page.keyboard.press('Escape')
    await page.locator('dialog:modal').waitFor({ state: 'detached' })

    for (const keys of ['Control+k', '?']) {
      await page.keyboard.press(keys)
      await page.locator('dialog:modal').waitFor()
      await check(`node with ${keys}`)
      await page.keyboard.press('Escape')
      await page.locator('dialog:modal').waitFor({ state: 'detached' })
    }
    await page.getByRole('button', { name: /^Room:/ }).click()
    await page.getByRole('menu').waitFor()
    await check('rooms')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Space:/ }).click()
    await page.getByRole('menu').waitFor()
    await check('spaces')
    await page.keyboard.press('Escape')
    if (look.width < 500) {
      await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.locator('dialog:modal').waitFor()
      await check('more')
      await page.keyboard.press('Escape')
    }
    for (const [part, button] of [
      ['people', 'Invite'],
      ['rooms', 'New room'],
      ['claim-tokens', 'New token'],
      ['sign-in', 'Set up sign-in'],
      ['channels', 'New channel'],
    ] as const) {
      await page.goto(`${cloud.url}/settings/${part}`)
      await settled(page)
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.locator('dialog:modal').waitFor()
      await check(`${part}: ${button}`)
      await page.keyboard.press('Escape')
    }
    await page.goto(`${cloud.url}/settings/rooms`)
    await page.getByRole('button', { name: 'New room' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Shops')
    await page.getByRole('button', { name: 'Create the room' }).click()
    await page.getByRole('button', { name: 'Exclude rule' }).click()
    await page.getByRole('button', { name: 'Include rule' }).click()
    await page.getByRole('button', { name: 'Save rules' }).click()
    await page.getByRole('alert').first().waitFor()
    // What happens to lie under a bar at the edge can be scrolled from under it.
    for (const bar of ['.top-bar', '.tab-bar'])
      await page.locator(bar).evaluate((element) => element.style.setProperty('position', 'static'))
    await check('a room with rules that are not complete')
    expect(found).toEqual({})
  } finally {
    await browser.close()
  }
})

it('[EV41] no page scrolls sideways on the smallest phones', { timeout: 180_000 }, async () => {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const browser = await openBrowser({ width: 320, height: 640 })
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    const found: Record<string, string[]> = {}
    for (const address of [...addresses, ...settings, ...personal]) {
      await page.goto(`${cloud.url}${address}`)
      await settled(page)
      const over = await sideways(page)
      if (over.length > 0) found[address] = over
    }
    await page.goto(`${cloud.url}/nodes`)
    await page.locator('a[href*="/nodes/"]').first().click()
    await page.waitForFunction(() => document.querySelectorAll('[data-context]').length > 3)
    const over = await sideways(page)
    if (over.length > 0) found['node'] = over
    expect(found).toEqual({})
  } finally {
    await browser.close()
  }
})

it(
  '[EV42] the Tab key reaches every control of a page in order, each with a visible mark, and leaves the page again',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      // Without smooth scrolling, what has the focus is in sight at once.
      await page.emulateMedia({ reducedMotion: 'reduce' })
      const unmarked: string[] = []
      for (const address of [...addresses.slice(0, 7), '/settings/people', '/settings/rooms', ...personal.slice(0, 5)]) {
        await page.goto(`${cloud.url}${address}`)
        await settled(page)
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
        const names: string[] = []
        let isOut = false
        for (let step = 0; step < 400 && !isOut; step++) {
          await page.keyboard.press('Tab')
          const stop = await page.evaluate(() => {
            const element = document.activeElement
            if (element === null || element === document.body) return undefined
            const style = getComputedStyle(element)
            const field = element.closest('label, .search, .palette-field')
            const around = field === null ? undefined : getComputedStyle(field)
            // A tile of the map has no box to outline; its shape gets the mark.
            const shapes = element instanceof SVGElement ? [...element.querySelectorAll('*')].map((shape) => getComputedStyle(shape)) : []
            const isMarked =
              shapes.some(({ stroke, strokeWidth }) => stroke !== 'none' && Number.parseFloat(strokeWidth) >= 1) ||
              [style, around].some(
                (each) =>
                  each !== undefined &&
                  ((each.outlineStyle !== 'none' && Number.parseFloat(each.outlineWidth) >= 1) || each.boxShadow !== 'none'),
              )
            const box = element.getBoundingClientRect()
            const isSeen = box.bottom > 0 && box.top < window.innerHeight && box.width > 0
            return {
              name: element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? '',
              tag: element.tagName,
              isMarked,
              isSeen,
            }
          })
          if (stop === undefined) isOut = step > 0
          else {
            names.push(stop.name)
            if (!stop.isMarked || !stop.isSeen) unmarked.push(`${address}: ${stop.tag} ${stop.name}${stop.isSeen ? '' : ' (out of sight)'}`)
          }
        }
        expect({ address, isOut }).toEqual({ address, isOut: true })
        expect(names.slice(0, 4)).toEqual(['Skip to content', 'Throughline, home', 'Space: My space', 'Room: All nodes'])
        expect(names).toEqual(expect.arrayContaining(['Home', 'Nodes', 'Metrics', 'Live', 'Boards', 'Connect', 'Search and commands']))
      }
      expect(unmarked).toEqual([])

      // The first stop leads past the bar.
      await page.goto(`${cloud.url}/nodes`)
      await settled(page)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content')
    } finally {
      await browser.close()
    }
  },
)
