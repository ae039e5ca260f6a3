import { AxeBuilder } from '@axe-core/playwright'
import { expect, it, onTestFinished } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'

it('[TB7] what was deleted is restored from one list on a phone, and the days are set by keys', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'off' })
  const browser = await openBrowser({ width: 390, height: 844 })
  onTestFinished(() => browser.close())
  const { page } = browser
  await signIn(page, cloud.signInLink)
  await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' }
    const made = await fetch('/api/throughline/v1/rooms', { method: 'POST', headers, body: '{"name":"Databases","description":""}' })
    const { roomId } = (await made.json()) as { roomId: string }
    await fetch(`/api/throughline/v1/rooms/${roomId}`, { method: 'DELETE', headers })
  })
  await page.goto(`${cloud.url}/settings/deleted`)
  await page.getByText('Room, deleted').waitFor()
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth))
    .toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Restore Databases' }).click()
  await page.getByText('Room Databases is back.').waitFor()
  await page.getByText('Nothing that you could restore').waitFor()

  await page.getByLabel('Boards').focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('30')
  await page.keyboard.press('Enter')
  await page.getByText('The days are saved.').waitFor()
  await page.reload()
  await expect.poll(() => page.getByLabel('Boards').inputValue()).toBe('30')
})
