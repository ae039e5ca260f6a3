import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { claimSimulated } from '../doubles/agents/agent-simulator.ts'
import { startInstallation } from '../doubles/installation.ts'
import { insideSpace, openBrowser, signIn } from '../doubles/people/page.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'
import { connectLive } from '../doubles/agents/simulated/crowd.ts'

const hostile = '=cmd|"/c calc"!A1 <img src=x onerror=alert(1)>'

/** A token for many claims, asked for as the page asks. */
function claimToken(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/api/throughline/v1/claim-tokens', { method: 'POST', headers, body: '{"uses":5000}' })
    return ((await answer.json()) as { token: string }).token
  })
}

const rowNames = (page: Page) => page.locator('tbody th[data-kind="name"] .row-link').allInnerTexts()
const lookOf = (page: Page, look: string) => page.locator(`a.tile[data-look="${look}"]`)

it(
  '[HN17] [HN18] a crowd of nodes: sorted, filtered, saved in the address, exported, mapped by state and value, by mouse, keyboard and phone',
  { timeout: 420_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      const token = await claimToken(page)
      const nowS = Math.floor(Date.now() / 1_000)
      for (let index = 0; index < 59; index++) {
        const claim = await claimSimulated(cloud, token, index === 0 ? hostile : `${index % 2 === 0 ? 'web' : 'db'}-${index}`)
        const status = index === 2 ? 'critical' : 'warning'
        const alert = {
          chart: 'system.cpu',
          name: 'cpu_high',
          context: 'system.cpu',
          status,
          whenS: nowS - 300,
          valueText: '97.3%',
        } as const
        await connectLive(cloud, claim, {
          labels: { env: index % 3 === 0 ? 'prod' : 'test' },
          alerts: index === 2 || index === 5 ? [simulatedAlert(alert)] : [],
        })
      }
      await claimSimulated(cloud, token, 'never-came')

      // Home: counts, alerts, and the map by state.
      await page.goto(cloud.url)
      await expect.poll(() => lookOf(page, 'live').count(), { timeout: 60_000 }).toBe(60)
      await expect.poll(() => lookOf(page, 'unseen').getAttribute('aria-label')).toBe('never-came, not seen yet')
      const alerting = page.getByRole('region', { name: 'Alerting now' })
      await alerting.getByRole('link', { name: /Critical cpu high web-2/ }).waitFor()
      // This host has alerts of its own, which a busy machine raises.
      await expect.poll(() => alerting.getByRole('listitem').filter({ hasText: 'cpu high' }).count()).toBe(2)

      // The map by a live value: every node gets one, also those beyond the subscriptions.
      await page.getByLabel('Colour by').selectOption('cpu')
      await expect.poll(() => lookOf(page, 'value').count(), { timeout: 60_000 }).toBe(60)
      await expect.poll(() => lookOf(page, 'value').first().getAttribute('aria-label')).toMatch(/, CPU [\d.]+ %$/)
      const words = () => lookOf(page, 'value').nth(3).getAttribute('aria-label')
      const before = await words()
      await expect.poll(words, { timeout: 30_000 }).not.toBe(before)
      await page.getByLabel('Group by').selectOption('label:env')
      await page.getByRole('heading', { name: /^prod/ }).waitFor()
      await expect.poll(() => new URL(page.url()).search).toBe('?by=cpu&group=label%3Aenv')
      await page.reload()
      await page.getByRole('heading', { name: /^prod/ }).waitFor()

      // By keyboard: one stop for the whole map, arrows inside, Enter opens.
      await page.getByLabel('Group by').focus()
      await page.keyboard.press('Tab')
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-node'))
      const first = await focused()
      expect(first).toBeTruthy()
      await page.keyboard.press('ArrowRight')
      const second = await focused()
      expect(second).not.toBe(first)
      await expect.poll(() => page.locator('a.tile[tabindex="0"]').count()).toBe(1)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => insideSpace(url) === `/nodes/${second ?? ''}`)

      // The table: live numbers, a sort that holds, a query, both in the address.
      await page.goto(`${cloud.url}/nodes`)
      const cpu = page.locator('tbody tr[data-state="live"] .live-cell[data-metric="cpu"]')
      await expect.poll(() => cpu.first().getAttribute('data-value'), { timeout: 30_000 }).toBe('yes')
      await expect.poll(() => page.getByRole('table', { name: 'Nodes' }).getAttribute('aria-rowcount')).toBe('62')
      await page.getByRole('button', { name: 'Node', exact: true }).click()
      await expect.poll(async () => (await rowNames(page))[0]).toBe(hostile)
      await page.getByRole('button', { name: 'Node', exact: true }).click()
      await expect.poll(async () => (await rowNames(page))[0]).toBe('web-8')
      await page.getByRole('searchbox', { name: 'Search nodes' }).fill('web label:env=prod')
      await expect
        .poll(async () => (await rowNames(page)).toSorted())
        .toEqual(['web-12', 'web-18', 'web-24', 'web-30', 'web-36', 'web-42', 'web-48', 'web-54', 'web-6'])
      const address = new URL(page.url())
      expect([address.searchParams.get('q'), address.searchParams.get('sort')]).toEqual(['web label:env=prod', '-name'])
      await page.reload()
      await expect.poll(async () => (await rowNames(page)).length).toBe(9)
      await page.getByRole('button', { name: 'Remove the condition label:env=prod' }).click()
      await expect.poll(async () => page.getByText(/of 61 listed/).innerText()).toBe('29 of 61 listed')

      // Sorted by a live value the rows follow it, also while the head that was pressed has the pointer and the focus.
      await page.goto(`${cloud.url}/nodes?q=web`)
      await page.getByRole('button', { name: 'CPU', exact: true }).click()
      await page.waitForURL((url) => url.searchParams.get('sort') === '-cpu')
      for (let change = 0; change < 2; change++) {
        const order = (await rowNames(page)).join()
        await expect.poll(async () => (await rowNames(page)).join(), { timeout: 60_000 }).not.toBe(order)
      }

      // Columns, and the CSV of what is shown.
      await page.goto(`${cloud.url}/nodes?q=cmd`)
      await page.getByRole('button', { name: 'Columns' }).click()
      await page.getByRole('menuitemcheckbox', { name: 'env', exact: true }).click()
      await page.keyboard.press('Escape')
      await page.getByRole('columnheader', { name: 'env' }).waitFor()
      await expect.poll(() => cpu.first().getAttribute('data-value'), { timeout: 30_000 }).toBe('yes')
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
      const csv = (await readFile(await download.path(), 'utf8')).split('\r\n')
      expect(csv[0]).toBe('State,Node,CPU (%),Memory (%),Disk (KiB/s),Network (kilobits/s),Alerts,System,Agent,Labels,env')
      expect(csv[1]).toMatch(/^live,"'=cmd\|""\/c calc""!A1 <img src=x onerror=alert\(1\)>",\d[\d.]*,/)
      expect(csv[1]?.endsWith(',prod')).toBe(true)
      expect(csv).toHaveLength(3)

      // Rows by keyboard, selection, and the way to their metrics.
      await page.goto(`${cloud.url}/nodes?sort=name&q=web`)
      await page.locator('tbody .row-link').first().focus()
      await page.keyboard.press('ArrowDown')
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe((await rowNames(page))[1])
      await page.getByRole('checkbox', { name: 'Select web-2', exact: true }).check()
      await page.getByRole('checkbox', { name: 'Select web-10', exact: true }).check()
      await page.getByRole('button', { name: 'Metrics of selected' }).click()
      await page.waitForURL((url) => insideSpace(url) === '/metrics' && (url.searchParams.get('nodes') ?? '').split(',').length === 2)

      // Alerts: the value comes from the agent while it is looked at.
      await page.goto(`${cloud.url}/alerts`)
      const row = page.locator('[data-alert="cpu_high"][data-severity="critical"]')
      await row.getByText('97.3%').waitFor({ timeout: 30_000 })
      await page.getByRole('checkbox', { name: /^Warning/ }).check()
      const mine = page.locator('[data-alert="cpu_high"]')
      await expect.poll(() => mine.count()).toBe(1)
      await expect.poll(() => new URL(page.url()).search).toBe('?severity=warning')
      expect(await mine.locator('.alert-name').getAttribute('href')).toMatch(
        /^\/spaces\/[\w-]+\/alerts\/one\?node=[\w-]+&chart=system\.cpu&name=cpu_high$/,
      )

      // A phone: cards, nothing sideways.
      await page.setViewportSize({ width: 390, height: 844 })
      for (const path of ['/', '/nodes', '/alerts']) {
        await page.goto(`${cloud.url}${path}`)
        await page.locator('a[href*="/nodes/"]').first().waitFor()
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
      }
      await page.goto(`${cloud.url}/nodes?q=web-2`)
      await page.getByRole('list', { name: 'Nodes' }).getByRole('link', { name: 'web-2', exact: true }).waitFor()
      await expect
        .poll(() => page.locator('.node-card .live-cell[data-metric="cpu"]').first().getAttribute('data-value'), { timeout: 30_000 })
        .toBe('yes')
    } finally {
      await browser.close()
    }
  },
)

it('[HN19] of a thousand rows only those on screen exist and are asked for', { timeout: 300_000 }, async () => {
  const cloud = await startInstallation()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    const token = await claimToken(page)
    const parent = await connectLive(cloud, await claimSimulated(cloud, token, 'parent'), { children: 1_000 })
    await parent.agent.settled()

    await page.goto(`${cloud.url}/nodes`)
    await page.getByText('1001 listed').waitFor({ timeout: 60_000 })
    await expect.poll(() => page.getByRole('table', { name: 'Nodes' }).getAttribute('aria-rowcount')).toBe('1002')
    const rows = page.locator('tbody tr[data-node]')
    await expect.poll(() => rows.count()).toBeLessThan(40)
    const cpu = page.locator('.live-cell[data-metric="cpu"]')
    await expect.poll(() => cpu.first().getAttribute('data-value'), { timeout: 60_000 }).toBe('yes')

    // Far down, by scroll: other rows, still few, and they come alive.
    await page.locator('.fleet-scroll').evaluate((area) => area.scrollTo({ top: area.scrollHeight / 2 }))
    await expect.poll(async () => Number(await rows.first().getAttribute('aria-rowindex'))).toBeGreaterThan(400)
    await expect.poll(() => rows.count()).toBeLessThan(40)
    await expect.poll(() => cpu.nth(10).getAttribute('data-value'), { timeout: 60_000 }).toBe('yes')

    // Sorted by a live value, all are sampled in turns; the table begins with nodes that have one.
    await page.goto(`${cloud.url}/nodes?sort=-cpu`)
    await expect.poll(() => cpu.first().getAttribute('data-value'), { timeout: 60_000 }).toBe('yes')
    await expect.poll(() => rows.count()).toBeLessThan(40)

    // The map of them all.
    await page.goto(`${cloud.url}/?by=cpu&group=agent`)
    await expect.poll(() => page.locator('a.tile').count(), { timeout: 60_000 }).toBe(1_001)
    await expect.poll(() => lookOf(page, 'value').count(), { timeout: 60_000 }).toBe(1_001)
    await expect.poll(() => page.locator('a.tile[tabindex="0"]').count()).toBe(1)
  } finally {
    await browser.close()
  }
})
