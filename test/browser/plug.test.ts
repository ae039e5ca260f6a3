import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { startNetdata, type NetdataServer } from '../doubles/agents/netdata-server.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const cardOf = (page: Page): Locator => page.locator('article[data-context="system.cpu"]').first()
const banner = (page: Page) => page.locator('.banner')
/** The newest second of the chart, and how many of its series have a value then. */
const newest = (page: Page) =>
  cardOf(page)
    .locator('.chart-legend')
    .evaluate((legend) => ({
      timeS: Number(legend.dataset['time']),
      valued: [...legend.querySelectorAll<HTMLElement>('[data-dimension]')].filter(({ dataset }) => dataset['value'] !== '').length,
    }))

/** Values of both nodes come again, newer than anything shown before. */
async function flows(page: Page): Promise<void> {
  const { timeS: fromS } = await newest(page)
  await expect
    .poll(
      async () => {
        const { timeS, valued } = await newest(page)
        return valued === 2 && timeS > fromS + 2
      },
      { timeout: 90_000 },
    )
    .toBe(true)
  await banner(page).waitFor({ state: 'detached', timeout: 30_000 })
  await expect.poll(() => cardOf(page).locator('.chart-note').count(), { timeout: 30_000 }).toBe(0)
}

/** A second agent beside the one of this host: Debian's netdata behind agent-link. */
async function joinNetdata(cloud: Installation, netdata: NetdataServer): Promise<() => Promise<ReturnType<typeof startThroughline>>> {
  const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
  const source = ['--source', 'netdata', '--netdata-url', netdata.url]
  const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
  const token = await claimTokenOf(cloud)
  expect(
    await runThroughline(['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', ca, ...source], env),
  ).toMatchObject({ status: 0 })
  return async () => {
    const agent = startThroughline(['agent', ...source], env)
    await agent.says(/online/iu)
    return agent
  }
}

it(
  '[JB5] with the plug pulled from an agent, the cloud or the browser the page says so, and goes on by itself',
  { timeout: 300_000 },
  async () => {
    const netdata = await startNetdata()
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on', THROUGHLINE_OFFLINE_GRACE_S: '1' })
    const browser = await openBrowser()
    try {
      const { page, context } = browser
      const startAgent = await joinNetdata(cloud, netdata)
      const agent = await startAgent()
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/metrics#card=system.cpu~by.node`)
      await expect.poll(() => cardOf(page).locator('.chart-volume').textContent(), { timeout: 90_000 }).toMatch(/of 2 nodes$/u)
      // Nothing of what follows may load the page anew.
      await page.evaluate(() => document.body.setAttribute('data-same', 'yes'))
      await flows(page)

      // An agent's link is cut.
      await agent.end('SIGKILL')
      await banner(page).getByText('1 of 2 nodes sends no live values.').waitFor({ timeout: 60_000 })
      await cardOf(page).locator('.chart-note').getByText('1 of 2 nodes answer.').waitFor({ timeout: 60_000 })
      await expect.poll(() => cardOf(page).locator('.chart-note').getAttribute('title')).toMatch(/^Missing: .+\.$/u)
      await expect.poll(async () => (await newest(page)).valued, { timeout: 30_000 }).toBe(1)
      await startAgent()
      await flows(page)

      // The cloud dies, and is started again where it was.
      await cloud.end('SIGKILL')
      await banner(page).getByText('The connection to the cloud is lost.').waitFor({ timeout: 60_000 })
      const restarted = await startInstallation({ ...cloud.env })
      await flows(page)

      // The browser's own network goes.
      await context.setOffline(true)
      await banner(page).getByText('The connection to the cloud is lost.').waitFor({ timeout: 60_000 })
      await context.setOffline(false)
      await flows(page)
      await expect.poll(() => page.locator('body').getAttribute('data-same')).toBe('yes')

      // A board is changed while there is no cloud.
      await page.goto(`${cloud.url}/boards`)
      await page.getByRole('button', { name: 'New board' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Plugs')
      await page.getByRole('button', { name: 'Create board' }).click()
      await page.getByText('Nothing is on this board yet').waitFor()
      await restarted.end('SIGKILL')
      await page.getByRole('button', { name: 'Add text' }).click()
      await page.getByRole('dialog').getByRole('textbox', { name: 'Text' }).fill('# Written in the dark')
      await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
      await page.getByText('Your changes are kept in this tab.').waitFor({ timeout: 30_000 })
      await startInstallation({ ...cloud.env })
      await page.getByText('All changes saved').waitFor({ timeout: 60_000 })
      await page.reload()
      await page.getByRole('heading', { name: 'Written in the dark' }).waitFor({ timeout: 30_000 })
    } finally {
      await browser.close()
      await netdata.stop()
    }
  },
)
