import { AxeBuilder } from '@axe-core/playwright'
import Database from 'libsql'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const owner = 'ada@example.org'

it(
  '[ER17] (D3) (D4) an account is deleted in the page, its steps are shown without a session on a narrow screen, and the certificate that is downloaded is verified against the data folder; a row that comes back fails it',
  { timeout: 240_000 },
  async () => {
    const mailbox = await startMailbox()
    const cloud = await startInstallation({ THROUGHLINE_ADMIN_EMAIL: owner, THROUGHLINE_SMTP_URL: mailbox.smtpUrl })
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      const personId = await page.evaluate(async () => {
        const me = (await (await fetch('/api/throughline/v1/me')).json()) as { personId: string }
        return me.personId
      })
      await page.goto(`${cloud.url}/profile/delete`)
      await page.getByRole('button', { name: 'Delete My space' }).click()
      await page.getByLabel(/Type My space to confirm/).fill('My space')
      await page.keyboard.press('Enter')
      await page.getByText('My space is deleted.').waitFor()
      await page.getByRole('heading', { name: 'What stays for a while' }).waitFor()
      await page.getByText('A keyed hash in the ledger of erasures').waitFor()
      await page.getByLabel(/Type ada@example.org to confirm/).fill(owner)
      await page.getByRole('button', { name: 'Delete my account' }).click()

      await page.waitForURL(/\/erased#/)
      await page.getByRole('heading', { name: 'Your account is gone' }).waitFor()
      const link = page.url()
      await page.getByRole('heading', { name: 'Your account is erased' }).waitFor({ timeout: 120_000 })
      await page.getByRole('heading', { name: 'What stays for a while' }).waitFor()
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
      expect(await mailbox.nextLink(owner)).toBe(link)

      // Somebody who has only the address of the page, in a browser without a session.
      const stranger = await openBrowser()
      const certificate = join(temporaryFolder(), 'certificate.json')
      try {
        await stranger.page.goto(link)
        await stranger.page.getByRole('heading', { name: 'Your account is erased' }).waitFor()
        const download = stranger.page.waitForEvent('download')
        await stranger.page.getByRole('button', { name: 'Download the certificate' }).click()
        await (await download).saveAs(certificate)
      } finally {
        await stranger.close()
      }
      const verify = (...more: readonly string[]) => runThroughline(['verify-erasure', certificate, ...more], cloud.env)
      const good = await verify()
      expect([good.status, good.err]).toEqual([0, ''])
      expect(good.out).toContain(`${cloud.dataFolder}: clean`)
      expect(good.out).toContain('The certificate holds.')

      const whole = readFileSync(certificate)
      const flipped = Buffer.from(whole)
      flipped[200] = (flipped[200] ?? 0) ^ 1
      writeFileSync(certificate, flipped)
      expect((await verify()).status).toBe(1)
      writeFileSync(certificate, whole)

      expect((await cloud.end('SIGTERM')).status).toBe(0)
      const database = new Database(join(cloud.dataFolder, 'metadata.db'))
      database
        .prepare(
          `INSERT INTO items (partition, sort, kind, revision, data, blob, expires_at_ms, is_deleted, pending_since_ms, checksum)
           VALUES (?, ?, 'person', 1, ?, NULL, NULL, 0, NULL, 0)`,
        )
        .run(Buffer.from(`person#${personId}`), Buffer.from('again'), JSON.stringify({ email: owner }))
      database.close()
      const bad = await verify()
      expect(bad.status).toBe(1)
      expect(bad.out).toContain('found 1 row of who was erased')
    } finally {
      await browser.close()
    }
  },
)
