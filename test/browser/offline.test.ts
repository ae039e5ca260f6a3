import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startThroughline } from '../doubles/installation.ts'
import { markers, startMarkerSource } from '../doubles/hosts/marker-source.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

/** Chromium registers no worker where it does not trust the certificate; a user has the CA installed. */
const trusting = { args: ['--ignore-certificate-errors'] }

const hasWorker = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null)

/** Which of these texts stand anywhere in what this browser keeps for the page: caches, names of databases, both storages, cookies. */
function keptOf(page: Page, texts: readonly string[]): Promise<string[]> {
  return page.evaluate(async (texts) => {
    const kept: string[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) kept.push(`${request.url}\n${(await (await cache.match(request))?.text()) ?? ''}`)
    }
    kept.push(JSON.stringify(await indexedDB.databases()))
    return texts.filter((text) => kept.some((all) => all.includes(text)))
  }, texts)
}

/** The addresses of the answers that are kept. */
const knownAddresses = (page: Page) =>
  page.evaluate(async () => {
    if (!(await caches.has('throughline-known-2'))) return []
    const keys = await (await caches.open('throughline-known-2')).keys()
    return keys.map(({ url }) => new URL(url).pathname.replace('/api/throughline/v1', '').replace(/\/spaces\/[^/]+/u, ''))
  })

it(
  '[EV21] [EV22] [EV24] [EV26] [EV5] a page without its cloud shows what was known and no value, and is well again by itself',
  { timeout: 240_000 },
  async () => {
    const source = await startMarkerSource()
    const cloud = await startInstallation()
    const browser = await openBrowser(trusting)
    try {
      const agentEnv = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
      const { out } = await runThroughline(['claim-token', '--json'], cloud.env)
      const { token } = JSON.parse(out) as { token: string }
      const from = ['--source', 'netdata', '--netdata-url', source.url]
      const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
      expect(
        await runThroughline(['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', ca, ...from], agentEnv),
      ).toMatchObject({
        status: 0,
      })
      const agent = startThroughline(['agent', ...from], agentEnv)
      await agent.says(/online/i)

      const { page, context } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/nodes`)
      await page.locator('a[href*="/nodes/"]').first().click()
      await page.getByRole('heading', { level: 1, name: markers.hostname }).waitFor()
      // Live values flow through the page while the worker is in charge.
      await hasWorker(page)
      const value = page.locator('[data-context="marker.context"] [data-value]').first()
      await expect.poll(() => value.getAttribute('data-value'), { timeout: 60_000 }).toContain('8675309')
      const controls = [markers.hostname, markers.contextTitle]
      const never = [markers.liveValue, '8675309', markers.alertValue, '7755331', 'throughline_access', token]
      // What was asked before the agent had told its contexts is asked again by opening the page again.
      const kept = async () => {
        const found = await keptOf(page, [...controls, ...never])
        if (found.length < controls.length) await page.reload()
        return found
      }
      await expect.poll(kept, { timeout: 60_000, interval: 2_000 }).toEqual(controls)

      await page.goto(`${cloud.url}/nodes`)
      await page.getByText(markers.hostname).first().waitFor()
      await expect.poll(() => knownAddresses(page)).toContain('/nodes')
      await context.setOffline(true)
      await page.reload()
      const banner = page.getByText(/This is what was known at \d/)
      await banner.waitFor()
      await page.getByText(markers.hostname).first().waitFor()
      await expect.poll(() => page.title()).toBe('(1) Lost connection · Nodes · Throughline')
      await expect.poll(() => page.locator('link[rel="icon"]').getAttribute('href')).toContain('data:image/svg+xml')
      await page.locator('a[href*="/nodes/"]').first().click()
      await page.getByRole('heading', { level: 1, name: markers.hostname }).waitFor()
      expect(await page.content()).not.toContain('8675309')

      await context.setOffline(false)
      await banner.waitFor({ state: 'detached', timeout: 60_000 })
      await expect.poll(() => page.title(), { timeout: 30_000 }).not.toContain('Lost connection')
      await expect.poll(() => value.getAttribute('data-value').catch(() => ''), { timeout: 60_000 }).toContain('8675309')
    } finally {
      await browser.close()
      await source.stop()
    }
  },
)

it(
  '[EV23] [EV27] signing out takes away what was known, and an operator who switches it off takes back the worker',
  { timeout: 180_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser(trusting)
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await hasWorker(page)
      await expect.poll(() => knownAddresses(page)).toContain('/me')
      await page.getByRole('button', { name: /Signed in as/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.waitForURL(/\/sign-in$/)
      expect(await knownAddresses(page)).toEqual([])
      expect(await keptOf(page, ['owner@localhost'])).toEqual([])

      await cloud.end('SIGTERM')
      await startInstallation({ ...cloud.env, THROUGHLINE_OFFLINE_PAGE: 'off' })
      await page.reload()
      await expect.poll(() => page.evaluate(() => caches.keys()), { timeout: 30_000 }).toEqual([])
      await expect
        .poll(async () => {
          await page.reload()
          return page.evaluate(() => navigator.serviceWorker.controller === null)
        })
        .toBe(true)
    } finally {
      await browser.close()
    }
  },
)
