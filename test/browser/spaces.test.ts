import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation, type Installation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { startMailbox, type Mailbox } from '../doubles/servers/mailbox.ts'
import { insideSpace, openBrowser, signIn, spaceOf } from '../doubles/people/page.ts'

const ana = 'ana@example.org'

/** A cloud that mails, with two shops and an office. */
async function startTeam(): Promise<{ readonly cloud: Installation; readonly mailbox: Mailbox }> {
  const mailbox = await startMailbox()
  const cloud = await startInstallation({ THROUGHLINE_SMTP_URL: mailbox.smtpUrl, THROUGHLINE_MAIL_FROM: 'throughline@example.org' })
  await connectAgents(cloud, {
    'shop-1': { labels: { site: 'shop-north', env: 'production' } },
    'shop-2': { labels: { site: 'shop-south', env: 'test' } },
    'office-1': { labels: { site: 'office', env: 'production' } },
  })
  return { cloud, mailbox }
}

/** Asks for a mail with a link and follows it, as somebody new does. */
async function signInByMail(page: Page, cloud: Installation, mailbox: Mailbox, address: string): Promise<void> {
  await page.goto(`${cloud.url}/sign-in`)
  await page.getByRole('textbox').first().fill(address)
  await page
    .getByRole('button', { name: /send|mail|link/iu })
    .first()
    .click()
  const link = await mailbox.nextLink(address)
  await page.goto('about:blank')
  await signIn(page, link)
}

const settings = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: /^Settings of/u })
    .getByRole('link', { name })
    .click()

const menuOfSpaces = (page: Page) => page.getByRole('button', { name: /^Space:/u })

/** A room that takes in the shops by their label. */
async function makeShopRoom(page: Page): Promise<void> {
  await settings(page, 'Rooms')
  await page.getByRole('button', { name: 'New room' }).click()
  const dialog = page.getByRole('dialog', { name: 'New room' })
  await dialog.getByLabel('Name').fill('Shops')
  await dialog.getByLabel('Description').fill('Tills\nand scales')
  await dialog.getByRole('button', { name: 'Create the room' }).click()
  await page.getByRole('heading', { level: 1, name: 'Shops' }).waitFor()
  await expect.poll(() => page.locator('.settings-sub').innerText()).toContain('Tills\nand scales')
  await page.getByRole('button', { name: 'Include rule' }).click()
  await page.getByLabel('What rule 1 is for').fill('Every shop\nof the city')
  await page.getByLabel('Label in test 1 of rule 1').fill('site')
  await page.getByLabel('Comparison in test 1 of rule 1').selectOption({ label: 'starts with' })
  await page.getByLabel('Value in test 1 of rule 1').fill('shop-')
  const preview = page.getByRole('list', { name: 'Nodes the room would have' })
  await page.getByRole('heading', { name: 'The room would have 2 nodes' }).waitFor()
  expect((await preview.getByRole('listitem').allInnerTexts()).map((text) => text.split(/\s/u)[0] ?? '').toSorted()).toEqual([
    'shop-1',
    'shop-2',
  ])
}

it(
  '[PS1] [PS3] [PS11] a second space is made, named in the bar and in the title, shows nothing of the first, and is deleted again',
  { timeout: 240_000 },
  async () => {
    const { cloud } = await startTeam()
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/nodes`)
      await page.waitForURL(/\/spaces\/[0-9a-f-]{36}\/nodes$/u)
      const first = spaceOf(page)
      await page.getByRole('link', { name: 'office-1' }).first().waitFor()
      const nodeHref = await page.getByRole('link', { name: 'office-1' }).first().getAttribute('href')

      await menuOfSpaces(page).click()
      await page.getByRole('menuitem', { name: 'New space' }).click()
      await page.getByRole('dialog', { name: 'New space' }).getByLabel('Name').fill('Warehouse <i>2</i>')
      await page.getByRole('button', { name: 'Create the space' }).click()
      await page.getByRole('button', { name: 'Space: Warehouse <i>2</i>' }).waitFor()
      await page.getByText('No node is connected yet').waitFor()
      const second = spaceOf(page)
      expect(second).not.toBe(first)
      await expect.poll(() => page.title()).toBe('Home · Warehouse <i>2</i> · Throughline')
      expect(await page.locator('main').innerText()).not.toMatch(/shop|office/u)
      // An address of the one space in the other leads to nothing.
      await page.goto(`${cloud.url}${(nodeHref ?? '').replace(first, second)}`)
      await page.getByText('There is no such node in your space').waitFor()

      // The front page leads to the space that was looked at last, an old address to the usual one.
      await page.goto(`${cloud.url}/`)
      await page.waitForURL(`${cloud.url}/spaces/${second}`)
      await page.goto(`${cloud.url}/nodes?q=shop`)
      await page.waitForURL(`${cloud.url}/spaces/${first}/nodes?q=shop`)
      await page.getByRole('link', { name: 'shop-1' }).first().waitFor()
      await menuOfSpaces(page).click()
      await page.getByRole('menuitemradio', { name: /^Warehouse.*Admin/u }).click()
      await page.waitForURL(`${cloud.url}/spaces/${second}`)
      await page.goto(`${cloud.url}/spaces/11111111-1111-4111-8111-111111111111/nodes`)
      await page.getByRole('heading', { name: 'You are in no such space' }).waitFor()

      await page.goto(`${cloud.url}/spaces/${second}/settings`)
      await page.waitForURL(/\/settings\/space$/u)
      await page.getByRole('textbox', { name: 'Name' }).fill('Warehouse')
      await page.getByRole('button', { name: 'Save' }).click()
      // The whole name: the former one begins alike, and is there until the new one is saved.
      await page.getByRole('button', { name: 'Space: Warehouse', exact: true }).waitFor()
      await page.getByRole('button', { name: 'Delete the space' }).click()
      const dialog = page.getByRole('dialog', { name: 'Delete Warehouse', exact: true })
      await dialog.getByText('This cannot be undone').first().waitFor()
      await expect.poll(() => dialog.getByRole('button', { name: 'Delete the space' }).isDisabled()).toBe(true)
      await dialog.getByLabel(/to confirm/u).fill('Warehouse')
      await dialog.getByRole('button', { name: 'Delete the space' }).click()
      await page.waitForURL((url) => url.pathname === `/spaces/${first}`)
      await menuOfSpaces(page).click()
      await expect.poll(() => page.getByRole('menuitemradio').count()).toBe(1)
    } finally {
      await browser.close()
    }
  },
)

it(
  '[PS4] [PS10] [PS12] [PS13] [PS20] [PS21] a room with a rule, somebody invited into it, what they see, and the last admin who stays',
  { timeout: 300_000 },
  async () => {
    const { cloud, mailbox } = await startTeam()
    const browser = await openBrowser()
    const guest = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/settings/space`)
      await makeShopRoom(page)
      // Exclude wins.
      await page.getByRole('button', { name: 'Exclude rule' }).click()
      await page.getByLabel('Label in test 1 of rule 2').fill('env')
      await page.getByLabel('Value in test 1 of rule 2').fill('test')
      await page.getByRole('heading', { name: 'The room would have 1 node' }).waitFor()
      await page.getByRole('button', { name: 'Remove rule 2' }).click()
      await page.getByRole('heading', { name: 'The room would have 2 nodes' }).waitFor()
      await page.getByRole('button', { name: 'Save rules' }).click()
      await page.getByText('The rules are saved.').waitFor()
      const nodes = page.getByRole('list', { name: 'Nodes of this room' })
      await expect.poll(() => nodes.getByRole('listitem').count()).toBe(2)
      await page.reload()
      await expect.poll(() => page.getByLabel('What rule 1 is for').inputValue()).toBe('Every shop\nof the city')
      await expect.poll(() => nodes.getByRole('listitem').count()).toBe(2)

      // By hand, taken back at once, and undone.
      await page.getByRole('button', { name: 'Put nodes here' }).click()
      await page.getByRole('dialog').getByRole('checkbox', { name: 'office-1' }).check()
      await page.getByRole('dialog').getByRole('button', { name: 'Put 1 here' }).click()
      await nodes.getByText('by hand').waitFor()
      await page.getByRole('button', { name: /^Take office-1 out/u }).click()
      await expect.poll(() => nodes.getByRole('listitem').count()).toBe(2)
      await page.getByRole('button', { name: 'Undo' }).last().click()
      await expect.poll(() => nodes.getByRole('listitem').count()).toBe(3)
      await page.getByRole('button', { name: /^Take office-1 out/u }).click()
      await expect.poll(() => nodes.getByRole('listitem').count()).toBe(2)

      await settings(page, 'People')
      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      const dialog = page.getByRole('dialog', { name: 'Invite somebody' })
      await dialog.getByLabel('Mail address').fill(ana)
      await dialog.getByRole('radio', { name: /^Observer/u }).check()
      await dialog.getByRole('checkbox', { name: 'Shops' }).check()
      await dialog.getByRole('button', { name: 'Invite', exact: true }).click()
      await page.locator(`[data-member="${ana}"]`).waitFor()

      // She signs in, is in no space, and accepts.
      await signInByMail(guest.page, cloud, mailbox, ana)
      await guest.page.goto(`${cloud.url}/`)
      await guest.page.getByRole('heading', { name: 'You are in no space yet' }).waitFor()
      await guest.page.getByRole('button', { name: /^Accept/u }).click()
      await guest.page.waitForURL(/\/spaces\/[0-9a-f-]{36}$/u)
      await guest.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Nodes' }).click()
      await expect.poll(() => guest.page.locator('tbody tr[data-node]').count(), { timeout: 30_000 }).toBe(2)
      expect(await guest.page.locator('main').innerText()).not.toContain('office')
      await expect.poll(() => guest.page.getByRole('button', { name: /Connect a node/u }).count()).toBe(0)
      await expect.poll(() => guest.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connect' }).count()).toBe(0)
      const space = spaceOf(guest.page)
      await guest.page.goto(`${cloud.url}/spaces/${space}/connect`)
      await guest.page.getByRole('heading', { name: 'Connect is not for your role' }).waitFor()
      await guest.page.goto(`${cloud.url}/spaces/${space}/settings/rooms`)
      await guest.page.getByText('You may look here. Admins and managers may change it.').waitFor()
      await expect.poll(() => guest.page.getByRole('button', { name: 'New room' }).count()).toBe(0)
      await guest.page.getByRole('link', { name: 'Shops', exact: true }).click()
      await guest.page.getByText('Include nodes whose site starts with shop-').waitFor()
      await expect.poll(() => guest.page.getByRole('button', { name: /rule|Rename|Delete|Put/u }).count()).toBe(0)
      await guest.page.goto(`${cloud.url}/spaces/${space}/settings/claim-tokens`)
      await guest.page.getByRole('heading', { name: 'Claim tokens are not for your role' }).waitFor()
      await guest.page.goto(`${cloud.url}/spaces/${space}/boards`)
      await guest.page.getByRole('heading', { name: 'Boards belong to a room' }).waitFor()

      // Her role is set and set back; the admin cannot give the last admin's role away.
      await page.reload()
      await page.getByLabel(`Role of ${ana}`).selectOption('troubleshooter')
      await page.getByText(`${ana} is troubleshooter now.`).waitFor()
      await page.getByRole('button', { name: 'Undo' }).click()
      await expect.poll(() => page.getByLabel(`Role of ${ana}`).inputValue()).toBe('observer')
      await page.getByLabel('Role of owner@localhost').selectOption('observer')
      await page.getByRole('button', { name: 'Change my role' }).click()
      await page.getByRole('alert').waitFor()
      await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/admin/iu)
      await page.getByRole('button', { name: 'Cancel' }).click()
      await expect.poll(() => page.getByLabel('Role of owner@localhost').inputValue()).toBe('admin')

      // Who only looks after the bill sees the space and no node.
      await page.getByLabel(`Role of ${ana}`).selectOption('billing')
      await page.getByText(`${ana} is billing now.`).waitFor()
      await guest.page.goto(`${cloud.url}/spaces/${space}/nodes`)
      await guest.page.getByRole('heading', { name: 'Your role shows no nodes' }).waitFor()
      await expect.poll(() => guest.page.getByRole('navigation', { name: 'Main' }).getByRole('link').count()).toBe(0)
      await guest.page.getByRole('link', { name: 'Go to the space' }).click()
      const parts = guest.page.getByRole('navigation', { name: /^Settings of/u })
      await parts.waitFor()
      await expect.poll(() => parts.getByRole('link').allInnerTexts()).toEqual(['Space', 'People'])

      await page.getByRole('button', { name: `Remove ${ana}` }).click()
      await page.getByRole('button', { name: 'Remove from the space' }).click()
      await expect.poll(() => page.locator(`[data-member="${ana}"]`).count()).toBe(0)
      await guest.page.goto(`${cloud.url}/spaces/${space}/nodes`)
      await guest.page.getByRole('heading', { name: 'You are in no such space' }).waitFor({ timeout: 30_000 })
    } finally {
      await Promise.all([browser.close(), guest.close()])
    }
  },
)

it(
  '[PS5] [PS30] [PS31] [PS40] [PS41] a token is shown once and revoked, a channel keeps its secret, and the audit tells and proves it',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/settings/claim-tokens`)
      await page.getByRole('button', { name: 'New token' }).click()
      const dialog = page.getByRole('dialog', { name: 'New claim token' })
      await dialog.getByLabel('Name').fill('Rack 4')
      await dialog.getByLabel(/^Lets in/u).fill('3')
      await dialog.getByRole('button', { name: 'Create the token' }).click()
      const token = (await dialog.locator('[data-secret]').textContent()) ?? ''
      expect(token).toMatch(/^[\w-]{135}$/u)
      await expect.poll(() => dialog.innerText()).toContain('This is shown once')
      await dialog.getByRole('button', { name: 'Done' }).click()
      const row = page.locator('[data-token="Rack 4"]')
      await row.getByText('lets in 3 nodes of 3').waitFor()
      await page.reload()
      await row.waitFor()
      expect(await page.content()).not.toContain(token)
      await row.getByRole('button', { name: 'Revoke Rack 4' }).click()
      await page.getByRole('button', { name: 'Revoke the token' }).click()
      await expect.poll(() => row.count()).toBe(0)
      // Another token may be out; without one the heading has the focus.
      await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.settings-row, h1') !== null)).toBe(true)

      await settings(page, 'Channels')
      await page.getByRole('button', { name: 'New channel' }).click()
      const channel = page.getByRole('dialog', { name: 'New channel' })
      await channel.getByLabel('Kind').selectOption('slack')
      await channel.getByLabel('Name').fill('Ops chat')
      await channel.locator('input[type=password]').first().fill('https://hooks.slack.com/services/T0/B0/secret-8675309')
      await channel.getByRole('button', { name: 'Add the channel' }).click()
      await page.locator('[data-channel="Ops chat"]').waitFor()
      await page.getByRole('switch', { name: 'Ops chat is on' }).click()
      await expect.poll(() => page.getByRole('switch').getAttribute('aria-checked')).toBe('false')
      await page.getByRole('button', { name: 'Edit Ops chat' }).click()
      const edited = page.getByRole('dialog', { name: 'Edit Ops chat' })
      await edited.getByText('A value is kept and never shown again.').first().waitFor()
      await expect.poll(() => edited.locator('input[type=password]').first().inputValue()).toBe('')
      expect(await page.content()).not.toContain('8675309')
      await page.keyboard.press('Escape')

      await settings(page, 'Audit')
      const entries = page.getByRole('region', { name: 'Entries of the audit' }).locator('tbody tr')
      await entries.filter({ hasText: 'Revoked a claim token' }).waitFor()
      await page.getByLabel('What').selectOption('claim-token-created')
      await expect.poll(() => entries.allInnerTexts()).toHaveLength(1)
      await expect.poll(() => new URL(page.url()).searchParams.get('action')).toBe('claim-token-created')
      await page.getByRole('textbox', { name: 'To' }).fill('2020-01-01T00:00')
      await page.getByText('Nothing matches').waitFor()
      await page.getByRole('button', { name: 'Clear' }).click()
      await page.getByRole('button', { name: 'Verify' }).click()
      await page.getByText('The audit is whole.').waitFor()
      await page.keyboard.press('Escape')
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name: 'Export' }).click()
      expect((await download).suggestedFilename()).toMatch(/\.jsonl$/u)
    } finally {
      await browser.close()
    }
  },
)

it(
  '[PS3] [PS20] [PS21] on a phone and with keys alone a room gets its rule, and nothing scrolls sideways',
  { timeout: 240_000 },
  async () => {
    const { cloud } = await startTeam()
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/settings/space`)
      const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
      for (const name of ['People', 'Claim tokens', 'Channels', 'Audit', 'Rooms']) {
        await settings(page, name)
        await page.locator('main h1').first().waitFor()
        await fits()
      }

      /** Goes on with Tab to the control of this name. */
      const tabTo = async (name: RegExp) => {
        for (let step = 0; step < 80; step++) {
          await page.keyboard.press('Tab')
          const at = await page.evaluate(() => {
            const active = document.activeElement
            return active === null ? '' : (active.getAttribute('aria-label') ?? active.textContent ?? '')
          })
          if (name.test(at.trim())) return
        }
        expect.fail(`no control ${String(name)} by Tab`)
      }
      await tabTo(/^New room/u)
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'New room' }).waitFor()
      await tabTo(/^$/u)
      await page.keyboard.type('Shops')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Shops' }).waitFor()
      await tabTo(/^Include rule/u)
      await page.keyboard.press('Enter')
      await page.getByLabel('Label in test 1 of rule 1').focus()
      await page.keyboard.type('site')
      await tabTo(/^Comparison in/u)
      await page.keyboard.type('starts')
      await tabTo(/^Value in/u)
      await page.keyboard.type('shop-')
      await page.getByRole('heading', { name: 'The room would have 2 nodes' }).waitFor()
      await fits()
      await page.keyboard.press('Enter')
      await page.getByText('The rules are saved.').waitFor()
      await expect.poll(() => page.getByRole('list', { name: 'Nodes of this room' }).getByRole('listitem').count()).toBe(2)
      await fits()

      // The way to the space and back by the palette.
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
      await page.keyboard.type('settings people')
      await page.getByRole('option', { name: /Settings: People/u, selected: true }).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => insideSpace(url) === '/settings/people')
      await menuOfSpaces(page).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: 'New space' }).waitFor()
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'New space' }).getByLabel('Name').fill('Second')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Space: Second' }).waitFor()
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'More' }).click()
      await page.getByRole('dialog', { name: 'More' }).getByRole('link', { name: 'Space settings' }).click()
      await page.getByRole('heading', { level: 1, name: 'Second' }).waitFor()
      await fits()
    } finally {
      await browser.close()
    }
  },
)
