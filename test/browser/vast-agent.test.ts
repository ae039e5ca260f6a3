import { expect, it } from 'vitest'
import { claimSimulated, connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { startInstallation, type Installation } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { nodeInfo } from '../doubles/agents/metadata-agents.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { inheritedKeys, vastAnnounced, vastAnswer, vastContexts, vastSizes } from '../doubles/agents/simulated/vast.ts'
import { whenOver } from '../doubles/when-over.ts'

/** An agent of this name whose clock is off by so many seconds. */
async function connectVast(cloud: Installation, token: string, hostname: string, clockOffS: number) {
  const claimed = await claimSimulated(cloud, token, hostname)
  const agent = await connectSimulated(cloud, claimed, {
    capabilities: ['proto', 'ctx', 'funcs', 'req_cancel'].map((name) => ({ name, version: 1, enabled: true })),
    info: { node: nodeInfo(hostname, {}), collectors: [] },
    contexts: vastAnnounced(Math.floor(Date.now() / 1_000)),
    onQuestion: vastAnswer(clockOffS),
  })
  whenOver(() => agent.close())
  await agent.settled()
  return agent
}

it(
  '[JB7] (U1) thousands of lines, names that change with every answer, labels that every object inherits, a clock a day ahead and 100,000 rows leave the page usable',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const { page } = browser
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      await signIn(page, cloud.signInLink)
      const token = await claimTokenOf(cloud)
      const agent = await connectVast(cloud, token, 'vast', 0)
      await connectVast(cloud, token, 'tomorrow', 86_400)

      await page.goto(`${cloud.url}/nodes/${agent.nodeId}`)
      const cardOf = (contextId: string) => page.locator(`article[data-context="${contextId}"]`).first()
      const lastTimeOf = async (contextId: string) => Number(await cardOf(contextId).getAttribute('data-last-time', { timeout: 60_000 }))
      const lines = cardOf(vastContexts.lines)
      await expect.poll(() => lines.locator('.chart-volume').textContent(), { timeout: 60_000 }).toContain('5,000')
      // The largest stand by themselves, the others as one.
      expect(await lines.locator('[data-dimension]').count()).toBe(250)
      expect(await lines.locator('[data-dimension="line 4999"]').getAttribute('data-value')).toBe('4999')
      expect(await lines.locator('[data-dimension="line 4750"]').count()).toBe(0)
      const othersSum = (4_750 * 4_751) / 2
      expect(await lines.locator('[data-dimension="*"]').getAttribute('data-value')).toBe(String(othersSum))

      // Whatever the others do, honest charts go on.
      for (const contextId of [vastContexts.honest, vastContexts.churn]) {
        const firstS = await lastTimeOf(contextId)
        await expect.poll(() => lastTimeOf(contextId), { timeout: 60_000 }).toBeGreaterThan(firstS + 2)
      }
      const labels = cardOf(vastContexts.labels)
      await labels.getByRole('button', { name: /^Group by/u }).click()
      for (const key of inheritedKeys) await page.getByRole('checkbox', { name: new RegExp(key, 'iu') }).check()
      await page.getByRole('checkbox', { name: 'Dimension' }).uncheck()
      await page.keyboard.press('Escape')
      const ofPlace = (place: number) => inheritedKeys.map((key) => `${key} ${place}`).join(',')
      for (const place of [0, 1]) {
        await expect
          .poll(() => labels.locator(`[data-dimension="${ofPlace(place)}"]`).getAttribute('data-value'), { timeout: 60_000 })
          .toBe('1')
      }

      // On a page of both, the one whose clock is a day ahead takes nothing from the other.
      await page.goto(`${cloud.url}/metrics`)
      await expect
        .poll(async () => Math.abs((await lastTimeOf(vastContexts.honest)) - Date.now() / 1_000), { timeout: 60_000 })
        .toBeLessThan(3_600)

      await page.goto(`${cloud.url}/functions?node=${agent.nodeId}&fn=processes`)
      await page
        .getByText(`${vastSizes.rows.toLocaleString('en')} rows`)
        .first()
        .waitFor({ timeout: 60_000 })
      await page.getByRole('columnheader', { name: 'Size' }).click()
      await page.getByRole('gridcell', { name: 'row 99999', exact: true }).first().waitFor({ timeout: 60_000 })
      expect(errors).toEqual([])
    } finally {
      await browser.close()
    }
  },
)
