import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { it } from 'vitest'
import { startLivelyCloud } from '../doubles/lively-cloud.ts'
import { openBrowser, signIn } from '../doubles/page.ts'

/** `npm run screenshots`: what a person sees, to be looked at; nothing is asserted. Files go to test/browser/out. */
const out = new URL('out/', import.meta.url).pathname
const looks = [
  { name: 'desktop-dark', width: 1440, height: 900, colorScheme: 'dark' as const },
  { name: 'desktop-light', width: 1440, height: 900, colorScheme: 'light' as const },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark' as const },
  { name: 'phone-light', width: 390, height: 844, colorScheme: 'light' as const },
]

/** Waits for something to be drawn; a picture without it is still worth looking at. */
const patiently = (wait: Promise<unknown>) => wait.catch(() => undefined)

/** Some charts have drawn and run for a while. */
async function chartsRun(page: Page): Promise<void> {
  await patiently(
    page.waitForFunction(
      () =>
        [...document.querySelectorAll('[data-context]')].filter((card) => Number(card.getAttribute('data-last-time') ?? 0) > 0).length >= 2,
      undefined,
      { timeout: 30_000 },
    ),
  )
  await page.waitForTimeout(4_000)
}

it('draws every page at desktop and phone width, dark and light', { timeout: 900_000 }, async () => {
  mkdirSync(out, { recursive: true })
  const { cloud, boardId, nodeId, roomId, signInLink } = await startLivelyCloud({ agents: 42, withNetdata: true })
  for (const { name, ...look } of looks) {
    const browser = await openBrowser(look)
    const { page } = browser
    const shoot = (what: string) => page.screenshot({ path: `${out}${what}-${name}.png` })
    const open = async (path: string, settleMs = 1_500) => {
      await page.goto(`${cloud.url}${path}`)
      await patiently(page.locator('main h1').first().waitFor({ timeout: 15_000 }))
      await page.waitForTimeout(settleMs)
    }
    await page.goto(`${cloud.url}/sign-in`)
    await page.getByRole('button', { name: /send/i }).waitFor()
    await shoot('sign-in')
    const link = await signInLink()
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('button', { name: /sign in/i }).waitFor()
    await shoot('sign-in-link')
    await signIn(page, link)

    await open('/', 4_000)
    await shoot('home')
    await patiently(page.getByLabel('Colour by').selectOption('cpu', { timeout: 5_000 }))
    await page.waitForTimeout(5_000)
    await shoot('home-by-value')
    await open('/nodes', 6_000)
    await shoot('nodes')
    await open(`/nodes/${nodeId}`)
    await chartsRun(page)
    await shoot('node')
    await page.mouse.move(look.width / 2, 560)
    await page.mouse.wheel(0, 1_400)
    await page.waitForTimeout(3_000)
    await shoot('node-scrolled')
    await open('/metrics')
    await chartsRun(page)
    await shoot('metrics')
    await open('/metrics#&open=system.cpu')
    await page.waitForTimeout(4_000)
    await shoot('chart-expanded')
    await open(`/functions?node=${nodeId}&fn=processes`, 5_000)
    await shoot('functions')
    await open('/boards')
    await shoot('boards')
    await open(`/boards/${boardId}`)
    await chartsRun(page)
    await shoot('board')
    await open('/alerts', 2_500)
    await shoot('alerts')
    await open('/alerts?group=name&severity=warning', 2_500)
    await shoot('alerts-by-name')
    await patiently(page.locator('.alert-name').first().click({ timeout: 5_000 }))
    await chartsRun(page)
    await shoot('alert')
    await page.mouse.wheel(0, 900)
    await page.waitForTimeout(1_500)
    await shoot('alert-scrolled')
    await open(`/alerts?node=${nodeId}&all=1`, 4_000)
    await shoot('alerts-of-node')
    await open('/alerts/feed', 2_500)
    await shoot('feed')
    await open('/alerts/definitions', 2_500)
    await shoot('alert-definitions')
    await patiently(page.locator('[data-definition] a').first().click({ timeout: 5_000 }))
    await page.waitForTimeout(2_500)
    await shoot('alert-definition')
    await open(`/alerts/new?node=${nodeId}&context=system.cpu&units=percentage&dimensions=user`, 3_000)
    await patiently(page.getByRole('group', { name: 'Warning' }).getByLabel('When the value is').selectOption('above', { timeout: 5_000 }))
    await patiently(page.getByLabel('Raise above').fill('20', { timeout: 5_000 }))
    await patiently(page.getByLabel('Clear when down to').fill('10', { timeout: 5_000 }))
    await patiently(page.getByRole('button', { name: 'Back-test', exact: true }).click({ timeout: 5_000 }))
    await page.waitForTimeout(4_000)
    await shoot('alert-editor')
    await patiently(page.locator('.back-test-spans, [data-back-test]').last().scrollIntoViewIfNeeded({ timeout: 2_000 }))
    await page.waitForTimeout(500)
    await shoot('alert-back-test')
    await open('/connect', 2_500)
    await shoot('connect')
    for (const part of ['', '/passkeys', '/sessions', '/api-tokens', '/privacy', '/delete']) {
      await open(`/profile${part}`)
      await shoot(`profile${part.replace('/', '-')}`)
    }
    await open('/profile/api-tokens')
    await patiently(page.getByRole('button', { name: 'New token' }).click({ timeout: 5_000 }))
    await page.waitForTimeout(500)
    await shoot('profile-new-token')
    await page.keyboard.press('Escape')
    await open('/join')
    await shoot('join')
    await open('/erased')
    await shoot('erased')
    await open('/nodes')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
    await shoot('palette')
    await page.keyboard.type('cpu')
    await page.waitForTimeout(800)
    await shoot('palette-search')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Room:/ }).click()
    await page.getByRole('menu').waitFor()
    await shoot('rooms')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.locator('dialog:modal').waitFor()
    await shoot('keys')
    await page.keyboard.press('Escape')
    if (look.width < 500) {
      await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.locator('dialog:modal').waitFor()
      await shoot('more')
    }
    for (const part of ['space', 'people', 'rooms', 'claim-tokens', 'sign-in', 'channels', 'messages', 'audit']) {
      await open(`/settings/${part}`)
      await shoot(`settings-${part}`)
    }
    await open('/settings/people')
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await page.locator('dialog:modal').waitFor()
    await shoot('settings-invite')
    await page.keyboard.press('Escape')
    await open(`/settings/rooms/${roomId}`)
    await patiently(page.getByRole('button', { name: 'Include rule' }).click({ timeout: 5_000 }))
    await patiently(page.getByLabel('Label in test 1 of rule 1').fill('env', { timeout: 5_000 }))
    await patiently(page.getByLabel('Value in test 1 of rule 1').fill('staging', { timeout: 5_000 }))
    await page.waitForTimeout(1_500)
    await shoot('settings-room')
    await open('/settings/claim-tokens')
    await page.getByRole('button', { name: 'New token' }).click()
    await page.getByRole('button', { name: 'Create the token' }).click()
    await patiently(page.locator('[data-secret]').waitFor({ timeout: 5_000 }))
    await shoot('settings-token')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Space:/ }).click()
    await page.getByRole('menu').waitFor()
    await shoot('spaces')
    await page.keyboard.press('Escape')
    await open('/nothing/here')
    await shoot('nothing-here')
    await browser.close()
  }
})
