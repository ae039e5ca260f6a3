import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn, spaceOf } from '../doubles/people/page.ts'
import { failing, limiting, startReceiver } from '../doubles/servers/receiver.ts'

it(
  '[NC17] a channel is tested from its form, by what is saved, and says whether its messages have values',
  { timeout: 180_000 },
  async () => {
    const receiver = await startReceiver()
    const cloud = await startInstallation({ THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128', NODE_EXTRA_CA_CERTS: receiver.caFile })
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.waitForURL(/\/spaces\//u)
      await page.goto(`${cloud.url}/spaces/${spaceOf(page)}/settings/channels`)
      await page.getByRole('button', { name: 'New channel' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Kind').selectOption({ label: 'Webhook' })
      await dialog.getByLabel('Name', { exact: true }).fill('Night desk')
      await dialog.getByLabel('Address').fill(`${receiver.url}/in`)
      await dialog.getByLabel(/^Headers/u).fill('X-Team: night\nX-Desk: 7')
      await dialog.getByLabel(/^Secret that signs/u).fill('s3cret')
      await expect.poll(() => dialog.getByRole('button', { name: 'Test an alert' }).count()).toBe(0)
      await dialog.getByRole('button', { name: 'Add the channel' }).click()
      await dialog.waitFor({ state: 'detached' })

      await page.getByRole('button', { name: 'Edit Night desk' }).click()
      const value = dialog.getByLabel('Say the value of an alert')
      await expect.poll(() => value.isChecked()).toBe(false)
      await dialog.getByText('The number is asked from the agent when the message leaves').waitFor()
      await dialog.getByRole('button', { name: 'Test an alert' }).click()
      await dialog.getByText(/^\s*It was taken after/u).waitFor()
      const [request] = await receiver.until(1)
      expect(request?.json()).toMatchObject({ kind: 'test', message: 'Test: Warning: test_alert on test-node' })
      expect(request?.headers).toMatchObject({ 'x-team': 'night', 'x-desk': '7', 'throughline-signature': expect.stringMatching(/^v1=/u) })
      receiver.script(failing(500), limiting('60', 'words of theirs'))
      await dialog.getByRole('button', { name: 'Test its end' }).click()
      await dialog.getByText('The receiver is in trouble (status 500).').waitFor()
      await dialog.getByRole('button', { name: 'Test a lost node' }).click()
      await dialog.getByText('The receiver has had enough for now (status 429).').waitFor()
      await expect.poll(() => dialog.getByText('words of theirs').count()).toBe(0)
      await value.check()
      await dialog.getByRole('button', { name: 'Save', exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Edit Night desk' }).click()
      await expect.poll(() => value.isChecked()).toBe(true)
    } finally {
      await browser.close()
    }
  },
)

it('[NC16] notifications of browsers have a page, which says what stands in the way', { timeout: 180_000 }, async () => {
  const cloud = await startInstallation()
  const browser = await openBrowser({ width: 390, height: 844, args: ['--ignore-certificate-errors'] })
  try {
    const { page, context } = browser
    await signIn(page, cloud.signInLink)
    await page.waitForURL(/\/spaces\//u)
    const spaceId = spaceOf(page)
    // A browser that is allowed elsewhere, as its cloud knows it.
    const add = async (body: object) =>
      page.evaluate(
        async ([path, wish]) =>
          (await fetch(path ?? '', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(wish) })).status,
        [`/api/throughline/v1/spaces/${spaceId}/push`, body] as const,
      )
    const { createSoftPushBrowser } = await import('../doubles/people/soft-push-browser.ts')
    const { subscription } = createSoftPushBrowser('https://push.example/elsewhere')
    expect(await add({ ...subscription, name: 'Phone', options: ['CRITICAL', 'UNREACHABLE'] })).toBe(201)
    await context.grantPermissions(['notifications'], { origin: cloud.url })
    await page.goto(`${cloud.url}/profile/notifications`)
    const list = page.getByRole('list', { name: 'Browsers that notify you' })
    await list.getByText('critical, not reachable · all rooms').waitFor()
    await page.getByRole('button', { name: 'Edit Phone' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit Phone' })
    await dialog.getByLabel('Name').fill('Work phone')
    await dialog.getByLabel('An alert clears').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await list.getByRole('button', { name: 'Edit Work phone' }).waitFor()
    await list.getByText('critical, cleared, not reachable').waitFor()

    await page.getByRole('button', { name: 'Notify me on this browser' }).click()
    await page.getByRole('dialog', { name: 'Notify me on this browser' }).getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Remove Work phone' }).click()
    await page.getByText('You are notified on no browser yet.').waitFor()

    await page.addInitScript(() => Object.defineProperty(Notification, 'permission', { get: () => 'denied' }))
    await page.reload()
    await page.getByText('Notifications of this page are blocked in this browser.').waitFor()
    await expect.poll(() => page.getByRole('button', { name: 'Notify me on this browser' }).count()).toBe(0)
  } finally {
    await browser.close()
  }
})

it('[NC15] the worker shows what is pushed, and never leads out of the page', { timeout: 180_000 }, async () => {
  const cloud = await startInstallation()
  const browser = await openBrowser({ args: ['--ignore-certificate-errors'] })
  try {
    const { page, context } = browser
    await context.grantPermissions(['notifications'], { origin: cloud.url })
    await signIn(page, cloud.signInLink)
    await page.waitForURL(/\/spaces\//u)
    await page.evaluate(async () => void (await navigator.serviceWorker.ready))
    const session = await context.newCDPSession(page)
    const registered = new Promise<string>((resolve) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [first] = registrations
        if (first !== undefined) resolve(first.registrationId)
      })
    })
    await session.send('ServiceWorker.enable')
    const registrationId = await registered
    const push = (data: string) => session.send('ServiceWorker.deliverPushMessage', { origin: cloud.url, registrationId, data })
    const shown = () =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready
        return (await registration.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data: data as unknown }))
      })
    await push(
      JSON.stringify({
        title: 'Critical: cpu on web-1',
        body: 'Chart: system.cpu',
        url: 'https://evil.example/',
        tag: 'm1',
        isUrgent: true,
      }),
    )
    await expect.poll(shown).toEqual([{ title: 'Critical: cpu on web-1', body: 'Chart: system.cpu', tag: 'm1', data: { path: '/' } }])
    await push('nonsense')
    await expect.poll(async () => (await shown()).map(({ title }) => title)).toContain('Something changed in Throughline')
  } finally {
    await browser.close()
  }
})
