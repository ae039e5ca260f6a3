import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { openBrowser, signIn, spaceOf } from '../doubles/people/page.ts'
import { makeRoomInStore } from '../doubles/stores/room-in-store.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'

const roomName = 'Shop <b>floor</b>'
const outsiders = ['office-1', 'office-2']

const alertOf = (name: string) =>
  simulatedAlert({
    chart: 'system.cpu',
    name,
    context: 'system.cpu',
    status: 'warning',
    whenS: Math.floor(Date.now() / 1_000) - 300,
    valueText: '97.3%',
  })

/** Addresses out of the room that links of the page lead to. */
const leaving = (page: Page, base: string) =>
  page.evaluate(
    // Tiles of the map are links of a drawing, whose `href` is no text.
    (base) =>
      [...document.querySelectorAll('a')]
        .map((link) => new URL(link.getAttribute('href') ?? '', window.location.href).pathname)
        .filter((path) => !path.startsWith(base)),
    base,
  )

/** A page of the room is as it should be: the room's name, none of the others' names, and no way out but those that are meant. */
async function isInside(page: Page, base: string): Promise<void> {
  await page.getByRole('button', { name: `Room: ${roomName}` }).waitFor()
  const text = await page.locator('main').innerText()
  expect(outsiders.filter((name) => text.includes(name))).toEqual([])
  expect(await leaving(page, base)).toEqual([])
  await expect.poll(() => new URL(page.url()).pathname.startsWith(base)).toBe(true)
}

it('[JB6] in a room every page shows its nodes alone, links stay inside, and the switcher leads back', { timeout: 240_000 }, async () => {
  const first = await startInstallation()
  await first.end('SIGTERM')
  const { roomId, token } = await makeRoomInStore(first, roomName)
  const cloud = await startInstallation({ ...first.env })
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    await connectAgents(cloud, { 'office-1': { alerts: [alertOf('cpu_office')] }, 'office-2': {} })
    await connectAgents(cloud, { 'shop-1': { alerts: [alertOf('cpu_shop')] }, 'shop-2': {} }, token)
    const spaceBase = `/spaces/${spaceOf(page)}`
    const base = `${spaceBase}/rooms/${roomId}`

    // In by the switcher, with the keys.
    await page.goto(`${cloud.url}/`)
    await expect.poll(() => page.locator('a.tile').count(), { timeout: 60_000 }).toBe(4)
    await page.getByRole('button', { name: 'Room: All nodes' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemradio', { name: /^Shop.*2 nodes/u }).waitFor()
    await page.keyboard.press('End')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Shop')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === base)
    await expect.poll(() => page.locator('a.tile').count(), { timeout: 60_000 }).toBe(2)
    await page.getByRole('region', { name: 'Alerting now' }).getByText('shop-1').waitFor()
    await expect.poll(() => page.getByRole('region', { name: 'Alerting now' }).getByRole('listitem').count()).toBe(1)
    await isInside(page, base)

    // Through the bar, page by page.
    const go = async (name: string, path: string, bar = 'Main') => {
      await page.getByRole('navigation', { name: bar }).getByRole('link', { name }).click()
      await page.waitForURL((url) => url.pathname === `${base}${path}`)
    }
    await go('Nodes', '/nodes')
    await expect.poll(() => page.locator('tbody tr[data-node]').count(), { timeout: 30_000 }).toBe(2)
    await isInside(page, base)

    await go('Metrics', '/metrics')
    const cpu = page.locator('article[data-context="system.cpu"]').first()
    await expect.poll(() => cpu.locator('.chart-volume').textContent(), { timeout: 60_000 }).toBe('8 metrics of 2 nodes')
    await isInside(page, base)
    await page
      .getByRole('group', { name: 'Nodes of these charts' })
      .getByRole('button', { name: /^Nodes: 2 nodes/u })
      .click()
    expect(await page.getByRole('dialog').innerText()).not.toContain('office')
    await page.keyboard.press('Escape')

    await go('Alerts', '/alerts')
    await page.locator('[data-alert="cpu_shop"]').waitFor({ timeout: 30_000 })
    await expect.poll(() => page.locator('[data-alert]').count()).toBe(1)
    await isInside(page, base)
    await page.locator('.alert-name').first().click()
    await page.waitForURL((url) => url.pathname === `${base}/alerts/one`)
    await isInside(page, base)
    await page.locator('.alert-page-where').getByRole('link', { name: 'system.cpu' }).click()
    await page.waitForURL((url) => url.pathname.startsWith(`${base}/nodes/`) && url.hash === '#open=system.cpu')
    await page.locator('[data-expanded="system.cpu"]').waitFor({ timeout: 30_000 })
    await page.keyboard.press('Escape')
    await isInside(page, base)

    await go('Live', '/functions')
    await page.getByRole('button', { name: /^(Choose a node|Node: )/u }).click()
    expect((await page.getByRole('listbox', { name: 'Nodes' }).innerText()).match(/\b(?:shop|office)-\d/gu)?.toSorted()).toEqual([
      'shop-1',
      'shop-2',
    ])
    await page.getByRole('option', { name: /shop-2/u }).click()
    await page.getByRole('button', { name: /^Node: shop-2/u }).waitFor()
    await isInside(page, base)

    // A board of this room is none of the others.
    await go('Boards', '/boards')
    await page.getByRole('button', { name: 'New board' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Tills')
    await page.getByRole('button', { name: 'Create board' }).click()
    await page.getByRole('button', { name: 'Add chart' }).click()
    await page.getByRole('dialog').getByRole('searchbox').fill('system.cpu')
    await page.getByRole('dialog').getByRole('radio', { name: 'system.cpu' }).first().check({ force: true })
    await page.getByRole('dialog').locator('[data-drawn]').first().waitFor({ timeout: 60_000 })
    await page.getByRole('dialog').getByRole('button', { name: 'Add chart' }).click()
    await page.getByText('All changes saved').waitFor()
    await expect.poll(() => page.locator('[data-tile] .chart-volume').textContent(), { timeout: 30_000 }).toBe('8 metrics of 2 nodes')
    await isInside(page, base)

    // The palette finds this room's nodes and leads inside; the switcher leads back.
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('shop-2')
    await page
      .getByRole('option', { name: /shop-2/u })
      .first()
      .click()
    await page.waitForURL((url) => url.pathname.startsWith(`${base}/nodes/`))
    await go('Boards', '/boards')
    await page.getByRole('link', { name: 'Tills' }).click()
    await page.waitForURL((url) => url.pathname.startsWith(`${base}/boards/`))
    await page.getByRole('button', { name: `Room: ${roomName}` }).click()
    await page.getByRole('menuitemradio', { name: /^All nodes.*4 nodes/u }).click()
    // A board belongs to its room: one comes to the list of the other.
    await page.waitForURL((url) => url.pathname === `${spaceBase}/boards`)
    await page.getByText('No board in this room yet').waitFor()
    await page.goto(`${cloud.url}${base}/metrics`)
    await expect.poll(() => cpu.locator('.chart-volume').textContent(), { timeout: 60_000 }).toBe('8 metrics of 2 nodes')
    await page.getByRole('button', { name: `Room: ${roomName}` }).click()
    await page.getByRole('menuitemradio', { name: /^All nodes/u }).click()
    await page.waitForURL((url) => url.pathname === `${spaceBase}/metrics`)
    await expect.poll(() => cpu.locator('.chart-volume').textContent(), { timeout: 60_000 }).toBe('16 metrics of 4 nodes')

    // On a phone, by the bar at the lower edge.
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${cloud.url}${base}`)
    for (const [name, path] of [
      ['Nodes', '/nodes'],
      ['Metrics', '/metrics'],
    ] as const) {
      await go(name, path, 'Pages')
      await page
        .getByText(/shop-\d|2 nodes/u)
        .first()
        .waitFor({ timeout: 30_000 })
      await isInside(page, base)
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    }
  } finally {
    await browser.close()
  }
})
