import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startThroughline } from '../doubles/installation.ts'
import { insideSpace, openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

it(
  '[UI123] [UI124] [UI125] the page says why a claim fails, shows the node arrive, and removes it for good',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation()
    const folder = temporaryFolder()
    const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
    const claim = (token: string) =>
      runThroughline(
        ['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', ca, '--folder', folder, '--hostname', 'edge-9'],
        cloud.env,
      )
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/connect`)
      await page.getByRole('button', { name: 'Create a claim token' }).click()
      await page.getByRole('tab').first().waitFor()
      const command = await page.locator('code', { hasText: 'throughline claim' }).first().innerText()
      const token = /--token (\S+)/.exec(command)?.[1] ?? ''

      await claim('not-a-token')
      const attempts = page.getByRole('log', { name: 'What agents tried' })
      await expect.poll(() => attempts.innerText(), { timeout: 30_000 }).toMatch(/edge-9 from 127\.0\.0\.1 tried to claim.*Mend:/s)
      expect((await claim(token)).status).toBe(0)
      await expect.poll(() => attempts.innerText(), { timeout: 30_000 }).toContain('is claimed now')
      const agent = startThroughline(['agent', '--folder', folder, '--hostname', 'edge-9'], cloud.env)
      await page.getByRole('link', { name: 'Open its dashboard' }).click()
      await page.waitForURL(/\/nodes\//)
      await page.locator('[data-state="live"]').first().waitFor()

      await page.getByRole('button', { name: 'Remove' }).click()
      const confirm = page.getByRole('button', { name: 'Remove this node' })
      await page.getByLabel(/to confirm/).fill('edge')
      await expect.poll(() => confirm.isDisabled()).toBe(true)
      await expect.poll(() => page.getByRole('dialog').innerText()).toContain('cannot be undone')
      await page.getByLabel(/to confirm/).fill('edge-9')
      const nodePath = new URL(page.url()).pathname
      const other = await browser.context.newPage()
      await other.goto(`${cloud.url}${nodePath}`)
      await other.getByRole('heading', { name: 'edge-9' }).waitFor()
      await confirm.click()

      await page.waitForURL((url) => insideSpace(url) === '/nodes')
      await expect.poll(() => page.locator(`a[href="${nodePath}"]`).count(), { timeout: 30_000 }).toBe(0)
      await other.getByText('There is no such node in your space').waitFor({ timeout: 30_000 })
      await agent.says(/^Banned: /m)
    } finally {
      await browser.close()
    }
  },
)
