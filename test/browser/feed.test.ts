import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { claimSimulated, type SimulatedAgent } from '../doubles/agents/agent-simulator.ts'
import { startInstallation } from '../doubles/installation.ts'
import { insideSpace, openBrowser, signIn } from '../doubles/people/page.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'
import { connectLive } from '../doubles/agents/simulated/crowd.ts'

const hostile = '<img src=x onerror=alert(1)> name'

/** What WCAG 2.2 AA asks for and a machine can check. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } })
    .setLegacyMode(true)
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 4).map(({ target }) => `${id}: ${target.join(' ')}`))
}

it(
  '[AP10] [AP11] [AP12] the feed tells of nodes, alerts and people as it happens, narrowed by mouse and by keys, and waits while one reads',
  { timeout: 300_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_OFFLINE_GRACE_S: '1' })
    const browser = await openBrowser()
    const agents: SimulatedAgent[] = []
    try {
      const { page } = browser
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('dialog', (dialog) => errors.push(dialog.message()))
      await signIn(page, cloud.signInLink)
      const token = await page.evaluate(async () => {
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch('/api/throughline/v1/claim-tokens', { method: 'POST', headers, body: '{"uses":100}' })
        return ((await answer.json()) as { token: string }).token
      })
      const nowS = Math.floor(Date.now() / 1_000)
      const connect = async (hostname: string, withAlert: boolean) => {
        const alert = {
          chart: 'system.cpu',
          name: 'cpu_high',
          context: 'system.cpu',
          status: 'critical',
          whenS: nowS - 5,
          valueText: '97%',
        } as const
        const { agent } = await connectLive(cloud, await claimSimulated(cloud, token, hostname), {
          alerts: withAlert ? [simulatedAlert(alert)] : [],
        })
        await agent.settled()
        agents.push(agent)
      }
      await connect(hostile, true)

      // What happens appears by itself, with links to what is about.
      await page.goto(`${cloud.url}/alerts/feed`)
      const entries = page.locator('.feed-entry')
      await page.locator('[data-event="alert-node-transition"]').waitFor({ timeout: 30_000 })
      await connect('web-0', false)
      await page.locator('.feed-entry', { hasText: 'web-0' }).first().waitFor({ timeout: 30_000 })
      await page.locator('[data-kind="audit"]').first().waitFor()
      await expect.poll(() => page.evaluate(() => document.querySelectorAll('main img').length)).toBe(0)
      expect(await findings(page)).toEqual([])
      await page.locator('[data-event="alert-node-transition"]').first().getByRole('link', { name: 'cpu high' }).click()
      await page.waitForURL((url) => insideSpace(url) === '/alerts/one')
      await page.goBack()

      // Narrowed by mouse: kinds, then a status; all of it in the address.
      await entries.first().waitFor({ timeout: 30_000 })
      const kinds = page.getByRole('group', { name: 'Kinds' })
      await kinds.getByRole('button', { name: 'Nodes' }).click()
      await kinds.getByRole('button', { name: 'People' }).click()
      await expect.poll(() => page.locator('.feed-entry:not([data-kind="alert"])').count()).toBe(0)
      await expect.poll(() => new URL(page.url()).search).toBe('?kind=alert')
      await page.getByLabel('Became').selectOption('clear')
      await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
      await page.getByRole('button', { name: 'Clear', exact: true }).click()
      await expect.poll(() => page.locator('[data-kind="audit"]').count()).toBeGreaterThan(0)
      await page.getByRole('combobox', { name: 'Node', exact: true }).selectOption({ label: 'web-0' })
      await expect.poll(() => page.locator('.feed-entry', { hasText: 'cpu high' }).count()).toBe(0)
      await page.reload()
      await page.locator('.feed-entry', { hasText: 'web-0' }).first().waitFor()
      await page.getByRole('button', { name: 'Clear', exact: true }).click()

      // By keys: a search.
      await page.getByRole('button', { name: 'People' }).focus()
      await page.keyboard.press('Tab')
      await page.keyboard.type('cpu_high')
      await expect.poll(() => page.locator('.feed-entry:not([data-kind="alert"])').count()).toBe(0)
      await expect.poll(() => entries.count()).toBeGreaterThan(0)
      await page.getByRole('button', { name: 'Clear', exact: true }).click()
      await page.getByRole('searchbox', { name: 'Search the feed' }).fill('')

      // Many at once are one entry that opens, and shows whom it was about.
      for (let at = 1; at <= 12; at++) await connect(`web-${at}`, false)
      for (const agent of agents.slice(2)) agent.close()
      const burst = page.locator('.feed-entry.is-burst[data-event="node-state-offline"]')
      await burst.getByText('12 nodes went offline').waitFor({ timeout: 60_000 })
      await burst.getByRole('button', { name: /Show 12 events/ }).focus()
      await page.keyboard.press('Enter')
      await burst.getByRole('link', { name: 'web-12' }).waitFor()
      expect(await findings(page)).toEqual([])

      // Somebody reads further down: nothing moves, a mark counts, and it leads to the top.
      await page.setViewportSize({ width: 390, height: 600 })
      await page.evaluate(() => window.scrollTo({ top: 600, behavior: 'instant' }))
      await connect('late', true)
      const mark = page.getByRole('button', { name: /^\d+ new$/ })
      await mark.waitFor({ timeout: 40_000 })
      await expect
        .poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth))
        .toBeLessThanOrEqual(0)
      await mark.click()
      await page.locator('[data-event="alert-node-transition"]', { hasText: 'late' }).first().waitFor({ timeout: 20_000 })
      await expect.poll(() => mark.count()).toBe(0)
      await page.emulateMedia({ colorScheme: 'light' })
      expect(await findings(page)).toEqual([])

      // To the oldest event.
      const older = page.getByRole('button', { name: 'Older events' })
      const oldest = page.getByText('This is the oldest event that is kept.')
      // The button goes while it is looked for, when the answer with the oldest events comes.
      const goOn = async () => {
        if ((await oldest.count()) === 0) await older.click({ timeout: 2_000 }).catch(() => undefined)
        return oldest.count()
      }
      await expect.poll(goOn, { timeout: 60_000 }).toBe(1)
      expect(errors).toEqual([])
    } finally {
      for (const agent of agents) agent.close()
      await browser.close()
    }
  },
)
