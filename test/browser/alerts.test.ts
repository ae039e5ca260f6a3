import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { claimSimulated } from '../doubles/agents/agent-simulator.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { insideSpace, openBrowser, signIn } from '../doubles/people/page.ts'
import { wanderingChanges } from '../doubles/agents/simulated/alert-history.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'
import { connectLive } from '../doubles/agents/simulated/crowd.ts'
import { hostileTexts, pwned } from '../doubles/agents/simulated/hostile.ts'

/** What WCAG 2.2 AA asks for and a machine can check. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } })
    .setLegacyMode(true)
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 4).map(({ target }) => `${id}: ${target.join(' ')}`))
}

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
const searchOf = (page: Page) => new URL(page.url()).searchParams

/** Tabs until what has the focus fits; fails after so many stops. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stops = 0; stops < 120; stops++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return
  }
  throw new Error(`no stop of Tab is ${selector}`)
}

const cpu = { name: 'cpu_usage', chart: 'system.cpu', context: 'system.cpu', units: '%' }
const definition = {
  cpu_usage: {
    class: 'Utilization',
    component: 'CPU',
    type: 'System',
    recipient: 'sysadmin',
    units: '%',
    summary: 'CPU of the host',
    info: 'average of ten minutes',
    warn: '$this &gt; (($status &gt;= $WARNING) ? (75) : (85))',
    crit: '$this &gt; 95',
    lookup_after: -600,
    lookup_method: 'average',
    lookup_dimensions: 'user,system',
    delay_down_duration: 900,
    delay_multiplier: 1.5,
    delay_max_duration: 3600,
    source: '12@/etc/netdata/health.d/cpu.conf',
  },
}

async function lab(agents: readonly { hostname: string; generation: 'A' | 'B' | 'C'; changes: number }[]) {
  const cloud = await startInstallation({ THROUGHLINE_OFFLINE_GRACE_S: '1' })
  const tokenOf = async () => (JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }).token
  const nowS = Math.floor(Date.now() / 1_000)
  const live = []
  for (const { hostname, generation, changes } of agents) {
    const claim = await claimSimulated(cloud, await tokenOf(), hostname)
    const made = await connectLive(cloud, claim, {
      generation,
      labels: { env: generation === 'A' ? 'prod' : 'test' },
      alerts: [simulatedAlert({ ...cpu, status: 'critical', whenS: nowS - 120, valueText: '97.3%' })],
      alarmDetails: definition,
      history: wanderingChanges(cpu, changes, nowS - 120, 600),
    })
    await made.agent.settled()
    onTestFinished(() => made.agent.close())
    live.push(made)
  }
  const link = async () => (await runThroughline(['sign-in-link'], cloud.env)).out.trim()
  return { cloud, live, link }
}

it(
  '[AP3] [AP5] [AP6] [AP7] [AP9] from the list to an alert: its value, definition and history come from its agent, by mouse, by keys and on a phone',
  { timeout: 240_000 },
  async () => {
    const { cloud, live, link } = await lab([
      { hostname: 'web-c', generation: 'C', changes: 450 },
      { hostname: 'web-b', generation: 'B', changes: 6 },
      { hostname: 'web-a', generation: 'A', changes: 8 },
    ])
    const browser = await openBrowser()
    try {
      const { page } = browser
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      await signIn(page, await link())

      // The list: facets by mouse, all of it in the address.
      await page.goto(`${cloud.url}/alerts`)
      const rows = page.locator('[data-alert]')
      await expect.poll(() => rows.count(), { timeout: 30_000 }).toBe(3)
      await rows.first().getByText('97.3%').waitFor({ timeout: 30_000 })
      await page.getByRole('checkbox', { name: /^web-a/ }).check()
      await expect.poll(() => rows.count()).toBe(1)
      expect(searchOf(page).getAll('node')).toEqual([live[2]?.agent.nodeId])
      await page.getByRole('checkbox', { name: /^web-b/ }).check()
      await expect.poll(() => rows.count()).toBe(2)
      await page.getByRole('button', { name: /Node: web-a/ }).click()
      await expect.poll(() => rows.count()).toBe(1)
      await page.getByRole('button', { name: 'Clear all' }).click()
      await expect.poll(() => rows.count()).toBe(3)
      await page.getByLabel('Group by').selectOption('node')
      await page.getByRole('heading', { name: 'web-a', level: 2 }).waitFor()
      expect(searchOf(page).get('group')).toBe('node')
      await page.getByRole('searchbox', { name: 'Search alerts' }).fill('web-c')
      await expect.poll(() => rows.count()).toBe(1)
      await page.reload()
      await expect.poll(() => rows.count()).toBe(1)
      expect(await findings(page)).toEqual([])

      // By keys alone: a filter, then down the list, then into the alert.
      await page.goto(`${cloud.url}/alerts?group=name`)
      await expect.poll(() => rows.count()).toBe(3)
      await tabTo(page, '.alert-option input')
      await page.keyboard.press('Space')
      await expect.poll(() => [...searchOf(page).keys()].length).toBe(2)
      await page.keyboard.press('Space')
      await tabTo(page, '.alert-name')
      const focused = () => page.evaluate(() => document.activeElement?.closest('[data-alert]')?.querySelector('.alert-node')?.textContent)
      const first = await focused()
      await page.keyboard.press('ArrowDown')
      await expect.poll(focused).not.toBe(first)
      const second = await focused()
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => insideSpace(url) === '/alerts/one')
      await page.getByRole('heading', { name: 'cpu usage', level: 1 }).waitFor()
      await page
        .locator('.alert-page-where')
        .getByRole('link', { name: second ?? '' })
        .waitFor()

      // The alert of the newest agent.
      await page.goto(`${cloud.url}/alerts?node=${live[0]?.agent.nodeId ?? ''}`)
      await page.getByRole('link', { name: 'cpu usage' }).click()
      await page.locator('.alert-page-value').getByText('97.3%').waitFor({ timeout: 30_000 })
      const facts = page.getByRole('region', { name: 'Definition' })
      await facts.getByText('$this > (($status >= $WARNING) ? (75) : (85))').waitFor()
      await facts.getByText('average of user,system over the last 10 min').waitFor()
      await facts.getByText('/etc/netdata/health.d/cpu.conf, line 12').waitFor()
      await page.getByText('Warning above 85 %, until 75 %').waitFor()
      const history = page.locator('.alert-history-table tbody tr')
      await expect.poll(() => history.count(), { timeout: 30_000 }).toBe(200)
      await history.first().getByText('97.3 %').waitFor()
      const older = page.getByRole('button', { name: 'Older changes' })
      await older.click()
      await expect.poll(() => history.count(), { timeout: 30_000 }).toBe(400)
      await older.click()
      await expect.poll(() => history.count(), { timeout: 30_000 }).toBe(450)
      await page.getByText('This is all the agent remembers.').waitFor()
      await page.locator('.alert-chart-card [data-drawn]').waitFor({ timeout: 30_000 })

      // Another change: the chart goes there, the address says so, and back by the buttons.
      await history.nth(3).getByRole('button').click()
      await expect.poll(() => searchOf(page).get('to')).not.toBeNull()
      const chosen = () => page.locator('.alert-history-table tr[data-chosen]').count()
      await expect.poll(() => chosen()).toBe(1)
      await page.getByRole('button', { name: 'Later change' }).click()
      await expect.poll(() => history.nth(2).getAttribute('data-chosen')).toBe('true')
      await page.getByRole('button', { name: '±5 min' }).click()
      await expect.poll(() => Number(searchOf(page).get('to')) - Number(searchOf(page).get('from'))).toBe(600)
      const metrics = await page.getByRole('link', { name: 'Open in metrics' }).getAttribute('href')
      expect(metrics).toMatch(/\/metrics\?nodes=[\w-]+&from=\d+&to=\d+#&open=system\.cpu$/)
      expect(await findings(page)).toEqual([])

      // Older agents answer in their own forms.
      for (const [place, count] of [
        [1, 6],
        [2, 8],
      ] as const) {
        await page.goto(`${cloud.url}/alerts?node=${live[place]?.agent.nodeId ?? ''}`)
        await page.getByRole('link', { name: 'cpu usage' }).click()
        await expect.poll(() => history.count(), { timeout: 30_000 }).toBe(count)
      }

      // All alerts of a node, as its agent tells them.
      await page.getByRole('link', { name: 'All alerts of this node' }).click()
      await page.getByRole('list', { name: 'Alerts of this node' }).getByText('cpu usage').waitFor()
      await page.getByRole('button', { name: 'Raised', exact: true }).click()
      await expect.poll(() => page.locator('.alert-row').count()).toBe(1)

      // A phone: filters in a sheet, nothing sideways.
      await page.setViewportSize({ width: 390, height: 844 })
      await page.goto(`${cloud.url}/alerts`)
      await page.getByRole('button', { name: 'Filters' }).click()
      await page.getByRole('checkbox', { name: /^web-b/ }).check()
      await page.getByRole('button', { name: 'Show the alerts' }).click()
      await expect.poll(() => rows.count()).toBe(1)
      expect(await sideways(page)).toBeLessThanOrEqual(0)
      await page.getByRole('link', { name: 'cpu usage' }).click()
      await expect.poll(() => history.count(), { timeout: 30_000 }).toBe(6)
      expect(await sideways(page)).toBeLessThanOrEqual(0)
      await page.emulateMedia({ colorScheme: 'light' })
      expect(await findings(page)).toEqual([])

      // An address that is none.
      await page.goto(`${cloud.url}/alerts/one?node=${live[0]?.agent.nodeId ?? ''}&chart=x&name=y`)
      await page.getByRole('heading', { name: 'There is no such alert' }).waitFor({ timeout: 30_000 })
      await page.goto(`${cloud.url}/alerts/one`)
      await page.getByRole('heading', { name: 'There is no such alert' }).waitFor()
      expect(errors).toEqual([])
    } finally {
      await browser.close()
    }
  },
)

it(
  '[AP4] an agent that falls silent leaves its alerts unknown, everywhere, and its history with itself',
  { timeout: 120_000 },
  async () => {
    const { cloud, live, link } = await lab([
      { hostname: 'web-c', generation: 'C', changes: 4 },
      { hostname: 'web-d', generation: 'C', changes: 4 },
    ])
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, await link())
      await page.goto(
        `${cloud.url}/alerts/one?${new URLSearchParams({ node: live[0]?.agent.nodeId ?? '', chart: cpu.chart, name: cpu.name }).toString()}`,
      )
      await page.locator('.alert-page-head[data-severity="critical"]').waitFor({ timeout: 30_000 })
      await expect.poll(() => page.locator('.alert-history-table tbody tr').count(), { timeout: 30_000 }).toBe(4)
      live[0]?.agent.close()
      await page.locator('.alert-page-head[data-severity="unknown"]').waitFor({ timeout: 40_000 })
      await page.getByText('Before that it was critical.').waitFor()
      await page.getByText(/web-c is silent. Its agent keeps the history/).waitFor()
      // What was read stays readable; the value of a silent agent is gone.
      await expect.poll(() => page.locator('.alert-history-table tbody tr').count()).toBe(4)
      await expect.poll(() => page.locator('.alert-page-value').count()).toBe(0)

      await page.goto(`${cloud.url}/alerts`)
      await page.getByRole('heading', { name: 'Unknown' }).waitFor()
      await page.getByText(/unknown since/).waitFor()
      await page.getByRole('checkbox', { name: /^Critical/ }).check()
      await expect.poll(() => page.locator('[data-alert]').count()).toBe(1)
      await page.goto(cloud.url)
      await page
        .getByRole('list', { name: 'At a glance' })
        .getByRole('link', { name: /1\s*Unknown/ })
        .waitFor()
      await expect.poll(() => page.locator('.top-nav .badge').textContent()).toContain('1 critical, 1 unknown')
    } finally {
      await browser.close()
    }
  },
)

it('[AP3] two thousand raised alerts: few rows exist, and the last one is reached', { timeout: 240_000 }, async () => {
  const cloud = await startInstallation()
  const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }
  const nowS = Math.floor(Date.now() / 1_000)
  const { agent } = await connectLive(cloud, await claimSimulated(cloud, token, 'busy'), {
    alerts: Array.from({ length: 2_000 }, (_, n) =>
      simulatedAlert({
        chart: `disk.d${n}`,
        name: `full_${n}`,
        context: 'disk.space',
        status: n === 0 ? 'critical' : 'warning',
        whenS: nowS - n,
        valueText: `${n}%`,
      }),
    ),
  })
  onTestFinished(() => agent.close())
  await agent.settled()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, (await runThroughline(['sign-in-link'], cloud.env)).out.trim())
    await page.goto(`${cloud.url}/alerts`)
    const rows = page.locator('[data-alert]')
    await page.getByText('2000 of 2000 alerts').waitFor({ state: 'attached', timeout: 60_000 })
    await expect.poll(() => rows.count()).toBeGreaterThan(3)
    await expect.poll(() => rows.count()).toBeLessThan(40)
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
    await expect.poll(() => rows.last().getAttribute('data-alert'), { timeout: 30_000 }).toBe('full_1999')
    await expect.poll(() => rows.count()).toBeLessThan(40)
    await rows.last().getByText('1999%').waitFor({ timeout: 30_000 })
    await page.getByRole('searchbox', { name: 'Search alerts' }).fill('full 1234')
    await expect.poll(() => rows.count()).toBe(1)
  } finally {
    await browser.close()
  }
})

it('[AP6] [AP7] whatever an agent calls its alerts, their pages only show it', { timeout: 240_000 }, async () => {
  const cloud = await startInstallation()
  const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }
  const nowS = Math.floor(Date.now() / 1_000)
  const texts = hostileTexts.filter((text) => text.trim() !== '' && !text.includes('\u0000')).map((text) => text.slice(0, 200))
  const alerts = texts.map((text) =>
    simulatedAlert({
      chart: `c${text}`.slice(0, 200),
      name: text,
      context: 'system.cpu',
      status: 'warning',
      whenS: nowS,
      valueText: text,
      summary: text,
    }),
  )
  const { agent } = await connectLive(cloud, await claimSimulated(cloud, token, 'ugly'), {
    alerts,
    alarmDetails: Object.fromEntries(
      texts.map((text) => [text, { info: text, warn: text, source: text, recipient: text, class: text, units: text }]),
    ),
    history: alerts.map(({ name, chart }) => ({
      name,
      chart,
      context: 'system.cpu',
      whenS: nowS,
      status: 'warning' as const,
      oldStatus: 'clear' as const,
      value: 1,
      oldValue: null,
      durationS: -5,
      units: name,
    })),
  })
  onTestFinished(() => agent.close())
  await agent.settled()
  const browser = await openBrowser({ width: 390 })
  try {
    const { page } = browser
    await signIn(page, (await runThroughline(['sign-in-link'], cloud.env)).out.trim())
    const harm = () =>
      page.evaluate(
        (name) => ({
          hasRun: Object.hasOwn(window, name),
          planted: document.querySelectorAll('img, iframe, script:not([src]), [onerror], [onload]').length,
          sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        }),
        pwned,
      )
    const none = { hasRun: false, planted: 0, sideways: 0 }
    await page.goto(`${cloud.url}/alerts`)
    await expect.poll(() => page.locator('[data-alert]').count(), { timeout: 30_000 }).toBeGreaterThan(2)
    await expect.poll(harm).toEqual(none)
    const hrefs = await page.locator('.alert-name').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))
    for (const href of hrefs.slice(0, 4)) {
      await page.goto(href)
      await page.locator('.alert-page-value').waitFor({ timeout: 30_000 })
      await page
        .locator('.alert-history')
        .getByText(/remember|history|carry|change/i)
        .first()
        .waitFor()
      await expect.poll(harm).toEqual(none)
    }
  } finally {
    await browser.close()
  }
})
