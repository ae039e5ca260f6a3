import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import type { PersonId, SpaceId } from '../../src/domain/ids.ts'
import { claimSimulated, connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { createDesk, type Desk } from '../doubles/hosts/desk-functions.ts'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { nodeInfo } from '../doubles/agents/metadata-agents.ts'
import { withKept } from '../doubles/stores/kept-of.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { signInViewer } from '../doubles/people/viewer.ts'

const hostname = 'desk-1'
const capabilities = ['proto', 'ctx', 'funcs', 'health', 'req_cancel'].map((name) => ({
  name,
  version: name === 'health' ? 2 : 1,
  enabled: true,
}))

/** A cloud with an agent whose functions the test holds in its hand. */
async function startDesk(
  settings: Readonly<Record<string, string>> = {},
): Promise<{ cloud: Installation; desk: Desk; nodeId: string; close: () => void }> {
  const cloud = await startInstallation(settings)
  const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }
  const door = { url: cloud.url, caPem: cloud.caPem }
  const desk = createDesk(() => Math.floor(Date.now() / 1_000))
  const agent = await connectSimulated(door, await claimSimulated(door, token, hostname), {
    capabilities: [...capabilities, { name: 'http_api_v2', version: 7, enabled: true }],
    info: { node: nodeInfo(hostname, {}), collectors: [] },
    onQuestion: desk.onQuestion,
  })
  await agent.settled()
  return { cloud, desk, nodeId: agent.nodeId, close: () => agent.close() }
}

/** What axe would have mended, in light and in dark. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()
    found.push(...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`))
  }
  return found
}

const tableOf = (page: Page) => page.getByRole('grid').or(page.getByRole('treegrid'))
/** The texts of one column, top to bottom, as far as rows are drawn. */
const columnTexts = (page: Page, index: number) =>
  page.locator('.fn-tr').evaluateAll((rows, at) => {
    const top = (row: Element) => row.getBoundingClientRect().top
    return rows.toSorted((a, b) => top(a) - top(b)).map((row) => row.querySelectorAll('[role=gridcell]')[at]?.textContent ?? '')
  }, index)
const firstName = async (page: Page) => (await columnTexts(page, 0))[0]
const cell = (page: Page, key: string, index: number): Locator => page.locator(`.fn-tr[data-key="${key}"] [role=gridcell]`).nth(index)
const totals = (page: Page) => page.locator('.fn-totals')

it(
  '[FN40] [FN41] a node and its function are chosen by mouse and by keyboard; the table of real processes renews in place',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/functions`)
      await page.getByRole('link', { name: 'Processes' }).click()
      await expect.poll(() => new URL(page.url()).searchParams.get('fn')).toBe('processes')
      // This process itself: it is busy, and unlike some process of the browser it outlives the test.
      await page.getByRole('searchbox', { name: 'Search rows' }).fill(String(process.pid))
      const cells = page.locator(`.fn-tr[data-key="${process.pid}"]`)
      await cells.waitFor({ timeout: 60_000 })
      // The same element shows the next answer: nothing is drawn anew.
      await cells.evaluate((element) => element.setAttribute('data-seen', 'yes'))
      const text = await cells.innerText()
      await expect.poll(async () => (await cells.innerText()) !== text, { timeout: 60_000 }).toBe(true)
      await expect.poll(() => cells.getAttribute('data-seen')).toBe('yes')

      await page.getByRole('link', { name: 'Mount points' }).focus()
      await page.keyboard.press('Enter')
      await expect.poll(() => new URL(page.url()).searchParams.get('fn')).toBe('mount-points')
      await expect.poll(() => page.locator('.fn-tr').count(), { timeout: 60_000 }).toBeGreaterThan(0)
      await page.goBack()
      await expect.poll(() => new URL(page.url()).searchParams.get('fn')).toBe('processes')

      await page.getByRole('button', { name: /^Node: / }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('combobox', { name: 'Search nodes' }).fill('no such node')
      await page.getByText('No node matches.').waitFor()
      await page.getByRole('combobox', { name: 'Search nodes' }).fill('')
      await page.keyboard.press('Enter')
      await expect.poll(() => new URL(page.url()).searchParams.get('node')).toMatch(/^[0-9a-f-]{36}$/u)
    } finally {
      await browser.close()
    }
  },
)

it('[FN42] [FN43] [FN44] [FN45] [FN54] sorts, filters, groups and opens rows by mouse and by keyboard', { timeout: 240_000 }, async () => {
  const { cloud, desk, nodeId, close } = await startDesk()
  const browser = await openBrowser()
  try {
    const { page, context } = browser
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await signIn(page, cloud.signInLink)
    await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=fx-desk`)
    const grid = tableOf(page)
    await grid.waitFor()
    expect(await firstName(page)).toContain('person-01')
    await page.locator('.fn-tr[data-key="person-02"]').getByText('Warning').waitFor()
    await expect.poll(() => totals(page).innerText()).toContain('60 rows')

    // Sorting: a head by mouse, the next one with Shift, then by keyboard.
    await page.getByRole('columnheader', { name: 'Team' }).click()
    await page.mouse.move(5, 5)
    await expect.poll(() => columnTexts(page, 1).then((teams) => teams[0])).toBe('blue')
    await page.getByRole('columnheader', { name: 'Size' }).click({ modifiers: ['Shift'] })
    await page.mouse.move(5, 5)
    await expect.poll(() => firstName(page)).toContain('person-60')
    await grid.focus()
    for (const key of ['Control+Home', 'ArrowUp', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => firstName(page), { timeout: 20_000 }).toContain('person-01')
    await expect.poll(() => page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending')

    // The keyboard in the table, and the details of a row.
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('PageDown')
    await page.keyboard.press('Control+End')
    const last = await grid.getAttribute('aria-activedescendant')
    expect(last).toContain('person-60')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    const details = page.getByRole('complementary', { name: /Details of person-60/ })
    await details.getByText('note 59').waitFor()
    expect(await faults(page)).toEqual([])
    desk.rows = desk.rows.map(([name, team, load, size, note, options]) => [
      name,
      team,
      load,
      size,
      name === 'person-60' ? 'changed' : note,
      options,
    ])
    await details.getByText('changed').waitFor({ timeout: 30_000 })
    desk.rows = desk.rows.filter(([name]) => name !== 'person-60')
    await details.getByText('not in the newest answer').waitFor({ timeout: 30_000 })
    await page.keyboard.press('Escape')
    await expect.poll(() => details.count()).toBe(0)
    await expect.poll(() => grid.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Control+c')
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('person-01')

    // The order rests under the pointer; values go on.
    await cell(page, 'person-03', 1).hover()
    desk.rows = desk.rows.map(([name, team, load, size, note, options]) => [
      name === 'person-03' ? 'person-00' : name,
      team,
      load,
      size,
      note,
      options,
    ])
    await expect.poll(() => totals(page).innerText()).toContain('59 rows')
    await expect.poll(() => page.locator('.fn-tr[data-key="person-03"]').count(), { timeout: 30_000 }).toBe(0)
    expect(await firstName(page)).toContain('person-01')
    await page.mouse.move(5, 5)
    await expect.poll(() => firstName(page), { timeout: 30_000 }).toContain('person-00')

    // Filters: words, values, ranges, and taking one away.
    await page.getByRole('searchbox', { name: 'Search rows' }).fill('red')
    await expect.poll(() => totals(page).innerText()).toContain('20 rows')
    await page.getByRole('searchbox', { name: 'Search rows' }).fill('')
    await page.getByRole('button', { name: 'Filters' }).click()
    await page.locator('.fn-filter summary', { hasText: 'Team' }).click()
    await page.getByRole('checkbox', { name: /green/ }).check()
    await expect.poll(() => totals(page).innerText()).toContain('20 rows')
    await page.locator('.fn-filter summary', { hasText: 'Load' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('spinbutton', { name: 'Load: at least, in %' }).fill('80')
    await expect.poll(() => columnTexts(page, 0).then((names) => names.length)).toBe(4)
    await page.getByRole('button', { name: 'Take away the filter Load' }).click()
    await page.getByRole('button', { name: 'Take away the filter Team' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => totals(page).innerText()).toContain('59 rows')
    await page.getByRole('button', { name: 'Filters' }).click()

    // Columns: another one, and the parameter of the function.
    await page.getByRole('button', { name: /^Columns/ }).click()
    await page.getByRole('checkbox', { name: 'Note' }).check()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Note' }).waitFor()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
    const csv = await readFile(await file.path(), 'utf8')
    expect(csv.split('\r\n').slice(0, 3)).toEqual([
      'Name,Team,Load [%],Size [MiB],Note',
      'person-00,blue,88,20,note 2',
      `person-01,red,90,0,"'=1+1"`,
    ])
    await page.getByRole('combobox', { name: 'View' }).selectOption('short')
    await expect.poll(() => totals(page).innerText()).toContain('3 rows')
    await page.getByRole('combobox', { name: 'View' }).selectOption('all')

    // Groups, with their summaries, opened by mouse and by keyboard; charts by group.
    await page.getByRole('combobox', { name: 'Group by' }).selectOption({ label: 'Teams' })
    await expect.poll(() => page.locator('.fn-tr[data-kind="group"]').count()).toBe(3)
    await page.locator('.fn-tr[data-kind="group"]').first().locator('[role=gridcell]').first().click()
    await expect.poll(() => page.locator('.fn-tr[data-kind="row"]').count()).toBeGreaterThan(3)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => page.locator('.fn-tr[data-kind="row"]').count()).toBe(0)
    await page.getByText('Charts of these rows').click()
    await page.getByRole('figure').getByText('green').waitFor()
    expect(await faults(page)).toEqual([])
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1_440)
  } finally {
    await browser.close()
    close()
  }
})

it('[FN46] asks at the function’s pace while it is seen, and not while it is paused, hidden or left', { timeout: 240_000 }, async () => {
  const { cloud, desk, nodeId, close } = await startDesk()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=fx-desk`)
    const count = () => desk.calls('fx-desk').length
    /** Whether nothing is asked any more: a function that does go on proves that enough time went by. */
    const settles = async () => {
      const other = await browser.context.newPage()
      await other.goto(`${cloud.url}/functions?node=${nodeId}&fn=mount-points`)
      const before = desk.calls('mount-points').length
      const mine = count()
      await expect.poll(() => desk.calls('mount-points').length - before, { timeout: 30_000 }).toBeGreaterThanOrEqual(4)
      await other.close()
      return count() - mine
    }
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThanOrEqual(3)

    await page.getByRole('button', { name: 'Pause' }).click()
    expect(await settles()).toBeLessThanOrEqual(1)
    const paused = count()
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expect.poll(count).toBe(paused + 1)
    await page.bringToFront()
    await page.getByRole('button', { name: 'Resume' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThanOrEqual(paused + 3)

    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    expect(await settles()).toBeLessThanOrEqual(1)
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => false })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    const back = count()
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(back)

    await page.getByRole('link', { name: 'Mount points' }).click()
    await page.getByText('/home').waitFor()
    expect(await settles()).toBeLessThanOrEqual(1)
  } finally {
    await browser.close()
    close()
  }
})

it(
  '[FN47] [FN48] [FN49] (U1) a slow function can be stopped, a refusal is said in words, and hostile cells do nothing',
  { timeout: 240_000 },
  async () => {
    const { cloud, desk, nodeId, close } = await startDesk()
    const browser = await openBrowser()
    try {
      const { page } = browser
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=fx-slow`)
      await page.getByRole('progressbar', { name: 'Asking the agent' }).waitFor()
      await page.getByRole('button', { name: 'Stop asking' }).click()
      await expect.poll(() => page.getByRole('button', { name: 'Stop asking' }).count()).toBe(0)
      const asked = desk.calls('fx-slow').length
      await page
        .getByText('not renewed')
        .or(page.getByRole('button', { name: 'Resume' }))
        .first()
        .waitFor()

      await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=fx-gone`)
      await page.getByRole('heading', { name: 'The agent cannot answer this now.' }).waitFor()
      await page.getByText('The plugin does not run.').waitFor()
      await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=no-such`)
      await page.getByRole('heading', { name: 'This node does not offer that function' }).waitFor()

      for (const width of [1_440, 390]) {
        await page.setViewportSize({ width, height: 844 })
        await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=fx-odd`)
        const row = width === 390 ? page.locator('.fn-card').first() : page.locator('.fn-tr').first()
        await row.waitFor()
        if (width === 390) await row.click()
        else await row.dblclick()
        await page.getByText('Copy row').waitFor()
        expect(
          await page.evaluate(() => ({
            hasRun: Object.hasOwn(window, 'pwned'),
            planted: document.querySelectorAll('#root img, #root script, #root iframe').length,
            sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          })),
        ).toEqual({ hasRun: false, planted: 0, sideways: 0 })
      }
      expect(desk.calls('fx-slow').length).toBe(asked)
      expect(errors).toEqual([])
    } finally {
      await browser.close()
      close()
    }
  },
)

it(
  '[FN50] [FN54] on a phone rows are cards, filters and details come from below, and nothing scrolls sideways',
  { timeout: 240_000 },
  async () => {
    const { cloud, nodeId, close } = await startDesk()
    const browser = await openBrowser({ width: 390, height: 844 })
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=fx-desk`)
      const first = page.locator('.fn-card').first()
      await first.waitFor()
      expect(await faults(page)).toEqual([])
      await expect.poll(() => first.innerText()).toMatch(/person-01[\s\S]*Load[\s\S]*90\.0%/u)
      await page.getByRole('button', { name: 'Filters' }).click()
      const sheet = page.getByRole('dialog', { name: 'Filters' })
      await sheet.locator('summary', { hasText: 'Team' }).click()
      await sheet.getByRole('checkbox', { name: /blue/ }).check()
      await page.keyboard.press('Escape')
      await expect.poll(() => first.innerText()).toContain('person-03')
      await first.click()
      await page
        .getByRole('dialog', { name: /person-03/ })
        .getByText('note 2')
        .waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('combobox', { name: 'Function' }).selectOption({ label: 'Fx logs' })
      await page.getByText('line 0', { exact: true }).waitFor()
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    } finally {
      await browser.close()
      close()
    }
  },
)

it(
  '[FN51] a role that may not see processes is told so by the cloud, with who may; harmless functions stay',
  { timeout: 240_000 },
  async () => {
    const first = await startDesk()
    const viewer = await signInViewer(first.cloud)
    const me = (await viewer.get('/api/throughline/v1/me')) as { personId: PersonId; space: { spaceId: SpaceId } }
    first.close()
    await first.cloud.end('SIGTERM')
    await withKept(first.cloud, async ({ metadata: { roster, rooms } }) => {
      const { spaceId } = me.space
      const mine = await roster.find(spaceId, me.personId)
      if (mine === undefined) expect.fail('the person has no role')
      // Somebody else is the admin now, and this person sees the nodes of one room.
      const other = newUuid<PersonId>()
      const { invitation } = await roster.invite(spaceId, { personId: other, role: 'admin', byPersonId: me.personId })
      await roster.accept(spaceId, other, invitation?.invitationId ?? '')
      await roster.setRole(spaceId, mine.memberId, 'observer')
      const { roomId } = await rooms.create(spaceId, { name: 'Everything', description: '', memberId: mine.memberId })
      const clauses = [{ label: 'no-such-label', operator: 'equals' as const, value: 'x', negate: true }]
      await rooms.addRule(spaceId, roomId, { action: 'INCLUDE', description: '', clauses })
    })

    const cloud = await startInstallation({ ...first.cloud.env, THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/functions`)
      const processes = page.getByRole('link', { name: /Processes Not for your role/ })
      await processes.click({ timeout: 60_000 })
      await page.getByRole('heading', { name: 'Your role does not allow this.' }).waitFor()
      await page.getByText('It takes the role troubleshooter, manager or admin. You are observer.').waitFor()
      await page.getByRole('link', { name: 'Mount points' }).click()
      await expect.poll(() => page.locator('.fn-tr').count(), { timeout: 60_000 }).toBeGreaterThan(0)
    } finally {
      await browser.close()
    }
  },
)

it(
  '[FN52] [FN53] [FN54] logs: fields with counts, search, a span of the histogram, older entries, new ones as they are written',
  { timeout: 240_000 },
  async () => {
    const { cloud, desk, nodeId, close } = await startDesk()
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/functions?node=${nodeId}&fn=fx-logs`)
      const log = page.getByRole('treegrid', { name: 'Fx logs' })
      const lines = page.locator('.fn-log-line')
      const matches = page.locator('.fn-log-head')
      await page.getByText('line 0', { exact: true }).waitFor()
      await expect.poll(() => matches.innerText()).toContain('900 entries match')

      // New entries appear by themselves, once each, and are counted.
      desk.write('fresh one', 'error')
      await page.getByText('fresh one', { exact: true }).waitFor({ timeout: 30_000 })
      await expect.poll(() => matches.innerText()).toContain('901 entries match')
      await page.getByRole('checkbox', { name: /error 226/ }).waitFor()
      await expect.poll(() => lines.first().innerText()).toContain('Error')
      expect(desk.calls('fx-logs').some((call) => call.includes('if_modified_since:') && call.includes('tail:true'))).toBe(true)

      // Opened by mouse and by keyboard, all fields of an entry.
      await lines.first().click()
      await page.getByRole('button', { name: 'Copy MESSAGE' }).waitFor()
      await log.focus()
      await page.keyboard.press('Enter')
      await expect.poll(() => page.getByRole('button', { name: 'Copy MESSAGE' }).count()).toBe(0)

      // Older entries, a page at a time, down to the first.
      for (const text of ['line 199', 'line 500', 'line 899']) {
        await expect
          .poll(
            async () => {
              await page.keyboard.press('End')
              return page.getByText(text, { exact: true }).count()
            },
            { timeout: 60_000 },
          )
          .toBeGreaterThanOrEqual(text === 'line 899' ? 1 : 0)
      }
      await page.getByText('back to the beginning of the span').waitFor()
      desk.write('while reading', 'info')
      await page.getByRole('button', { name: /1 new/ }).click({ timeout: 30_000 })
      await page.getByText('while reading', { exact: true }).waitFor()

      // Fields and words.
      await page.getByRole('checkbox', { name: /warning/ }).check()
      await expect.poll(() => matches.innerText(), { timeout: 30_000 }).toContain('225 entries match')
      await page.getByRole('checkbox', { name: /warning/ }).focus()
      await page.keyboard.press('Space')
      await page.getByRole('searchbox', { name: 'Search all fields of the log' }).fill('needle')
      await page.keyboard.press('Enter')
      await expect.poll(() => matches.innerText(), { timeout: 30_000 }).toContain('18 entries match')
      await page.getByRole('searchbox', { name: 'Search all fields of the log' }).fill('')

      // A span by keyboard, then by mouse; following stops, and begins again.
      await expect.poll(() => matches.innerText(), { timeout: 30_000 }).toContain('902 entries match')
      const plot = page.getByRole('application', { name: /Entries over time/ })
      await plot.focus()
      for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Shift+ArrowLeft', 'Enter']) await page.keyboard.press(key)
      await page
        .getByRole('textbox', { name: 'From' })
        .or(page.getByLabel('From', { exact: true }))
        .first()
        .waitFor()
      await expect.poll(() => matches.innerText(), { timeout: 30_000 }).toMatch(/^1[12]\d entries match/u)
      await page.getByRole('button', { name: 'Follow' }).click()
      await expect.poll(() => matches.innerText(), { timeout: 30_000 }).toContain('902 entries match')
      const box = (await plot.boundingBox()) ?? expect.fail('no histogram')
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
      await expect.poll(() => matches.innerText(), { timeout: 30_000 }).toMatch(/^(60|61) entries match/u)
    } finally {
      await browser.close()
      close()
    }
  },
)
