import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { claimSimulated, connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { nodeInfo } from '../doubles/agents/metadata-agents.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { hostileAnswer, hostileContexts, hostileTexts, honestContext, pwned } from '../doubles/agents/simulated/hostile.ts'

/** What markup of an agent would leave in a page that believed it. */
function harm(page: Page): Promise<object> {
  return page.evaluate((name) => {
    const links = [...document.querySelectorAll('a')].map((link) => new URL(link.getAttribute('href') ?? '', window.location.href).href)
    return {
      hasRun: Object.hasOwn(window, name),
      // The page itself has no image and no inline script at all.
      planted: document.querySelectorAll('img, iframe, script:not([src]), [onerror], [onload]').length,
      badLinks: links.filter((href) => !href.startsWith('https:')),
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }
  }, pwned)
}
const none = { hasRun: false, planted: 0, badLinks: [], sideways: 0 }

it(
  '[JB1] (U1) an agent full of markup, bidi controls, endless names and impossible numbers does nothing but look ugly',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation()
    const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }
    const claimed = await claimSimulated({ url: cloud.url, caPem: cloud.caPem }, token, `ugly-${'w'.repeat(120)}`)
    const startS = Math.floor(Date.now() / 1_000)
    const info = nodeInfo(
      claimed.hostname,
      Object.fromEntries(hostileTexts.map((text, place) => [`${text.slice(0, 100)}${place}`, text.slice(0, 700)])),
    )
    const agent = await connectSimulated({ url: cloud.url, caPem: cloud.caPem }, claimed, {
      capabilities: ['proto', 'ctx', 'funcs', 'health', 'req_cancel'].map((name) => ({
        name,
        version: name === 'health' ? 2 : 1,
        enabled: true,
      })),
      info: {
        node: { ...info, osName: hostileTexts[0], osVersion: hostileTexts[1], agentVersion: hostileTexts[0] },
        collectors: [{ plugin: hostileTexts[0], module: hostileTexts[2] }],
      },
      contexts: hostileContexts(startS),
      onQuestion: hostileAnswer,
    })
    await agent.settled()

    for (const width of [1_440, 390]) {
      const browser = await openBrowser({ width })
      try {
        const { page } = browser
        const errors: string[] = []
        page.on('dialog', (dialog) => {
          errors.push(`dialog ${dialog.message()}`)
          void dialog.dismiss()
        })
        page.on('pageerror', (error) => errors.push(error.message))
        await signIn(page, (await runThroughline(['sign-in-link'], cloud.env)).out.trim())
        for (const path of ['/', '/nodes', '/alerts', '/metrics', `/functions?node=${agent.nodeId}&fn=processes`]) {
          await page.goto(`${cloud.url}${path}`)
          await page.locator('h1').first().waitFor()
          await expect.poll(() => harm(page)).toEqual(none)
        }
        await page.goto(`${cloud.url}/nodes/${agent.nodeId}`)
        const honest = page.locator(`[data-context="${honestContext}"]`).first()
        const lastTime = () => honest.getAttribute('data-last-time').then(Number)
        await expect.poll(lastTime, { timeout: 30_000 }).toBeGreaterThan(0)
        const first = await lastTime()
        // Scrolled through, every chart is built and drawn once.
        for (let screen = 0; screen < 12; screen++) {
          await page.mouse.wheel(0, 700)
          await page.evaluate(() => new Promise((resolve) => void requestAnimationFrame(() => requestAnimationFrame(resolve))))
        }
        await page.evaluate(() => window.scrollTo(0, 0))
        await expect.poll(lastTime, { timeout: 30_000 }).toBeGreaterThan(first)
        await page.getByRole('button', { name: 'Details' }).click()
        await expect.poll(() => harm(page)).toEqual(none)
        expect(errors).toEqual([])
      } finally {
        await browser.close()
      }
    }
    agent.close()
  },
)

it('[UI131] a page whose part cannot be loaded says so, and loads when asked again', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    await page.route('**/assets/alerts-page-*.js', (route) => route.abort())
    await page.goto(`${cloud.url}/alerts`)
    await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor()
    await expect.poll(() => page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(true)
    await page.unroute('**/assets/alerts-page-*.js')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor()
  } finally {
    await browser.close()
  }
})
