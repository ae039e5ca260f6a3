import { patiently, place, seen, type Scene } from './stage.ts'

const settings = ['space', 'people', 'rooms', 'claim-tokens', 'sign-in', 'channels', 'messages', 'reachability', 'deleted', 'audit']
const profile = ['', '/passkeys', '/sessions', '/notifications', '/api-tokens', '/privacy', '/requests', '/delete']

/** What an account and a space are made of. */
export const personScenes: readonly Scene[] = [
  ...profile.map((part) => place(`profile${part.replace('/', '-')}`, `/profile${part}`, true)),
  {
    name: 'profile-new-token',
    async play({ page, open, shoot }) {
      await open('/profile/api-tokens')
      await page.getByRole('button', { name: 'New token' }).click()
      await page.locator('dialog:modal').waitFor()
      await shoot('profile-new-token')
      await page.keyboard.press('Escape')
    },
  },
  {
    name: 'profile-privacy-open',
    async play({ page, open, shoot }) {
      await open('/profile/privacy')
      await page.locator('.held-row summary').first().click()
      await seen(page.locator('.held-row[open]'))
      await shoot('profile-privacy-open')
    },
  },
  ...settings.map((part) => place(`settings-${part}`, `/settings/${part}`, true)),
  {
    name: 'settings-dialogs',
    async play({ page, lively, open, shoot }) {
      await open('/settings/people')
      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      await page.locator('dialog:modal').waitFor()
      await shoot('settings-invite')
      await page.keyboard.press('Escape')
      await open(`/settings/rooms/${lively.roomId}`)
      await patiently(page.getByRole('button', { name: 'Include rule' }).click({ timeout: 5_000 }))
      await patiently(page.getByLabel('Label in test 1 of rule 1').fill('env', { timeout: 5_000 }))
      await patiently(page.getByLabel('Value in test 1 of rule 1').fill('staging', { timeout: 5_000 }))
      await seen(page.getByText(/The room would have/u))
      await shoot('settings-room', { isWhole: true })
      await open('/settings/channels')
      await page.getByRole('button', { name: 'New channel' }).click()
      await page.locator('dialog:modal').getByLabel('Name').first().waitFor()
      await shoot('settings-new-channel')
      await page.keyboard.press('Escape')
      await open('/settings/claim-tokens')
      await page.getByRole('button', { name: 'New token' }).click()
      await seen(page.getByRole('button', { name: 'Create the token' }))
      await shoot('settings-new-token')
      await page.getByRole('button', { name: 'Create the token' }).click()
      await patiently(page.locator('[data-secret]').waitFor({ timeout: 5_000 }))
      await shoot('settings-token')
      await page.keyboard.press('Escape')
    },
  },
]
