import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'

it(
  '[RQ5] (D7) an objection made in the profile is answered by whoever owns the installation, and the answer stands in the profile, at a phone’s width',
  { timeout: 180_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_ADMIN_EMAIL: 'ada@example.org' })
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/profile/privacy`)
      await page.getByRole('heading', { name: 'Ask in writing' }).waitFor()
      await page.getByLabel('What you ask for').selectOption('objection')
      await page.getByLabel('Your words').fill('<b>Not</b> for statistics.')
      await page.getByRole('button', { name: 'Send the request' }).click()
      await page.getByText('30 days left').waitFor()
      await page.getByRole('link', { name: 'Answer what people asked' }).click()
      await page.getByRole('heading', { name: 'Written requests' }).waitFor()
      await page.getByText('<b>Not</b> for statistics.').waitFor()
      await page.getByText('ada@example.org').waitFor()
      await page.getByLabel('What whoever asked is told').fill('It takes a while.')
      await page.getByRole('button', { name: 'Take 60 days more' }).click()
      await page.getByText('90 days left').waitFor()
      await page.getByLabel('What whoever asked is told').fill('It is done.')
      await page.getByRole('button', { name: 'Answer', exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('Answer: It is done.').waitFor()
      await page.getByLabel('Email address of whoever asks').fill('ben@example.org')
      await page.getByLabel('Their words').fill('What is there of me?')
      await page.getByRole('button', { name: 'Enter the letter' }).click()
      await page.getByText('What is there of me?').waitFor()
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
      expect(isWide).toBe(false)
      await page.goto(`${cloud.url}/profile/privacy`)
      await page.getByText('Answer: It is done.').waitFor()
      await expect.poll(() => page.getByText('What is there of me?').count()).toBe(0)
    } finally {
      await browser.close()
    }
  },
)
