import { expect, it } from 'vitest'
import { startBigQuery } from '../doubles/servers/bigquery-server/server.ts'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { whenOver } from '../doubles/when-over.ts'

it(
  '[PV8] (D6) whoever owns the installation sees rows that the mirror refused, tries one again until it is taken, gives one up, and sees that BigQuery is away, at a phone’s width',
  { timeout: 420_000 },
  async () => {
    const bigQuery = await startBigQuery()
    whenOver(() => void bigQuery.stop())
    // For a reason of BigQuery's own.
    bigQuery.isPoison = (row) => 'is_all_nodes' in row || 'admins_count' in row
    const cloud = await startInstallation({
      THROUGHLINE_MIRROR: 'bigquery',
      THROUGHLINE_BIGQUERY_PROJECT: bigQuery.project,
      THROUGHLINE_BIGQUERY_ENDPOINT: bigQuery.endpoint,
    })
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      // The first load makes every table of BigQuery.
      page.setDefaultTimeout(90_000)
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/profile/privacy`)
      await page.getByRole('link', { name: 'how the mirror is doing' }).click()
      await page.getByRole('heading', { name: 'Mirror', exact: true }).waitFor()
      await page.getByText('BigQuery', { exact: true }).waitFor()
      const refused = page.getByRole('list', { name: 'Refused rows' }).getByRole('listitem')
      await refused.filter({ hasText: 'rooms' }).waitFor()
      await refused.filter({ hasText: 'rosters' }).waitFor()
      await page.getByText('The mirror refused 2 rows; all others are in.').waitFor()
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
      expect(isWide).toBe(false)
      const press = async (table: string, name: RegExp) => {
        const button = refused.filter({ hasText: table }).getByRole('button', { name })
        // While an answer is awaited no button takes a key.
        await button.click({ trial: true })
        await button.press('Enter')
      }
      await press('rooms', /^Try again/)
      await page.getByText('The mirror refused the row again.').waitFor()
      await press('rosters', /^Give up/)
      await page.getByText('The mirror refused one row; all others are in.').waitFor()
      bigQuery.onCall = () => ({ is: 'refused', status: 503, reason: 'backendError', when: 'before' })
      await press('rooms', /^Try again/)
      await page.getByText(/^The mirror does not answer\./).waitFor()
      bigQuery.onCall = () => undefined
      bigQuery.isPoison = () => false
      await press('rooms', /^Try again/)
      await page.getByText('The row is in the mirror.').waitFor()
      await page.getByText('No row was refused.').waitFor()
      await page.getByText(/^The mirror does not answer\./).waitFor({ state: 'detached' })
    } finally {
      await browser.close()
    }
  },
)
