import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import type { SimulatedHost } from '../doubles/agents/simulated/host.ts'

const cardOf = (page: Page, contextId: string): Locator => page.locator(`article[data-context="${contextId}"]`).first()
const button = (card: Locator, name: RegExp) => card.getByRole('button', { name })
const words = (card: Locator, name: RegExp) => button(card, name).textContent()
const volume = (card: Locator) => card.locator('.chart-volume').textContent()
const kept = (page: Page): string => decodeURIComponent(new URL(page.url()).hash)

/** What the legend says: the time, and the value of each series. */
const legendOf = (card: Locator) =>
  card.locator('.chart-legend').evaluate((legend) => ({
    timeS: Number(legend.dataset['time']),
    values: Object.fromEntries(
      [...legend.querySelectorAll<HTMLElement>('[data-dimension]')].map(({ dataset }) => [
        dataset['dimension'] ?? '',
        Number(dataset['value']),
      ]),
    ),
  }))

/** The sum of a dimension over hosts and the instances with these ids, as the hosts themselves have it. */
function sumOf(
  hosts: readonly SimulatedHost[],
  contextId: string,
  chartIds: readonly string[],
  dimensionId: string,
  timeS: number,
): number {
  let sum = 0
  for (const host of hosts) {
    const context = host.contexts.find(({ id }) => id === contextId)
    for (const instance of context?.instances ?? [])
      if (context !== undefined && chartIds.includes(instance.chartId)) sum += host.value(context, instance, dimensionId, timeS)
  }
  return sum
}

/** Presses Tab until what has the focus has this name; fails when it comes round without. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      return element?.getAttribute('aria-label') ?? element?.closest('label')?.textContent ?? element?.textContent ?? ''
    })
    if (name.test(focused)) return
    seen.push(focused.slice(0, 40))
  }
  expect.fail(`${String(name)} is not reached by Tab: ${seen.join(' | ')}`)
}

/** Finds a chart as a person does with the keys: slash, a word, and down to the chart. */
async function findByKey(page: Page, contextId: string): Promise<Locator> {
  await page.keyboard.press('/')
  await page.keyboard.press('Control+a')
  await page.keyboard.type(contextId)
  const card = cardOf(page, contextId)
  await expect.poll(() => card.getAttribute('data-drawn'), { timeout: 30_000 }).toBe('true')
  return card
}

it(
  '[JB2] every choice of a chart and every control of the large one, by mouse and by keys alone, shows exactly what was chosen',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      const agents = await connectAgents(cloud, { 'web-1': {}, 'db-1': {} })
      const hosts = agents.map(({ hosts: [own] }) => own as SimulatedHost)
      const sums = async (card: Locator, contextId: string, chartIds: readonly string[]) => {
        const { timeS, values } = await legendOf(card)
        return Object.entries(values).map(([id, value]) => Math.abs(value - sumOf(hosts, contextId, chartIds, id, timeS)) < 1e-3)
      }
      await page.goto(`${cloud.url}/metrics`)
      await expect.poll(() => volume(cardOf(page, 'system.cpu')), { timeout: 60_000 }).toBe('8 metrics of 2 nodes')

      // By mouse: instances of a context, then a label.
      await page.getByRole('searchbox', { name: 'Search charts' }).fill('disk.io')
      const disks = cardOf(page, 'disk.io')
      await expect.poll(() => volume(disks), { timeout: 30_000 }).toBe('12 metrics of 2 nodes')
      await button(disks, /^Disks/u).click()
      await page.getByRole('checkbox', { name: /^sda/u }).click()
      await page.keyboard.press('Escape')
      await expect.poll(() => words(disks, /^Disks/u)).toBe('2 of 3 disks')
      await expect.poll(() => volume(disks)).toBe('8 metrics of 2 nodes')
      await expect.poll(() => sums(disks, 'disk.io', ['disk.sdb', 'disk.nvme0n1']), { timeout: 20_000 }).toEqual([true, true])
      await page.getByRole('searchbox', { name: 'Search charts' }).fill('net.net')
      const nets = cardOf(page, 'net.net')
      await button(nets, /^Labels/u).click()
      await page.getByRole('button', { name: 'Only eth1' }).click()
      await page.getByRole('checkbox', { name: /^docker0/u }).click()
      await page.keyboard.press('Escape')
      await expect.poll(() => words(nets, /^Labels/u)).toBe('eth1, docker0')
      await expect.poll(() => volume(nets)).toBe('8 metrics of 2 nodes')
      await expect.poll(() => sums(nets, 'net.net', ['net.eth1', 'net.docker0']), { timeout: 20_000 }).toEqual([true, true])
      expect(kept(page)).toContain('card=net.net~in.interface=eth1,interface=docker0')

      // By keys: another context's instances, then its label alone.
      const cores = await findByKey(page, 'cpu.cpu')
      await tabTo(page, /^Cores: 8 cores/u)
      await page.keyboard.press('Enter')
      // The first box has the focus.
      await page.keyboard.press('Space')
      await page.keyboard.press('Escape')
      await expect.poll(() => words(cores, /^Cores/u)).toBe('7 of 8 cores')
      await expect.poll(() => volume(cores)).toBe('28 metrics of 2 nodes')
      await page.keyboard.press('Enter')
      await tabTo(page, /^All$/u)
      await page.keyboard.press('Enter')
      await page.keyboard.press('Escape')
      await expect.poll(() => words(cores, /^Cores/u)).toBe('8 cores')
      await tabTo(page, /^Labels/u)
      await page.keyboard.press('Enter')
      await tabTo(page, /^Only cpu3/u)
      await page.keyboard.press('Enter')
      await page.keyboard.press('Escape')
      await expect.poll(() => words(cores, /^Labels/u)).toBe('cpu3')
      await expect.poll(() => volume(cores)).toBe('4 metrics of 2 nodes')

      // Dimensions, chart type, and back.
      await page.keyboard.press('Shift+Tab')
      await page.keyboard.press('Enter')
      await tabTo(page, /^Only system/u)
      await page.keyboard.press('Enter')
      await page.keyboard.press('Escape')
      await expect.poll(() => words(cores, /^Dimensions/u)).toBe('system')
      await tabTo(page, /^Chart type: stacked/u)
      await page.keyboard.press('Enter')
      // The chosen one has the focus: one up is the one above it.
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Escape')
      await expect.poll(() => words(cores, /^Chart type/u)).toBe('areas')
      expect(kept(page)).toContain('card=cpu.cpu~at.system~in.cpu=cpu3~is.area')
      await tabTo(page, /^ ?Reset$/u)
      await page.keyboard.press('Enter')
      await expect.poll(() => volume(cores)).toBe('32 metrics of 2 nodes')

      await choosesNodesByKey(page, cores)
      await largeByKey(page)
    } finally {
      await browser.close()
    }
  },
)

/** The page's own chooser and its filter. */
async function choosesNodesByKey(page: Page, card: Locator): Promise<void> {
  const chooser = page.getByRole('group', { name: 'Nodes of these charts' })
  await chooser.getByRole('button', { name: /^Nodes/u }).focus()
  await page.keyboard.press('Enter')
  await tabTo(page, /^Only web-1/u)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect.poll(() => words(chooser, /^Nodes/u)).toBe('web-1')
  await expect.poll(() => volume(card), { timeout: 30_000 }).toBe('16 metrics of 1 node')
  await expect.poll(() => new URL(page.url()).searchParams.get('nodes')).toMatch(/^[\w-]{36}$/u)
  await page.keyboard.press('Enter')
  await tabTo(page, /^All$/u)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect.poll(() => volume(card), { timeout: 30_000 }).toBe('32 metrics of 2 nodes')
  await tabTo(page, /^Filter nodes/u)
  await page.keyboard.press('Enter')
  await tabTo(page, /^live/iu)
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  await expect.poll(() => words(chooser, /^Filter nodes/u)).toBe('1 filter')
  await expect.poll(() => new URL(page.url()).searchParams.get('state')).toBe('live')
  await expect.poll(() => volume(card), { timeout: 30_000 }).toBe('32 metrics of 2 nodes')
}

/** The large chart: every control is reached by Tab and works. */
async function largeByKey(page: Page): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const card = await findByKey(page, 'system.io')
  await card.locator('.chart-plot').focus()
  await page.keyboard.press('e')
  const large = page.locator('[data-expanded="system.io"]')
  await expect.poll(() => large.locator('td[data-cell="now"]').first().textContent(), { timeout: 30_000 }).toMatch(/\d/u)

  await tabTo(page, /^Compare with/u)
  await page.keyboard.press('ArrowDown')
  await large.getByRole('columnheader', { name: 'Difference' }).waitFor()
  await expect.poll(() => large.locator('td[data-cell="before"]').first().textContent(), { timeout: 30_000 }).toMatch(/\d/u)
  const save = async (name: RegExp) => {
    await tabTo(page, name)
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
  }
  const csv = await save(/CSV$/u)
  expect(csv.name).toMatch(/^system\.io_.+\.csv$/u)
  expect(csv.bytes.toString('utf8').split('\r\n').length).toBeGreaterThan(20)
  const image = await save(/PNG$/u)
  expect([image.bytes.readUInt32BE(16), image.bytes.readUInt32BE(20)]).toEqual([2400, 1260])

  await tabTo(page, /^Group by/u)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  await expect.poll(() => large.locator('[data-dimension]').count(), { timeout: 20_000 }).toBe(4)
  await tabTo(page, /^Values$/u)
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => large.getByRole('tab', { name: 'Values by time' }).getAttribute('aria-selected')).toBe('true')
  await tabTo(page, /^Copy all rows/u)
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^time\t.+\n\d{4}-/u)
  await tabTo(page, /^Time/u)
  await page.keyboard.press('Enter')
  await expect.poll(() => large.locator('th[aria-sort="ascending"]').textContent()).toMatch(/^Time/u)
  // The tab that is open is the one stop of the row of tabs.
  await large.getByRole('tab', { name: 'Values by time' }).focus()
  await page.keyboard.press('End')
  await large.getByRole('group', { name: 'Command' }).first().waitFor()
  expect(kept(page)).toContain('panel=call')
  await tabTo(page, /^Copy as curl/u)
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl /u)
  await page.keyboard.press('Escape')
  await large.waitFor({ state: 'detached' })
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('[data-context]')?.getAttribute('data-context')))
    .toBe('system.io')
}
