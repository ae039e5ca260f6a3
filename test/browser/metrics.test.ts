import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../doubles/installation.ts'
import { startNetdata, type NetdataServer } from '../doubles/agents/netdata-server.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const run = promisify(execFile)

/** A cloud with two nodes: its own host's agent, and a real netdata behind agent-link. */
async function startTwoNodes(netdata: NetdataServer): Promise<Installation> {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const agentEnv = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
  const { out } = await runThroughline(['claim-token', '--json'], cloud.env)
  const { token } = JSON.parse(out) as { token: string }
  const source = ['--source', 'netdata', '--netdata-url', netdata.url]
  const claimed = await runThroughline(
    ['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', join(cloud.dataFolder, 'tls', 'ca.pem'), ...source],
    agentEnv,
  )
  expect(claimed).toMatchObject({ status: 0 })
  await startThroughline(['agent', ...source], agentEnv).says(/online/i)
  return cloud
}

const cardOf = (page: Page, contextId: string): Locator => page.locator(`article[data-context="${contextId}"]`).first()

/** Opens the page of metrics and waits until both nodes are in a chart. */
async function openMetrics(page: Page, cloud: Installation, fragment = ''): Promise<Locator> {
  await page.goto(`${cloud.url}/metrics${fragment}`)
  const card = cardOf(page, 'system.cpu')
  await expect.poll(() => card.locator('.chart-volume').textContent(), { timeout: 90_000 }).toMatch(/of 2 nodes/u)
  await expect.poll(() => card.getAttribute('data-drawn'), { timeout: 60_000 }).toBe('true')
  return card
}

const seriesOf = (card: Locator): Promise<(string | null)[]> =>
  card.locator('[data-dimension]').evaluateAll((items) => items.map((item) => item.querySelector('.legend-name')?.textContent ?? null))

/** The part of the address that keeps what was changed about a chart. */
const kept = (page: Page): string => new URL(page.url()).hash

/** What axe finds in what lies over the page. */
async function faults(page: Page, selector: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(selector).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))
}

/** Opens a control by its key: the focus goes to it, Enter opens its list, and the focus is in it then. */
async function openByKey(page: Page, card: Locator, control: RegExp): Promise<void> {
  await card.getByRole('button', { name: control }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
}

it(
  '[CX20] [CX21] [CX22] [CX23] [CX24] [CX26] every control of the metrics page, by mouse and by keyboard, over two real nodes',
  { timeout: 400_000 },
  async () => {
    const netdata = await startNetdata()
    const cloud = await startTwoNodes(netdata)
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      const card = await openMetrics(page, cloud)

      await showsSections(page)
      await adjustsByMouse(page, card)
      await adjustsByKeyboard(page, card)
      await opensAgainFromLink(page, cloud)
      await choosesNodes(page, cloud)
      await expandsAndGoesBack(page, cloud)
    } finally {
      await browser.close()
      await netdata.stop()
    }
  },
)

async function showsSections(page: Page): Promise<void> {
  const ids = await page.locator('article[data-context]').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-context')))
  expect(new Set(ids).size).toBe(ids.length)
  // Far sections have their height and the names of their charts, not the charts.
  const total = await page
    .locator('.section-menu-count')
    .evaluateAll((counts) => counts.reduce((sum, count) => sum + Number(count.textContent), 0))
  expect(total).toBeGreaterThan(100)
  expect(ids.length).toBeLessThan(60)

  await page
    .getByRole('navigation', { name: 'Sections' })
    .getByRole('link', { name: /^Network/u })
    .click()
  await expect.poll(() => page.locator('.section-menu [aria-current="true"]').textContent(), { timeout: 20_000 }).toMatch(/^Network/u)
  expect(kept(page)).toMatch(/^#network/u)

  // By the key of the page: the slash goes to the search.
  await page.keyboard.press('/')
  await page.keyboard.type('bandwidth kib')
  await expect.poll(() => page.locator('article[data-context]').count(), { timeout: 20_000 }).toBeLessThan(12)
  await expect.poll(() => cardOf(page, 'disk.io').isVisible(), { timeout: 20_000 }).toBe(true)
  // A search that finds nothing, taken back, leaves one at the top: the section that was jumped to before is not jumped to again.
  await page.keyboard.press('Control+a')
  await page.keyboard.type('no such chart')
  await page.getByText('No chart matches').waitFor()
  await page.keyboard.press('Escape')
  await cardOf(page, 'system.cpu').waitFor()
}

async function adjustsByMouse(page: Page, card: Locator): Promise<void> {
  await card.getByRole('button', { name: /^Group by/u }).click()
  await page.getByRole('checkbox', { name: 'Node', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Dimension', exact: true }).click()
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await seriesOf(card)).length, { timeout: 20_000 }).toBe(2)

  await card.getByRole('button', { name: /^Aggregate/u }).click()
  await page.getByRole('radio', { name: 'Maximum' }).click()
  await page.keyboard.press('Escape')
  await card.getByRole('button', { name: /^Dimensions/u }).click()
  expect(await faults(page, '.control-popover')).toEqual([])
  await page.getByRole('button', { name: 'Only user' }).click()
  await page.keyboard.press('Escape')
  await card.getByRole('button', { name: /^Chart type/u }).click()
  await page.getByRole('radio', { name: 'Lines' }).click()
  await page.keyboard.press('Escape')
  expect(kept(page)).toContain('card=system.cpu~by.node~as.max~at.user~is.line')
  await expect.poll(() => card.locator('.chart-volume').textContent()).toBe('2 metrics of 2 nodes')

  // The legend: one series alone, then all again.
  const first = card.locator('.legend-button').first()
  await first.click()
  await expect.poll(() => card.locator('.legend-item.is-off').count()).toBe(1)
  await first.click()
  await expect.poll(() => card.locator('.legend-item.is-off').count()).toBe(0)

  await card.getByRole('button', { name: 'Reset' }).click()
  await expect.poll(async () => (await seriesOf(card)).includes('user')).toBe(true)
  expect(kept(page)).not.toContain('card=')
}

async function adjustsByKeyboard(page: Page, card: Locator): Promise<void> {
  await openByKey(page, card, /^Group by/u)
  // The first box has the focus; the next one is a Tab away.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  await expect.poll(() => card.getByRole('button', { name: /^Group by/u }).textContent()).toBe('by dimension, node')

  await openByKey(page, card, /^Aggregate/u)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Escape')
  await expect.poll(() => card.getByRole('button', { name: /^Aggregate/u }).textContent()).toBe('sum')
  // The list gives the focus back to its button.
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Aggregate: sum')

  await openByKey(page, card, /^Nodes/u)
  await page.getByRole('dialog').getByRole('checkbox').first().focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  await expect.poll(() => card.locator('.chart-volume').textContent(), { timeout: 20_000 }).toMatch(/of 1 node$/u)

  const legend = card.locator('.legend-button').first()
  await legend.focus()
  await page.keyboard.press('Shift+Enter')
  await expect.poll(() => card.locator('.legend-item.is-off').count()).toBe(1)
  expect(kept(page)).toContain('~no.')
}

async function opensAgainFromLink(page: Page, cloud: Installation): Promise<void> {
  // Without the section that was jumped to: the first chart is to be on screen.
  const link = kept(page).replace(/^#[^&]*/u, '#')
  // Another document: nothing but the address carries the choice over.
  await page.goto('about:blank')
  await page.goto(`${cloud.url}/metrics${link}`)
  const card = cardOf(page, 'system.cpu')
  await expect.poll(() => card.locator('.legend-item.is-off').count(), { timeout: 60_000 }).toBe(1)
  await expect.poll(() => card.getByRole('button', { name: /^Aggregate/u }).textContent()).toBe('sum')
  await card.getByRole('button', { name: 'Reset' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => kept(page)).not.toContain('card=')
}

async function choosesNodes(page: Page, cloud: Installation): Promise<void> {
  const chooser = page.getByRole('group', { name: 'Nodes of these charts' })
  await chooser.getByRole('button', { name: /^Nodes/u }).click()
  await page.getByRole('button', { name: /^Only/u }).first().click()
  await page.keyboard.press('Escape')
  await expect.poll(() => new URL(page.url()).searchParams.get('nodes')).toMatch(/^[\w-]{36}$/u)
  await expect.poll(() => cardOf(page, 'system.cpu').locator('.chart-volume').textContent(), { timeout: 30_000 }).toMatch(/of 1 node$/u)
  // A filter that nothing passes says so and offers the way back.
  await page.goto(`${cloud.url}/metrics?state=unseen`)
  await page.getByText('No node is chosen').waitFor()
  await page.getByRole('button', { name: 'Show all nodes' }).click()
  await expect.poll(() => cardOf(page, 'system.cpu').locator('.chart-volume').textContent(), { timeout: 60_000 }).toMatch(/of 2 nodes$/u)
  await expect.poll(() => new URL(page.url()).search).toBe('')
}

async function expandsAndGoesBack(page: Page, cloud: Installation): Promise<void> {
  // By keys alone: the next chart, then large.
  await page.locator('article[data-context="system.cpu"] .chart-plot').focus()
  await page.keyboard.press('j')
  const next = await page.evaluate(() => document.activeElement?.closest('[data-context]')?.getAttribute('data-context'))
  expect(next).not.toBe('system.cpu')
  await page.keyboard.press('k')
  await page.keyboard.press('e')
  const large = page.locator('[data-expanded="system.cpu"]')
  await large.waitFor()
  expect(kept(page)).toContain('open=system.cpu')
  await page.goBack()
  await large.waitFor({ state: 'detached' })

  // By mouse, one node alone, so that its one call is the whole chart.
  await cardOf(page, 'system.cpu')
    .getByRole('button', { name: /^Expand/u })
    .click()
  await large.waitFor()
  await large.getByRole('button', { name: /^Nodes/u }).click()
  await page.getByRole('button', { name: /^Only/u }).first().click()
  await page.keyboard.press('Escape')
  await expect.poll(() => large.locator('.chart-volume').textContent(), { timeout: 30_000 }).toMatch(/of 1 node$/u)
  const now = large.locator('tr[data-series] td[data-cell="now"]').first()
  await expect.poll(() => now.textContent(), { timeout: 30_000 }).toMatch(/^\d/u)

  await large.getByRole('combobox', { name: /compare/iu }).selectOption('before')
  await large.getByRole('columnheader', { name: 'Difference' }).waitFor()

  expect(await faults(page, 'dialog[open]')).toEqual([])

  await large.getByRole('tab', { name: 'Values by time' }).click()
  expect(await faults(page, 'dialog[open]')).toEqual([])
  await large.getByRole('button', { name: /^Time/u }).click()
  await expect.poll(() => large.locator('th[aria-sort="ascending"]').textContent()).toMatch(/^Time/u)
  expect(kept(page)).toContain('panel=rows')

  await checkCsv(page, large)
  await checkImage(page, large)
  await checkCall(large, cloud)
  await page.keyboard.press('Escape')
  await large.waitFor({ state: 'detached' })
  expect(kept(page)).not.toContain('open=')
}

async function save(page: Page, large: Locator, name: string): Promise<{ readonly bytes: Buffer; readonly name: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), large.getByRole('button', { name }).click()])
  return { bytes: await readFile(await file.path()), name: file.suggestedFilename() }
}

async function checkCsv(page: Page, large: Locator): Promise<void> {
  const { bytes, name } = await save(page, large, 'CSV')
  expect(name).toMatch(/^system\.cpu_[\dT:Z+-]+\.csv$/u)
  const lines = bytes.toString('utf8').split('\r\n')
  expect(lines.pop()).toBe('')
  const [head = '', ...rows] = lines
  expect(head).toMatch(/^time,epoch_s,/u)
  expect(head).toContain('user (percentage)')
  expect(rows.length).toBeGreaterThan(3)
  for (const row of rows) {
    const [time = '', epoch = '', ...values] = row.split(',')
    expect(Date.parse(time)).toBe(Number(epoch) * 1000)
    expect(values).toHaveLength(head.split(',').length - 2)
    expect(values.every((value) => value === '' || Number.isFinite(Number(value)))).toBe(true)
  }
}

async function checkImage(page: Page, large: Locator): Promise<void> {
  const { bytes, name } = await save(page, large, 'PNG')
  expect(name).toMatch(/\.png$/u)
  expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a')
  expect({ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }).toEqual({ width: 2400, height: 1260 })
  // More than one flat colour: something is drawn.
  expect(bytes.length).toBeGreaterThan(10_000)
}

interface DataAnswer {
  readonly dimension_names: readonly string[]
  readonly result: { readonly data: readonly (readonly (number | null)[])[] }
}

/** The command as it stands there, given to a real shell with a real token. */
async function checkCall(large: Locator, cloud: Installation): Promise<void> {
  await large.getByRole('tab', { name: 'API call' }).click()
  const command = await large.getByRole('group', { name: 'Command' }).first().locator('code').textContent()
  expect(command).toContain(`'${cloud.url}/api/throughline/v1/spaces/`)
  const { out } = await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)
  const { token } = JSON.parse(out) as { token: string }
  const { stdout } = await run('/bin/sh', ['-c', command ?? ''], {
    env: { PATH: process.env['PATH'], TOKEN: token, CURL_CA_BUNDLE: join(cloud.dataFolder, 'tls', 'ca.pem') },
  })
  const answer = JSON.parse(stdout) as DataAnswer
  expect(answer.dimension_names).toContain('user')
  expect(answer.result.data.length).toBeGreaterThan(3)
}

it('[CX25] on a phone the controls of a chart stand behind one button, and nothing scrolls sideways', { timeout: 300_000 }, async () => {
  const netdata = await startNetdata()
  const cloud = await startTwoNodes(netdata)
  const browser = await openBrowser({ width: 390, height: 844, colorScheme: 'light' })
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    const card = await openMetrics(page, cloud)
    const isWithin = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
    expect(await isWithin()).toBe(true)
    await expect.poll(() => card.getByRole('button', { name: /^Group by/u }).isVisible()).toBe(false)

    await card.getByRole('button', { name: 'Adjust' }).click()
    const list = page.getByRole('dialog', { name: 'Adjust' })
    await list.getByRole('checkbox', { name: 'Node', exact: true }).click()
    await list.getByRole('radio', { name: 'Lines' }).click()
    await list
      .getByText(/^Dimensions/u)
      .first()
      .click()
    await list.getByRole('button', { name: 'Only user' }).click()
    await list.getByRole('button', { name: 'Done' }).click()
    await expect.poll(async () => (await seriesOf(card)).length, { timeout: 20_000 }).toBe(2)
    expect(await isWithin()).toBe(true)

    await card.getByRole('button', { name: /^Expand/u }).click()
    const large = page.locator('[data-expanded="system.cpu"]')
    await large.getByRole('tab', { name: 'API call' }).click()
    await large.getByRole('group', { name: 'Command' }).first().waitFor()
    expect(await isWithin()).toBe(true)
    await page.getByRole('button', { name: 'Close' }).click()
    await large.waitFor({ state: 'detached' })

    // The strip of sections follows, and leads.
    await page
      .getByRole('navigation', { name: 'Sections' })
      .getByRole('link', { name: /^Memory/u })
      .click()
    await expect.poll(() => page.locator('.section-menu [aria-current="true"]').textContent(), { timeout: 20_000 }).toMatch(/^Memory/u)
    expect(await isWithin()).toBe(true)
  } finally {
    await browser.close()
    await netdata.stop()
  }
})
