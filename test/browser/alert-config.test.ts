import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { blankRule } from '../../src/health/blank-rule.ts'
import { alertDocument, createDyncfgAgent, type DyncfgAgent } from '../doubles/agents/dyncfg-agent.ts'
import { startInstallation, type Installation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { insideSpace, openBrowser, signIn } from '../doubles/people/page.ts'
import { configurable, configuredBy, definedAlert } from '../doubles/agents/simulated/configurable.ts'
import { waitUntil } from '../doubles/wait-until.ts'

const patience = { timeout: 30_000 }
const busyHash = '5f0c8a52-0000-4000-8000-0000000000b1'
const oldHash = '5f0c8a52-0000-4000-8000-0000000000b2'

interface Lab {
  readonly cloud: Installation
  readonly page: Page
  /** The configuration of the agent web-1, and of web-2. */
  readonly web1: DyncfgAgent
  readonly web2: DyncfgAgent
  readonly close: () => Promise<void>
}

/** A cloud with two agents that take configuration and one that is too old; all run `disk_busy`, the old one another form of it. */
async function openLab(
  look: { width?: number; height?: number; colorScheme?: 'dark' | 'light' } = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<Lab> {
  const cloud = await startInstallation(settings)
  const browser = await openBrowser(look)
  const { page } = browser
  await signIn(page, cloud.signInLink)
  const lookup = { ...blankRule().config.value.database_lookup, after: -600, dimensions: 'utilization', options: ['unaligned' as const] }
  const stock = alertDocument('disk_busy', {
    match: { on: 'disk.util', host_labels: '*', instance_labels: '*' },
    value: { database_lookup: lookup, calculation: '', units: '%', update_every: 60 },
    conditions: { warning_condition: '$this > (($status >= $WARNING) ? (75) : (85))', critical_condition: '$this > 98' },
  })
  const [web1, web2] = [createDyncfgAgent([stock]), createDyncfgAgent([stock])]
  const busy = definedAlert(busyHash, 'disk_busy', 'disk_util.sda', 'disk.util')
  const old = definedAlert(oldHash, 'disk_busy', 'disk_util.sda', 'disk.util', { warningExpr: '$this > 70', criticalExpr: '' })
  await connectAgents(cloud, {
    'web-1': { capabilities: configurable, onConfig: configuredBy(web1), alerts: [busy.alert], alertConfigs: busy.configs },
    'web-2': { capabilities: configurable, onConfig: configuredBy(web2), alerts: [busy.alert], alertConfigs: busy.configs },
    'old-1': { generation: 'A', alerts: [old.alert], alertConfigs: old.configs },
  })
  return { cloud, page, web1, web2, close: () => browser.close() }
}

/** Asks the cloud as the page does. */
function ask<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  return page.evaluate(
    async ({ method, path, body }) => {
      const answer = await fetch(`/api/throughline/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return (text === '' ? {} : JSON.parse(text)) as T
    },
    { method, path, body },
  )
}

const definitionRow = (page: Page, name: string) => page.locator(`[data-definition="${name}"]`)
const nodeLine = (page: Page, host: string) => page.locator(`.node-states [data-node="${host}"]`)

/** What WCAG 2.2 AA asks for and a machine can check. */
async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
      rules: { 'target-size': { enabled: true }, region: { enabled: false } },
    })
    .setLegacyMode(true)
    .analyze()
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return [
    ...(sideways > 0 ? [`sideways by ${sideways} px`] : []),
    ...violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
    ),
  ]
}

it(
  '[AG13] from a chart to an alert that runs: the wizard draws, tries, tests and saves it, and it is applied, found drifted, and taken back',
  { timeout: 240_000 },
  async () => {
    const { cloud, page, web1, close } = await openLab()
    try {
      // From the large chart, by the keyboard.
      const { nodes } = await ask<{ nodes: { nodeId: string; hostname: string }[] }>(page, 'GET', '/nodes')
      const nodeId = nodes.find(({ hostname }) => hostname === 'web-1')?.nodeId ?? ''
      await page.goto(`${cloud.url}/nodes/${nodeId}#&open=disk.util`)
      const create = page.getByRole('link', { name: 'Create alert' })
      await create.waitFor(patience)
      await create.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'New alert' }).waitFor(patience)
      const address = new URL(page.url())
      expect([insideSpace(address), address.searchParams.get('node'), address.searchParams.get('context')]).toEqual([
        '/alerts/new',
        nodeId,
        'disk.util',
      ])
      await expect.poll(() => page.locator('.rule-chart-body').getAttribute('data-drawn'), patience).toBe('true')

      // Nothing is saved that agents would refuse: the focus goes to the first thing to mend.
      const save = page.getByRole('button', { name: 'Save', exact: true })
      await save.click()
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-path'))).toBe(
        'rules.0.config.conditions.warning_condition',
      )
      await page.getByLabel('Name', { exact: true }).fill('shop disk')
      await page.getByText('A name has letters, digits, dots, hyphens and underscores, and nothing else.').waitFor()
      await page.getByLabel('Name', { exact: true }).fill('shop_disk')

      // A threshold with a gap, drawn while it is typed.
      const warning = page.getByRole('group', { name: 'Warning' })
      await warning.getByLabel('When the value is').selectOption('above')
      await warning.getByLabel('Raise above').fill('x')
      await page.getByText('Type the number that raises it.').waitFor()
      await save.click()
      expect(insideSpace(page.url())).toBe('/alerts/new')
      await warning.getByLabel('Raise above').fill('60')
      await warning.getByLabel('Clear when down to').fill('40')
      const drawn = () => page.locator('.rule-chart-body').getAttribute('data-lines')
      await expect
        .poll(async () => JSON.parse((await drawn()) ?? '[]') as unknown, patience)
        .toEqual([
          { level: 'warning', is: 'raise', value: 60 },
          { level: 'warning', is: 'clear', value: 40 },
        ])
      await warning.getByLabel('Clear when down to').fill('70')
      await page.getByText('the value to clear at has to be lower').waitFor()
      await warning.getByLabel('Clear when down to').fill('40')
      await page.getByLabel('Wait before it tells of better').fill('0')

      // The same as text, both ways; a text that is none says where.
      await page.getByRole('tab', { name: 'health.d text' }).click()
      const text = page.getByLabel('The document as health.d text')
      await expect.poll(() => text.inputValue()).toContain('warn: $this > (($status >= $WARNING) ? (40) : (60))')
      const whole = await text.inputValue()
      await text.fill(whole.replace('average', 'nonsense'))
      await page.getByText('Agents know no method').waitFor()
      await expect.poll(() => page.getByRole('tab', { name: 'Form' }).isDisabled()).toBe(true)
      await page.getByRole('button', { name: 'Back to the last text that was whole' }).click()
      await text.fill(whole.replace('(60)', '(55)'))
      await page.getByRole('tab', { name: 'JSON' }).click()
      const json = page.getByLabel('The document as JSON')
      await expect.poll(() => json.inputValue()).toContain('"warning_condition": "$this > (($status >= $WARNING) ? (40) : (55))"')
      await json.fill((await json.inputValue()).replace('"info": ""', '"info": "from JSON"'))
      await page.getByRole('tab', { name: 'Form' }).click()
      await expect.poll(() => warning.getByLabel('Raise above').inputValue()).toBe('55')
      await expect.poll(() => page.getByLabel('Explanation').inputValue()).toBe('from JSON')

      // What would have been, on the agent's own history.
      await page.getByRole('button', { name: 'Back-test', exact: true }).click()
      const outcome = page.locator('[data-back-test]')
      await outcome.waitFor(patience)
      expect(Number(await outcome.getAttribute('data-back-test'))).toBe(3)
      const fired = Number(await outcome.getAttribute('data-fired'))
      expect(fired).toBeGreaterThan(0)
      await page.getByText(`It would have fired ${fired} times`).waitFor()
      await expect.poll(() => page.locator('.back-test-spans li').count()).toBeGreaterThan(0)

      // An agent reads it and takes nothing.
      await page.getByRole('tab', { name: 'Dry run' }).click()
      await page.getByLabel('On', { exact: true }).selectOption({ label: 'web-1' })
      await page.getByRole('button', { name: 'Try it there' }).click()
      await page.locator('[data-dry-run="good"]').waitFor(patience)
      await expect.poll(() => page.locator('[data-dry-run] pre').textContent()).toContain('template: shop_disk')
      expect(web1.running('shop_disk')).toBeUndefined()

      await page.getByLabel('Note').fill('The shop is slow')
      await save.click()
      await page.waitForURL((url) => insideSpace(url) === '/alerts/definitions/shop_disk', patience)

      // Applied: one agent takes it, the old one cannot be chosen and says why.
      const panel = page.getByRole('form', { name: 'Apply version 1' })
      await panel.waitFor(patience)
      await expect.poll(() => panel.getByRole('checkbox', { name: /^old-1/ }).isDisabled()).toBe(true)
      await panel.getByText('Its agent is older than 1.45', { exact: false }).waitFor()
      await panel.getByRole('checkbox', { name: /^web-1/ }).check()
      await panel.getByRole('button', { name: 'Apply to 1 node' }).click()
      await page.locator('[data-run="apply"][data-done]').waitFor(patience)
      await page.getByText('Applied on 1 of 1 nodes').waitFor()
      expect(web1.running('shop_disk')?.rules[0]?.config.conditions.warning_condition).toBe('$this > (($status >= $WARNING) ? (40) : (55))')
      await expect.poll(() => nodeLine(page, 'web-1').getAttribute('data-state'), patience).toBe('applied')

      // Somebody changes it on the host.
      web1.edit('shop_disk', (document) => ({
        ...document,
        rules: document.rules.map((rule) => ({ ...rule, config: { ...rule.config, units: 'x', info: 'changed there' } })),
      }))
      await page.getByRole('button', { name: 'Check all nodes' }).click()
      await expect.poll(() => nodeLine(page, 'web-1').getAttribute('data-state'), patience).toBe('drifted')
      await page.getByText('web-1 drifted.').waitFor()

      // The original of what was made here is nothing: it goes from the agent.
      await nodeLine(page, 'web-1').getByRole('button', { name: 'Restore the original on web-1' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Restore the original' }).click()
      await expect.poll(() => web1.running('shop_disk'), patience).toBeUndefined()
      await expect.poll(() => nodeLine(page, 'web-1').getAttribute('data-state'), patience).toBe('restored')
      await page.getByRole('button', { name: 'Delete what is kept' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Delete what is kept' }).click()
      await page.waitForURL((url) => insideSpace(url) === '/alerts/definitions', patience)
      await expect.poll(() => definitionRow(page, 'shop_disk').count(), patience).toBe(0)
    } finally {
      await close()
    }
  },
)

it(
  '[AG14] a definition shows its forms, which nodes are read only and why, and the text to paste there; search and filters stand in the address',
  { timeout: 180_000 },
  async () => {
    const { cloud, page, close } = await openLab()
    try {
      await page.goto(`${cloud.url}/alerts/definitions`)
      await definitionRow(page, 'disk_busy').waitFor(patience)
      await expect.poll(() => definitionRow(page, 'disk_busy').textContent(), patience).toMatch(/disk\.util.*Utilization.*3.*Agents’ own/)
      await page.getByLabel('Search definitions').fill('nothing like it')
      await page.getByText('No definition matches').waitFor()
      await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('nothing like it')
      await page.getByRole('button', { name: 'Show all definitions' }).click()
      await page.getByRole('button', { name: /raised$/ }).click()
      await expect.poll(() => new URL(page.url()).searchParams.get('raised')).toBe('1')

      await page.getByRole('link', { name: 'disk_busy' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'disk_busy', level: 1 }).waitFor(patience)
      await page.getByText('Runs on 3 nodes, in 2 forms; 1 can only be read').waitFor(patience)
      const newer = page.locator(`[data-hash="${busyHash}"]`)
      const older = page.locator(`[data-hash="${oldHash}"]`)
      for (const form of [newer, older]) {
        const head = form.locator('.variant-head')
        if ((await head.getAttribute('aria-expanded')) === 'false') await head.click()
      }
      await expect.poll(() => newer.locator('[data-fact="Warns"] dd').textContent()).toContain('above 85 %, until it is down to 75 %')
      await expect.poll(() => older.locator('[data-why="too-old"]').textContent()).toContain('old-1 can only be read.')
      await older.getByRole('button', { name: 'Show the health.d text' }).click()
      await older.getByText('/etc/netdata/health.d/disk_busy.conf', { exact: false }).waitFor()
      await expect.poll(() => older.locator('pre').textContent()).toMatch(/template: disk_busy[\s\S]*warn: \$this > 70/)
    } finally {
      await close()
    }
  },
)

it(
  '[AG15] two people who change one definition: the second sees both and chooses, nothing of either is lost; versions say who, when, why and what',
  { timeout: 180_000 },
  async () => {
    const { cloud, page, web1, close } = await openLab()
    try {
      await page.goto(`${cloud.url}/alerts/definitions/disk_busy/edit`)
      await page.getByRole('heading', { name: 'Edit disk_busy' }).waitFor(patience)
      await page.getByLabel('Note').fill('As it was')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.waitForURL((url) => insideSpace(url) === '/alerts/definitions/disk_busy', patience)
      await page.getByRole('link', { name: 'Edit', exact: true }).click()
      await page.getByRole('heading', { name: 'Edit disk_busy' }).waitFor(patience)
      const critical = page.getByRole('group', { name: 'Critical' })
      await critical.getByLabel('Raise above').fill('97')
      await page.getByLabel('Summary').fill('Mine')

      const { documents } = await ask<{ documents: { documentId: string; name: string; version: number }[] }>(
        page,
        'GET',
        '/alert-documents',
      )
      const kept = documents.find(({ name }) => name === 'disk_busy')
      const { document } = await ask<{ document: ReturnType<typeof alertDocument> }>(
        page,
        'GET',
        `/alert-documents/${kept?.documentId ?? ''}`,
      )
      const theirs = {
        ...document,
        rules: document.rules.map((rule) => ({
          ...rule,
          config: {
            ...rule.config,
            conditions: { ...rule.config.conditions, critical_condition: '$this > 99' },
            action: { ...rule.config.action, recipient: 'dba' },
          },
        })),
      }
      await ask(page, 'PUT', `/alert-documents/${kept?.documentId ?? ''}`, { document: theirs, version: 1, note: 'Theirs' })

      await page.getByRole('button', { name: 'Save version 2' }).click()
      const dialog = page.getByRole('dialog', { name: 'Somebody else saved meanwhile' })
      await dialog.waitFor(patience)
      await dialog.getByText('(1 of yours, 1 of theirs)', { exact: false }).waitFor()
      await expect.poll(() => dialog.locator('.clash legend').textContent()).toBe('rule 1 · conditions · critical condition')
      await dialog.getByRole('radio', { name: /^Mine/ }).check()
      await dialog.getByRole('button', { name: 'Put both together' }).click()
      await expect.poll(() => page.getByLabel('Recipients').inputValue()).toBe('dba')
      await expect.poll(() => page.getByLabel('Summary').inputValue()).toBe('Mine')
      await expect.poll(() => critical.getByLabel('Raise above').inputValue()).toBe('97')
      await page.getByRole('button', { name: 'Save version 3' }).click()
      await page.waitForURL((url) => insideSpace(url) === '/alerts/definitions/disk_busy', patience)
      const versions = page.locator('.versions li')
      await expect.poll(() => versions.count(), patience).toBe(3)
      await expect.poll(() => versions.nth(1).textContent()).toContain('Theirs')
      await expect
        .poll(() => page.locator('.changes [data-path="rules.0.config.conditions.critical_condition"]').textContent(), patience)
        .toContain('97')

      // A stock alert that is replaced, and its original restored: the agent runs again what it ran before.
      const before = web1.running('disk_busy')
      const panel = page.getByRole('form', { name: 'Apply version 3' })
      await panel.getByRole('button', { name: /^Choose all/ }).click()
      await panel.getByRole('button', { name: 'Apply to 2 nodes' }).click()
      await page.getByText('Applied on 2 of 2 nodes').waitFor(patience)
      expect(web1.running('disk_busy')?.rules[0]?.config.action.recipient).toBe('dba')
      await page.getByRole('button', { name: 'Restore the original everywhere' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Restore the original' }).click()
      await page.getByText('Restored on 2 of 2 nodes').waitFor(patience)
      expect(web1.running('disk_busy')?.rules[0]?.config.conditions).toEqual(before?.rules[0]?.config.conditions)
    } finally {
      await close()
    }
  },
)

it(
  '[AG16] who may not change alerts sees definitions and rules, may try them, and is offered no change',
  { timeout: 180_000 },
  async () => {
    const mailbox = await startMailbox()
    const { cloud, page, close } = await openLab(
      {},
      { THROUGHLINE_SMTP_URL: mailbox.smtpUrl, THROUGHLINE_MAIL_FROM: 'throughline@example.org' },
    )
    const other = await openBrowser()
    try {
      const { nodes } = await ask<{ nodes: { nodeId: string }[] }>(page, 'GET', '/nodes')
      const { roomId } = await ask<{ roomId: string }>(page, 'POST', '/rooms', { name: 'Shop', description: '' })
      await ask(page, 'PUT', `/rooms/${roomId}/nodes`, { add: nodes.map(({ nodeId }) => nodeId), remove: [] })
      await ask(page, 'POST', '/members', { email: 'otto@example.org', role: 'observer', roomIds: [roomId] })
      await other.page.goto(`${cloud.url}/sign-in`)
      await other.page.getByRole('textbox').first().fill('otto@example.org')
      await other.page
        .getByRole('button', { name: /send|mail|link/iu })
        .first()
        .click()
      const link = await waitUntil(() => {
        const mail = mailbox.mails.find(({ to, text }) => to === 'otto@example.org' && /sign-in#/.test(text))
        return Promise.resolve(mail && /https:\/\/\S+sign-in#\S+/.exec(mail.text)?.[0])
      })
      await other.page.goto('about:blank')
      await signIn(other.page, link)
      await other.page.goto(`${cloud.url}/`)
      await other.page.getByRole('button', { name: /^Accept/u }).click(patience)
      await other.page.waitForURL(/\/spaces\/[0-9a-f-]{36}$/u, patience)
      // A right is up to a second old; the list of nodes renews itself.
      const place = other.page.url().replace(/(\/spaces\/[^/]+).*/u, '$1')
      await other.page.goto(`${place}/nodes`)
      await other.page.getByRole('link', { name: 'web-1' }).first().waitFor(patience)
      await other.page.goto(`${place}/alerts/definitions`)
      await definitionRow(other.page, 'disk_busy').waitFor(patience)
      await expect.poll(() => other.page.getByRole('link', { name: 'New alert' }).count()).toBe(0)
      await other.page.getByRole('link', { name: 'disk_busy' }).click()
      await other.page.getByText('may change it.', { exact: false }).waitFor(patience)
      await expect.poll(() => other.page.getByRole('link', { name: 'Edit', exact: true }).count()).toBe(0)
      await other.page.getByRole('link', { name: 'Look closer' }).click()
      await other.page.getByLabel('Raise above').first().waitFor(patience)
      await expect.poll(() => other.page.getByLabel('Raise above').first().isDisabled()).toBe(true)
      await expect.poll(() => other.page.getByRole('form', { name: 'Save' }).count()).toBe(0)
      await other.page.getByRole('button', { name: 'Back-test', exact: true }).click()
      await other.page.locator('[data-back-test]').waitFor(patience)
    } finally {
      await other.close()
      await close()
    }
  },
)

it(
  '[AG20] a draft that is left stays in the tab, also one that is no document yet; it is offered again, continued, saved or discarded',
  { timeout: 180_000 },
  async () => {
    const { cloud, page, close } = await openLab()
    try {
      const summary = page.getByLabel('Summary')
      const offer = page.getByRole('heading', { name: 'You have a draft of disk_busy' })
      const leave = async () => {
        await page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Feed' }).click()
        await page.waitForURL((url) => insideSpace(url) === '/alerts/feed', patience)
      }
      const edit = async () => {
        await page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Definitions' }).click()
        await page.getByRole('link', { name: 'disk_busy' }).click(patience)
        await page.getByRole('link', { name: 'Edit', exact: true }).click(patience)
      }
      await page.goto(`${cloud.url}/alerts/definitions/disk_busy/edit`)
      await summary.waitFor(patience)
      const before = await summary.inputValue()
      await summary.fill('Mine')
      await leave()
      await page.getByText('Your draft of “disk_busy” stays in this tab.', { exact: false }).waitFor(patience)

      await edit()
      await offer.waitFor(patience)
      await expect.poll(() => summary.count()).toBe(0)
      await page.getByRole('button', { name: 'Continue the draft' }).click()
      await summary.waitFor(patience)
      await expect.poll(() => summary.inputValue()).toBe('Mine')
      await page.getByRole('tab', { name: 'JSON' }).click()
      await page.getByLabel('The document as JSON').fill('{"name": "disk_busy", ')
      await leave()

      await edit()
      await page.getByRole('button', { name: 'Continue the draft' }).click(patience)
      await page.getByText('This is not JSON yet.').waitFor(patience)
      await expect.poll(() => page.getByLabel('The document as JSON').inputValue()).toBe('{"name": "disk_busy", ')
      await page.getByRole('button', { name: 'Back to the last text that was whole' }).click()
      await page.getByRole('tab', { name: 'Form' }).click()
      await expect.poll(() => summary.inputValue()).toBe('Mine')
      await leave()

      // Another editor knows nothing of it.
      await page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Definitions' }).click()
      await page.getByRole('link', { name: 'New alert' }).click(patience)
      await page.getByRole('heading', { name: 'New alert' }).waitFor(patience)
      expect(
        await page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Definitions' }).getAttribute('aria-current'),
      ).toBe('page')

      await edit()
      await page.getByRole('button', { name: 'Discard it' }).click(patience)
      await summary.waitFor(patience)
      await expect.poll(() => summary.inputValue()).toBe(before)
      await summary.fill('Saved')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.waitForURL((url) => insideSpace(url) === '/alerts/definitions/disk_busy', patience)
      await page.getByRole('link', { name: 'Edit', exact: true }).click(patience)
      await summary.waitFor(patience)
      await expect.poll(() => summary.inputValue()).toBe('Saved')
      await expect.poll(() => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes('alert-draft')))).toEqual([])
    } finally {
      await close()
    }
  },
)

it(
  '[AG21] on a phone a strip that stays in sight leads to the chart, the back-test, the dry run and back',
  { timeout: 120_000 },
  async () => {
    const { cloud, page, close } = await openLab({ width: 390, height: 844 })
    try {
      await page.goto(`${cloud.url}/alerts/definitions/disk_busy/edit`)
      await expect.poll(() => page.locator('.rule-chart-body').getAttribute('data-drawn'), patience).toBe('true')
      const strip = page.getByRole('navigation', { name: 'Parts of the editor' })
      const parts = [
        ['Chart', page.getByRole('region', { name: 'The chart' })],
        ['Dry run', page.getByRole('button', { name: 'Try it there' })],
        ['Back-test', page.getByRole('button', { name: 'Back-test', exact: true })],
        ['Form', page.getByLabel('Name', { exact: true })],
      ] as const
      /** Whether the top of it can be seen: below the strip, above the bar that saves. */
      const isSeen = async (part: (typeof parts)[number][1]) => {
        const [top, above, below] = await Promise.all(
          [part, strip, page.getByRole('form', { name: 'Save' })].map((each) =>
            each.evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect),
          ),
        )
        return top !== undefined && above !== undefined && below !== undefined && top.top >= above.bottom - 1 && top.top < below.top
      }
      for (const [name, part] of parts) {
        await strip.getByRole('button', { name }).click()
        await expect.poll(() => isSeen(part), { ...patience, message: name }).toBe(true)
      }
    } finally {
      await close()
    }
  },
)

it(
  '[AG18] thousands of definitions: only rows in sight exist, keys lead through them, and a search finds one',
  { timeout: 120_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    const { page } = browser
    try {
      await signIn(page, cloud.signInLink)
      // What an installation of this size would answer; making as many alerts on agents would only test those.
      const row = (place: number) => ({
        name: `alert_${String(place).padStart(4, '0')}`,
        on: 'system.cpu',
        kind: 'template',
        hashes: [busyHash],
        class: 'Utilization',
        component: 'CPU',
        type: 'System',
        nodes: 1 + (place % 900),
        raised: place % 3,
        critical: 0,
        document: null,
      })
      const body = JSON.stringify({ definitions: Array.from({ length: 2_000 }, (_, place) => row(place)) })
      await page.route('**/alert-definitions', (route) => route.fulfill({ status: 200, contentType: 'application/json', body }))
      await page.goto(`${cloud.url}/alerts/definitions`)
      await page.getByText('2000 definitions on all nodes').waitFor(patience)
      const rows = page.locator('tbody tr[data-definition]')
      await expect.poll(() => rows.count()).toBeLessThan(60)
      await expect.poll(() => page.getByRole('table', { name: 'Alert definitions' }).getAttribute('aria-rowcount')).toBe('2001')
      await page.getByRole('link', { name: 'alert_0000' }).focus()
      for (let step = 0; step < 40; step++) await page.keyboard.press('ArrowDown')
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), patience).toBe('alert_0040')
      await expect.poll(() => rows.count()).toBeLessThan(60)
      await page.locator('.fleet-scroll').evaluate((area) => area.scrollTo(0, area.scrollHeight))
      await page.getByRole('link', { name: 'alert_1999' }).waitFor(patience)
      await page.getByRole('button', { name: 'Nodes', exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'alert_0899' }).waitFor(patience)
      await expect.poll(() => new URL(page.url()).searchParams.get('sort')).toBe('nodes')
      await page.keyboard.press('Shift+Tab')
      await page.getByLabel('Search definitions').fill('1234')
      await expect.poll(() => rows.count(), patience).toBe(1)
      await page.setViewportSize({ width: 390, height: 844 })
      await page.getByLabel('Search definitions').fill('')
      await page.locator('.definition-card').first().waitFor(patience)
      await expect.poll(() => page.locator('.definition-card').count()).toBeLessThan(40)
    } finally {
      await browser.close()
    }
  },
)

it(
  '[AG19] an alert made in the page runs on this host: agent-link reads it, takes it, raises it, and gives back what was before',
  { timeout: 480_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    const { page } = browser
    try {
      await signIn(page, cloud.signInLink)
      const host = await waitUntil(async () => {
        const { nodes } = await ask<{ nodes: { nodeId: string; state: string }[] }>(page, 'GET', '/nodes')
        return nodes.find(({ state }) => state === 'live')?.nodeId
      })
      await page.goto(`${cloud.url}/alerts/new?node=${host}&context=system.uptime&units=seconds`)
      await expect.poll(() => page.locator('.rule-chart-body').getAttribute('data-drawn'), patience).toBe('true')
      // By the keyboard alone, from the name on.
      await page.getByLabel('Name', { exact: true }).focus()
      await page.keyboard.press('Control+a')
      await page.keyboard.type('up_at_all')
      const warning = page.getByRole('group', { name: 'Warning' })
      await warning.getByLabel('When the value is').focus()
      await page.keyboard.type('above')
      await page.keyboard.press('Tab')
      await page.keyboard.type('0')
      await page.getByLabel('Look every').fill('5s')
      await page.getByRole('tab', { name: 'Back-test' }).focus()
      await page.keyboard.press('ArrowRight')
      await page.getByRole('button', { name: 'Try it there' }).focus()
      await page.keyboard.press('Enter')
      await page.locator('[data-dry-run="good"]').waitFor(patience)
      await page.getByLabel('Note').focus()
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => insideSpace(url) === '/alerts/definitions/up_at_all', patience)
      const panel = page.getByRole('form', { name: 'Apply version 1' })
      await panel.getByRole('button', { name: 'Choose all 1' }).click(patience)
      await panel.getByRole('button', { name: 'Apply to 1 node' }).click()
      await page.getByText('Applied on 1 of 1 nodes').waitFor(patience)
      const raised = async () => {
        const { alerts } = await ask<{ alerts: { name: string; status: string }[] }>(page, 'GET', '/alerts')
        return alerts.find(({ name }) => name === 'up_at_all')?.status
      }
      await expect.poll(raised, { timeout: 90_000 }).toBe('warning')
      await page.reload()
      await page.getByText('Runs on 1 node', { exact: true }).waitFor({ timeout: 60_000 })
      await page.getByRole('button', { name: 'Restore the original everywhere' }).click(patience)
      await page.getByRole('dialog').getByRole('button', { name: 'Restore the original' }).click()
      await page.getByText('Restored on 1 of 1 nodes').waitFor(patience)
      await expect.poll(raised, { timeout: 90_000 }).toBeUndefined()
    } finally {
      await browser.close()
    }
  },
)

it.each([
  { name: 'dark', width: 1440, height: 900, colorScheme: 'dark' as const },
  { name: 'light', width: 1440, height: 900, colorScheme: 'light' as const },
  { name: 'phone dark', width: 390, height: 844, colorScheme: 'dark' as const },
  { name: 'phone light', width: 390, height: 844, colorScheme: 'light' as const },
])('[AG17] axe finds nothing on the pages of alert configuration, and none scrolls sideways: $name', { timeout: 240_000 }, async (look) => {
  const { cloud, page, close } = await openLab(look)
  try {
    const found: Record<string, readonly string[]> = {}
    const check = async (what: string) => {
      const all = await findings(page)
      if (all.length > 0) found[what] = all
    }
    await page.goto(`${cloud.url}/alerts/definitions`)
    await definitionRow(page, 'disk_busy').waitFor(patience)
    await check('definitions')
    await page.goto(`${cloud.url}/alerts/definitions/disk_busy/edit`)
    await page.getByRole('heading', { name: 'Edit disk_busy' }).waitFor(patience)
    await expect.poll(() => page.locator('.rule-chart-body').getAttribute('data-drawn'), patience).toBe('true')
    await page.getByRole('button', { name: 'Back-test', exact: true }).click()
    await page.locator('[data-back-test]').waitFor(patience)
    // What happens to lie under a bar at the edge can be scrolled from under it.
    for (const bar of ['.top-bar', '.tab-bar', '.save-bar', '.editor-jumps'])
      await page.locator(bar).evaluateAll((bars) => bars.forEach((bar) => (bar as HTMLElement).style.setProperty('position', 'static')))
    await check('editor')
    await page.getByLabel('Raise above').first().fill('x')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await check('editor with something to mend')
    await page.getByLabel('Raise above').first().fill('85')
    await page.getByRole('tab', { name: 'JSON' }).click()
    await check('text')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.waitForURL((url) => insideSpace(url) === '/alerts/definitions/disk_busy', patience)
    await page.getByRole('form', { name: 'Apply version 1' }).waitFor(patience)
    await page.locator('[data-hash]').first().waitFor(patience)
    await check('definition')
    expect(found).toEqual({})
  } finally {
    await close()
  }
})
