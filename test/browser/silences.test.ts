import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { claimSimulated } from '../doubles/agents/agent-simulator.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'
import { connectLive } from '../doubles/agents/simulated/crowd.ts'

/** What WCAG 2.2 AA asks for and a machine can check. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } })
    .setLegacyMode(true)
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 4).map(({ target }) => `${id}: ${target.join(' ')}`))
}

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Tabs until what has the focus fits; fails after so many stops. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stops = 0; stops < 160; stops++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return
  }
  throw new Error(`no stop of Tab is ${selector}`)
}

async function lab() {
  const cloud = await startInstallation()
  const token = async () => (JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }).token
  const nowS = Math.floor(Date.now() / 1_000)
  const claim = await claimSimulated(cloud, await token(), 'db-1')
  const alerts = ['disk_full', 'cpu_high'].map((name) =>
    simulatedAlert({
      name,
      chart: `${name}.chart`,
      context: 'system.x',

      status: 'critical',
      whenS: nowS - 60,
      valueText: '97%',
    }),
  )
  const { agent } = await connectLive(cloud, claim, { generation: 'C', labels: { role: 'db' }, alerts })
  await agent.settled()
  onTestFinished(() => agent.close())
  return { cloud, nodeId: agent.nodeId, link: async () => (await runThroughline(['sign-in-link'], cloud.env)).out.trim() }
}

it(
  '[SN20] [SN22] [SN23] [SN24] silences are made, seen, changed, deleted and brought back, by mouse, by keys and on a phone',
  { timeout: 240_000 },
  async () => {
    const { cloud, nodeId, link } = await lab()
    const browser = await openBrowser()
    onTestFinished(() => browser.close())
    const { page } = browser
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await signIn(page, await link())

    // By mouse: what it would mute is seen while it is written.
    await page.goto(`${cloud.url}/alerts/silences`)
    await page.getByText('Nothing is silenced').waitFor()
    await page.getByRole('button', { name: 'New silence' }).click()
    const preview = page.getByRole('region', { name: 'Preview' })
    await preview.getByText('Quiet now: 2 raised alerts on 1 node.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Disk repair')
    await page.getByRole('textbox', { name: 'Alerts', exact: true }).fill('disk_*')
    await preview.getByText('Quiet now: 1 raised alert on 1 node.').waitFor()
    await preview.getByText('disk_full on db-1').waitFor()
    await page.getByLabel('Find a node').fill('db')
    await page.getByRole('button', { name: 'db-1' }).click()
    await page.getByRole('list', { name: 'Chosen nodes' }).getByText('db-1').waitFor()
    await page.getByRole('checkbox', { name: 'Warning' }).check()
    await preview.getByText('Nothing that is raised now fits.').waitFor()
    await page.getByRole('checkbox', { name: 'Warning' }).uncheck()
    expect(await findings(page)).toEqual([])
    await page.getByRole('button', { name: 'Silence', exact: true }).click()
    const row = page.locator('[data-silence="Disk repair"]')
    await row.getByText('Active', { exact: true }).waitFor()
    // Before eleven at night it ends today.
    await row.getByText(/^Until (?:\d{1,2} [A-Z][a-z]{2} )?\d\d:\d\d$/u).waitFor()
    await row.getByText('disk_* · db-1').waitFor()
    expect(await findings(page)).toEqual([])

    // A recurring one, with a plain form and then with a rule.
    await page.getByRole('button', { name: 'New silence' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Backups')
    await page.getByRole('radio', { name: 'Again and again' }).check()
    await page.getByLabel('First begins').fill('2030-01-05T22:00')
    await page.getByLabel('First ends').fill('2030-01-06T06:00')
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    await page.getByLabel('Repeats').selectOption('weekly')
    await preview.getByText('Choose at least one day of the week.').waitFor()
    await page.getByRole('checkbox', { name: 'Saturday' }).check()
    await preview.getByText('5 Jan 2030 22:00 – 6 Jan 2030 06:00').waitFor()
    await page.getByLabel('Repeats').selectOption('rule')
    await page.getByLabel('Rule', { exact: true }).fill('FREQ=SECONDLY')
    await preview.getByText(/FREQ has to be HOURLY/u).waitFor()
    await page.getByRole('button', { name: 'Silence', exact: true }).click()
    await page
      .getByRole('alert')
      .getByText(/FREQ has to be HOURLY/u)
      .waitFor()
    await page.getByLabel('Repeats').selectOption('weekly')
    await page.getByRole('button', { name: 'Silence', exact: true }).click()
    await page
      .locator('[data-silence="Backups"]')
      .getByText(/From 5 Jan 2030 .* · On Saturday$/u)
      .waitFor()

    // Switched off and on, edited, deleted and brought back.
    await page.getByRole('switch', { name: 'Disk repair is on' }).click()
    await row.getByText('Switched off').waitFor()
    await page.getByRole('switch', { name: 'Disk repair is on' }).click()
    await row.getByText('Active', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete Disk repair' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.waitFor()

    // By keys alone, from an alert.
    await page.goto(`${cloud.url}/alerts/silences?new&node=${nodeId}&name=cpu_high&chart=cpu_high.chart`)
    await preview.getByText('cpu_high on db-1').waitFor()
    await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('cpu_high on db-1')
    await tabTo(page, '#silence-for')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await tabTo(page, 'button[type="submit"]')
    await page.keyboard.press('Enter')
    await page.locator('[data-silence="cpu_high on db-1"]').waitFor()
    await expect.poll(() => new URL(page.url()).search).toBe('')
    const silenced = () =>
      page.evaluate(async () => {
        const answer = (await (await fetch('/api/throughline/v1/alerts')).json()) as { alerts: { isSilenced: boolean }[] }
        return answer.alerts.filter(({ isSilenced }) => isSilenced).length
      })
    await expect.poll(silenced).toBe(2)

    // On a phone, in light.
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(`${cloud.url}/alerts/silences`)
    await row.waitFor()
    expect(await sideways(page)).toBeLessThanOrEqual(0)
    expect(await findings(page)).toEqual([])
    await page.getByRole('button', { name: 'Edit Backups' }).click()
    await preview.getByText('5 Jan 2030 22:00 – 6 Jan 2030 06:00').waitFor()
    expect(await sideways(page)).toBeLessThanOrEqual(0)
    expect(await findings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await preview.waitFor({ state: 'detached' })
    expect(errors).toEqual([])
  },
)

it('[RE11] the delay of reachability is set for the space and by room, by mouse and by keys, and stays', { timeout: 120_000 }, async () => {
  const { cloud, link } = await lab()
  const browser = await openBrowser({ width: 390, height: 844 })
  onTestFinished(() => browser.close())
  const { page } = browser
  await signIn(page, await link())
  await page.evaluate(async () => {
    await fetch('/api/throughline/v1/rooms', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Databases', description: '' }),
    })
  })
  await page.goto(`${cloud.url}/settings/reachability`)
  await page.getByLabel('Delay of All nodes').selectOption('120')
  await page.getByLabel('Another delay for a room').selectOption({ label: 'Databases' })
  await page.getByLabel('Delay of Databases').selectOption('600')
  expect(await findings(page)).toEqual([])
  expect(await sideways(page)).toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The settings are saved.').waitFor()
  await page.reload()
  await expect.poll(() => page.getByLabel('Delay of All other nodes').inputValue()).toBe('120')
  await expect.poll(() => page.getByLabel('Delay of Databases').inputValue()).toBe('600')
  await tabTo(page, '[aria-label="Tell of Databases"]')
  await page.keyboard.press('Space')
  await tabTo(page, 'button[type="submit"]')
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PUT')
  await page.keyboard.press('Enter')
  expect((await saved).status()).toBe(200)
  await page.reload()
  await expect.poll(() => page.getByRole('switch', { name: 'Tell of Databases' }).getAttribute('aria-checked')).toBe('false')
})
