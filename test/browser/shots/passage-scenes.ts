import { runThroughline, startInstallation } from '../../doubles/installation.ts'
import type { Mailbox } from '../../doubles/servers/mailbox.ts'
import { openBrowser, signIn } from '../../doubles/people/page.ts'
import { forms, listen, patiently, photographer, seen, settled, trusting, type Scene } from './stage.ts'

/** Coming in, going away, having nothing yet, and losing the cloud. */
export const passageScenes: readonly Scene[] = [
  {
    name: 'sign-in',
    async play({ lively, mailbox, form, faults }) {
      const browser = await openBrowser({ ...forms[form], args: trusting })
      try {
        const { page } = browser
        listen(page, faults)
        const shoot = photographer(page, form, faults)
        await page.goto(`${lively.cloud.url}/sign-in`)
        const send = page.getByRole('button', { name: /send|mail|link/iu }).first()
        await send.waitFor()
        await shoot('sign-in')
        await page.goto('about:blank')
        await page.goto(`${lively.cloud.url}/sign-in#problem=LINK_FIRST`)
        await send.waitFor()
        await shoot('sign-in-problem')
        await page.getByRole('textbox').first().fill('ana@example.org')
        await send.click()
        await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
        await shoot('sign-in-sent')
        const link = await nextSignIn(mailbox)
        await page.goto('about:blank')
        await page.goto(link)
        await page.getByRole('button', { name: /sign in/iu }).waitFor()
        await shoot('sign-in-link')
        await signIn(page, link)
        await page.goto(`${lively.cloud.url}/`)
        await settled(page)
        await shoot('no-space-invited')
        await page.goto('about:blank')
        await page.goto(`${lively.cloud.url}/sign-in#token=${'a'.repeat(43)}`)
        await page.getByRole('button', { name: /sign in/iu }).click()
        await page.getByText('This link no longer works.').waitFor()
        await shoot('sign-in-old-link')
        await page.goto(`${lively.cloud.url}/confirm-address`)
        await page.getByText('This link is not whole.').waitFor()
        await shoot('confirm-address')
        for (const path of ['join', 'erased']) {
          await page.goto(`${lively.cloud.url}/${path}`)
          await settled(page)
          await shoot(path)
        }
      } finally {
        await browser.close()
      }
    },
  },
  {
    name: 'consent',
    isEmpty: true,
    async play({ page, open, shoot }) {
      // Whoever answered is asked no more: the answer is taken out of what the cloud says.
      await page.route('**/api/throughline/v1/consent', async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), choice: null } })
      })
      await open('/')
      await page.getByRole('region', { name: 'Analytics' }).waitFor()
      await shoot('consent')
      await page.unroute('**/api/throughline/v1/consent')
      await page.getByRole('button', { name: 'No', exact: true }).click()
    },
  },
  ...(
    [
      ['home', '/'],
      ['nodes', '/nodes'],
      ['metrics', '/metrics'],
      ['functions', '/functions'],
      ['boards', '/boards'],
      ['alerts', '/alerts'],
      ['definitions', '/alerts/definitions'],
      ['silences', '/alerts/silences'],
      ['feed', '/alerts/feed'],
      ['channels', '/settings/channels'],
      ['messages', '/settings/messages'],
      ['claim-tokens', '/settings/claim-tokens'],
      ['deleted', '/settings/deleted'],
      ['requests', '/profile/requests'],
      ['api-tokens', '/profile/api-tokens'],
    ] as const
  ).map(([name, path]): Scene => ({
    name: `empty-${name}`,
    isEmpty: true,
    async play({ open, shoot }) {
      await open(path)
      await shoot(`empty-${name}`, { isWhole: true })
    },
  })),
  {
    name: 'lost',
    async play({ page, context, open, shoot }) {
      await open('/nodes')
      await patiently(page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 15_000 }))
      await open('/')
      await seen(page.locator('.tile'))
      await seen(page.locator('.alert-line'))
      await context.setOffline(true)
      try {
        await page
          .getByText(/The cloud cannot be reached|The connection to the cloud is lost/u)
          .first()
          .waitFor({ timeout: 60_000 })
        await settled(page)
        await shoot('lost-home')
        await page.reload()
        await patiently(page.getByText(/This is what was known at \d/u).waitFor({ timeout: 20_000 }))
        await shoot('lost-home-again')
        await page.goto(page.url().replace(/\/?$/u, '/nodes'))
        await patiently(page.getByText(/This is what was known at \d/u).waitFor({ timeout: 20_000 }))
        await shoot('lost-nodes')
        await page.goto(page.url().replace(/nodes$/u, 'metrics'))
        await seen(page.locator('.chart-card, .notice'))
        await shoot('lost-metrics')
        await page.goto(page.url().replace(/metrics$/u, 'settings/audit'))
        await seen(page.locator('.notice, .banner, [role="alert"]'))
        await shoot('lost-audit')
      } finally {
        await context.setOffline(false)
      }
    },
  },
  {
    name: 'erased',
    async play({ form, faults }) {
      const cloud = await startInstallation({ THROUGHLINE_ADMIN_EMAIL: 'ada@example.org' })
      const browser = await openBrowser({ ...forms[form], args: trusting })
      try {
        const { page } = browser
        listen(page, faults)
        const shoot = photographer(page, form, faults)
        await signIn(page, (await runThroughline(['sign-in-link'], cloud.env)).out.trim())
        await page.goto(`${cloud.url}/profile/delete`)
        await page.getByRole('button', { name: 'Delete My space' }).click()
        await page.getByLabel(/Type My space to confirm/u).fill('My space')
        await shoot('profile-delete-space')
        await page.keyboard.press('Enter')
        await page.getByText('My space is deleted.').waitFor()
        await page.getByRole('heading', { name: 'What stays for a while' }).waitFor()
        await shoot('profile-delete-plan', { isWhole: true })
        await page.goto(`${cloud.url}/`)
        await settled(page)
        await shoot('no-space')
        await page.goto(`${cloud.url}/profile/delete`)
        await page.getByLabel(/Type ada@example.org to confirm/u).fill('ada@example.org')
        await page.getByRole('button', { name: 'Delete my account' }).click()
        await page.waitForURL(/\/erased#/u)
        await page.getByRole('heading', { name: 'Your account is gone' }).waitFor()
        await shoot('erased-going', { isWhole: true })
        await page.getByRole('heading', { name: 'Your account is erased' }).waitFor({ timeout: 120_000 })
        await shoot('erased-done', { isWhole: true })
      } finally {
        await browser.close()
        await cloud.end('SIGTERM')
      }
    },
  },
]

/** A mail to somebody who is invited may come first. */
async function nextSignIn(mailbox: Mailbox): Promise<string> {
  for (;;) {
    const link = await mailbox.nextLink('ana@example.org')
    if (link.includes('/sign-in#')) return link
  }
}
