import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startThroughline } from '../doubles/installation.ts'
import { startNetdata } from '../doubles/agents/netdata-server.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

interface Answer {
  readonly labels: readonly string[]
  readonly data: readonly (readonly (number | null)[])[]
}

it('[NDJ1] values in the page equal what the real netdata answers for the same seconds', { timeout: 240_000 }, async () => {
  const netdata = await startNetdata()
  const cloud = await startInstallation()
  const browser = await openBrowser()
  try {
    const agentEnv = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
    const { out } = await runThroughline(['claim-token', '--json'], cloud.env)
    const { token } = JSON.parse(out) as { token: string }
    const source = ['--source', 'netdata', '--netdata-url', netdata.url]
    const claimed = await runThroughline(
      ['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', join(cloud.dataFolder, 'tls', 'ca.pem'), ...source],
      agentEnv,
    )
    expect(claimed).toMatchObject({ status: 0 })
    const agent = startThroughline(['agent', ...source], agentEnv)
    await agent.says(/online/i)

    const { page } = browser
    await signIn(page, cloud.signInLink)
    await page.locator('a[href*="/nodes/"]').first().click()
    const card = page.locator('[data-context="system.cpu"]').first()
    // The list is made anew when the agent tells its charts: a card that went away meanwhile is looked for again.
    await expect
      .poll(
        () =>
          card.scrollIntoViewIfNeeded({ timeout: 5_000 }).then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true)

    /** The newest second the page shows, with the raw value of each dimension. */
    const read = () =>
      card.evaluate((element) => {
        const legend = element.querySelector('[data-time]')
        const cells = [...element.querySelectorAll('[data-dimension]')]
        return {
          timeS: Number(legend?.getAttribute('data-time') ?? 0),
          values: Object.fromEntries(
            cells.map((cell) => [cell.getAttribute('data-dimension') ?? '', Number(cell.getAttribute('data-value'))]),
          ),
        }
      })
    await expect.poll(async () => (await read()).timeS, { timeout: 60_000 }).toBeGreaterThan(0)
    // The newest second may still be collected when it is first shown; the page overwrites it a second later. So compare a few, each once it is settled.
    const seen = new Map<number, Record<string, number>>()
    await expect
      .poll(
        async () => {
          const { timeS, values } = await read()
          seen.set(timeS, values)
          return seen.size
        },
        { timeout: 30_000, interval: 150 },
      )
      .toBeGreaterThanOrEqual(5)

    const compared = await Promise.all(
      [...seen].slice(0, 4).map(async ([timeS, values]) => {
        const answer = (await (
          await fetch(`${netdata.url}/api/v1/data?chart=system.cpu&after=${timeS - 3}&before=${timeS}&format=json`)
        ).json()) as Answer
        const row = answer.data.find(([time]) => time === timeS) ?? []
        const own = Object.fromEntries(answer.labels.slice(1).map((label, index) => [label, row[index + 1] ?? null]))
        return Object.entries(values).map(([dimension, value]) => ({
          timeS,
          dimension,
          inPage: round(value),
          atAgent: round(own[dimension]),
        }))
      }),
    )
    const cells = compared.flat()
    expect(cells.length).toBeGreaterThanOrEqual(12)
    expect(cells.filter(({ inPage, atAgent }) => inPage !== atAgent)).toEqual([])
  } finally {
    await browser.close()
    await netdata.stop()
  }
})

/** Agents print up to seven significant digits; both sides carry the same text, so this only guards against notation. */
function round(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 1e6) / 1e6
}

it(
  '[AP13] an alert of the real netdata is raised on its page: value, definition, history and the way back',
  { timeout: 480_000 },
  async () => {
    const startS = Math.floor(Date.now() / 1_000)
    const netdata = await startNetdata({
      files: {
        'health.d/throughline.conf': [
          'alarm: tl_clock',
          'on: system.load',
          'class: Errors',
          'component: Fixture',
          'type: System',
          `calc: $now - ${startS}`,
          'units: seconds',
          'every: 1s',
          'warn: $this > 45',
          'crit: $this > 75',
          'info: goes up with the clock <b>and</b> stays up',
          'to: silent',
          '',
        ].join('\n'),
      },
    })
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const agentEnv = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
      const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }
      const source = ['--source', 'netdata', '--netdata-url', netdata.url]
      const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
      await runThroughline(['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', ca, ...source], agentEnv)
      await startThroughline(['agent', ...source], agentEnv).says(/online/i)

      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/alerts`)
      await page.locator('[data-alert="tl_clock"]').getByRole('link', { name: 'tl clock' }).click({ timeout: 120_000 })
      await page.locator('.alert-page-head[data-severity="critical"]').waitFor({ timeout: 60_000 })
      const value = () => page.locator('.alert-page-value').textContent()
      const first = await value()
      await expect.poll(value, { timeout: 30_000 }).not.toBe(first)
      await page.getByText('goes up with the clock <b>and</b> stays up').first().waitFor()
      const definition = page.getByRole('region', { name: 'Definition' })
      await definition.getByText('$this > 45').waitFor()
      await definition.getByText(/(the chart|every instance of) system.load/).waitFor()
      const history = page.locator('.alert-history-table tbody tr')
      await expect.poll(() => history.count(), { timeout: 30_000 }).toBeGreaterThanOrEqual(2)
      await expect.poll(() => history.first().innerText()).toMatch(/Warning\s*→\s*◆?\s*Critical/)
      // The value was calculated from the clock, not from the chart: no threshold is drawn, and the page says so.
      await page.getByText('Its value is worked out of this chart, so no line is drawn.').waitFor()
      await page.getByRole('link', { name: 'All alerts of this node' }).click()
      await page.getByRole('list', { name: 'Alerts of this node' }).getByRole('link', { name: 'tl clock' }).waitFor()
      await expect.poll(() => page.locator('.alert-all-row').count()).toBeGreaterThan(5)
    } finally {
      await browser.close()
      await netdata.stop()
    }
  },
)
