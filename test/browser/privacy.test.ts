import { createServer } from 'node:https'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { ensureTls } from '../../cloud/api/tls/ensure-tls.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

async function save(page: Page, act: () => Promise<unknown>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  return readFile(await download.path(), 'utf8')
}

it(
  '[PV5] (D7) what is held is read, searched, exported as JSON and CSV by links that work once, and put right, at a phone’s width',
  { timeout: 180_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_ADMIN_EMAIL: 'ada@example.org' })
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/profile`)
      await page.getByRole('link', { name: 'Your data' }).click()
      await page.getByRole('heading', { name: 'What is held about you' }).waitFor()
      await page.getByText('Live values').first().waitFor()
      await page.getByLabel('Search in everything that is held').fill('ada@example.org')
      await page.getByText(/^\d+ of \d+ entries fit\.$/).waitFor()
      const row = page.locator('.held-row', { hasText: 'Person' }).first()
      await row.locator('summary').focus()
      await page.keyboard.press('Enter')
      await row.getByRole('cell', { name: 'ada@example.org' }).first().waitFor()

      await page.getByRole('button', { name: 'Export as JSON' }).click()
      await page.getByText(/^Your JSON link is ready/).waitFor()
      const json = await save(page, () => page.getByRole('button', { name: 'Fetch the file' }).click())
      expect(JSON.stringify(JSON.parse(json))).toContain('ada@example.org')
      await page.getByText('The link is used up.').waitFor()

      await page.getByRole('button', { name: 'Export as CSV' }).click()
      await page.getByText(/^Your CSV link is ready/).waitFor()
      await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.getByRole('button', { name: 'Copy the link' }).click()
      const href = await waitUntil(async () => {
        const text = await page.evaluate(() => navigator.clipboard.readText())
        return text.includes('#export=') ? text : undefined
      })
      const other = await browser.context.newPage()
      await other.goto(href)
      const csv = await save(other, () => other.getByRole('button', { name: 'Fetch the file of this link' }).click())
      expect(new URL(other.url()).hash).toBe('')
      expect(csv.startsWith('\u{feff}where,class,kind,')).toBe(true)
      await page.getByRole('button', { name: 'Fetch the file' }).click()
      await page.getByText('This link was used').waitFor()
      await other.close()

      await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
      await page.getByRole('button', { name: 'Correct name' }).click()
      await page.getByText('Your name is corrected.').waitFor()
      await page.getByLabel('Search in everything that is held').fill('Lovelace')
      await page.getByText(/^1 of \d+ entries fit\.$/).waitFor()
      await page.getByText('There are none here.').waitFor()
      const stickOut = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement
        if (scrollWidth <= clientWidth) return []
        return [...document.querySelectorAll('main *')]
          .filter((each) => each.getBoundingClientRect().right > clientWidth + 1)
          .map((each) => each.outerHTML.slice(0, 90))
      })
      expect(stickOut).toEqual([])
    } finally {
      await browser.close()
    }
  },
)

/** A provider of analytics that counts every request, as its script makes them: at once, all the time, and when the page goes. */
async function startProvider() {
  const { keyPem, certPem } = await providerTls()
  const asked: string[] = []
  const server = createServer({ key: keyPem, cert: certPem }, (request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('access-control-allow-origin', '*')
    if (request.url !== '/s.js') return void response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(
      `
      document.cookie = '_stats=1; path=/; secure'
      localStorage.setItem('_stats', '1')
      const tell = (what) => navigator.sendBeacon('https://localhost:' + PORT + '/' + what)
      tell('begin'); setInterval(() => tell('tick'), 50); addEventListener('pagehide', () => tell('bye'))
    `.replaceAll('PORT', String((server.address() as AddressInfo).port)),
    )
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, url: `https://localhost:${(server.address() as AddressInfo).port}/s.js` }
}

/** A cloud whose operator configured a provider of analytics. */
async function startWithProvider() {
  const provider = await startProvider()
  const cloud = await startInstallation({
    THROUGHLINE_ANALYTICS_SCRIPT_URL: provider.url,
    THROUGHLINE_ANALYTICS_NAME: 'Stats',
    THROUGHLINE_ANALYTICS_PURPOSE: 'count which pages are used',
  })
  return { provider, cloud }
}

async function providerTls() {
  const made = await ensureTls({ folder: join(temporaryFolder(), 'provider'), names: ['localhost'], clock: systemClock, log: silentLog })
  return { keyPem: made.keyPem, certPem: made.certPem }
}

it(
  '[PV6] (U2) nothing of a provider is asked for before consent, both answers look alike, and withdrawal stops it at the click',
  { timeout: 180_000 },
  async () => {
    const { provider, cloud } = await startWithProvider()
    const browser = await openBrowser()
    try {
      const { page, context } = browser
      const elsewhere: string[] = []
      context.on('request', (request) => {
        // Whoever it is that is asked: nothing leaves for anybody but the cloud.
        if (!request.url().startsWith(cloud.url) && /^(https?|wss?):/.test(request.url())) elsewhere.push(request.url())
      })
      await signIn(page, cloud.signInLink)
      const banner = page.getByRole('region', { name: 'Analytics' })
      await banner.waitFor()
      const [yes, no] = [banner.getByRole('button', { name: 'Allow' }), banner.getByRole('button', { name: 'No' })]
      const look = (button: typeof yes) =>
        button.evaluate((element) => {
          const { backgroundColor, color, fontSize, fontWeight } = getComputedStyle(element)
          const { width, height } = element.getBoundingClientRect()
          return { backgroundColor, color, fontSize, fontWeight, width: Math.round(width), height: Math.round(height) }
        })
      expect(await look(yes)).toEqual(await look(no))
      // It is beside the page: the page goes on without an answer.
      await page.goto(`${cloud.url}/profile`)
      await banner.waitFor()
      await page.getByRole('heading', { name: 'Profile' }).waitFor()
      expect([provider.asked, elsewhere]).toEqual([[], []])

      await yes.click()
      await waitUntil(async () => (provider.asked.some((path) => path === '/tick') ? true : undefined))
      await page.goto(`${cloud.url}/profile/privacy`)
      await page.getByText(/^You allowed it/).waitFor()
      await waitUntil(async () => ((await page.evaluate(() => document.cookie)).includes('_stats') ? true : undefined))

      const stop = page.getByRole('button', { name: 'Stop it now' })
      let asked = -1
      await page.exposeFunction('clicked', () => {
        asked = provider.asked.length
      })
      // What is on its way when the click comes was sent before it; the count begins with the policy that the click sets.
      await page.evaluate(() => {
        new MutationObserver(() => {
          if (document.head.querySelector('meta[http-equiv="Content-Security-Policy"]'))
            (globalThis as unknown as { clicked(): void }).clicked()
        }).observe(document.head, { childList: true })
      })
      elsewhere.length = 0
      await stop.click()
      await page.getByText(/^You said no/).waitFor()
      await page.goto(`${cloud.url}/nodes`)
      await page.goto(`${cloud.url}/profile/privacy`)
      await page.getByText(/^You said no/).waitFor()
      expect(asked).toBeGreaterThan(0)
      expect(provider.asked.slice(asked).filter((path) => path !== '/tick')).toEqual([])
      expect(provider.asked.length - asked).toBeLessThanOrEqual(1)
      await expect.poll(() => page.evaluate(() => [document.cookie, localStorage.getItem('_stats')])).toEqual(['', null])
      const headers = (await page.reload())?.headers() ?? {}
      expect(headers['content-security-policy']).not.toContain(new URL(provider.url).host)
    } finally {
      await browser.close()
    }
  },
)

it(
  '[PV9] (U2) withdrawal ends it in the other pages of the browser and in the other browsers of the person, also where pages come through the service worker',
  { timeout: 300_000 },
  async () => {
    const { provider, cloud } = await startWithProvider()
    // With it the worker is registered as under a certificate that is trusted.
    const args = ['--ignore-certificate-errors']
    const here = await openBrowser({ args })
    const there = await openBrowser({ args })
    try {
      await signIn(here.page, cloud.signInLink)
      await here.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
      await here.page.getByRole('region', { name: 'Analytics' }).getByRole('button', { name: 'Allow' }).click()
      // A cloud that is slow to answer lets the worker show the page it keeps, which never names a provider; the next one does.
      const loads = (page: Page) =>
        waitUntil(async () => {
          const wait = page.waitForFunction(
            () => document.querySelector('script[src$="/s.js"]') && document.cookie.includes('_stats'),
            undefined,
            {
              timeout: 6_000,
            },
          )
          if (
            await wait.then(
              () => true,
              () => false,
            )
          )
            return true
          await page.reload()
          return undefined
        })
      await loads(here.page)
      const second = await here.context.newPage()
      await second.goto(`${cloud.url}/profile`)
      await loads(second)
      const [link] = (await runThroughline(['sign-in-link'], cloud.env)).out.trim().split('\n')
      await signIn(there.page, link ?? '')
      await loads(there.page)

      await here.page.goto(`${cloud.url}/profile/privacy`)
      await here.page.getByRole('button', { name: 'Stop it now' }).click()
      for (const page of [here.page, second, there.page]) {
        await page.waitForFunction(() => document.readyState === 'complete' && document.querySelector('script[src$="/s.js"]') === null)
        await expect.poll(() => page.evaluate(() => [document.cookie, localStorage.getItem('_stats')])).toEqual(['', null])
      }
      // What was on its way may come late; what is loaded anew begins with the script.
      const loaded = () => provider.asked.filter((path) => path === '/s.js').length
      const before = loaded()
      for (const page of [here.page, second, there.page]) {
        await page.reload()
        await page.getByRole('link', { name: 'Nodes' }).first().waitFor()
      }
      expect(loaded()).toBe(before)
    } finally {
      await here.close()
      await there.close()
    }
  },
)
