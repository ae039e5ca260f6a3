import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { hostContexts, hostContextsOf, type SimulatedHost, type SimulatedInstance } from '../doubles/agents/simulated/host.ts'

const children = 20
const cardOf = (page: Page, contextId: string): Locator => page.locator(`article[data-context="${contextId}"]`).first()
const elements = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length)

/** Finds a chart by its name, as a person does. */
async function find(page: Page, contextId: string): Promise<Locator> {
  await page.getByRole('searchbox', { name: 'Search charts' }).fill(contextId)
  return cardOf(page, contextId)
}

/** The newest second that a chart tells, and its value by the name of the series. */
const toldBy = (card: Locator) =>
  card.locator('.chart-legend').evaluate((legend) => ({
    timeS: Number(legend.dataset['time']),
    values: [...legend.querySelectorAll<HTMLElement>('[data-dimension]')].map((item): [string, string] => [
      item.querySelector('.legend-name')?.textContent ?? '',
      item.dataset['value'] ?? '',
    ]),
  }))

type Expected = (hosts: readonly SimulatedHost[], timeS: number) => ReadonlyMap<string, number>

const contextOf = (contextId: string) => {
  const context = hostContexts.find(({ id }) => id === contextId)
  if (context === undefined) throw new Error(contextId)
  return context
}

/** What a chart must tell: values of every host, instance and dimension of a context, put together by a name. */
function joined(
  contextId: string,
  nameOf: (host: SimulatedHost, dimensionId: string, instance: SimulatedInstance) => string,
  isMean: boolean,
): Expected {
  const context = contextOf(contextId)
  return (hosts, timeS) => {
    const groups = new Map<string, number[]>()
    for (const host of hosts)
      for (const instance of context.instances)
        for (const { id } of context.dimensions) {
          const name = nameOf(host, id, instance)
          groups.set(name, [...(groups.get(name) ?? []), host.value(context, instance, id, timeS)])
        }
    return new Map(
      [...groups].map(([name, values]) => [name, values.reduce((sum, value) => sum + value, 0) / (isMean ? values.length : 1)]),
    )
  }
}

/** Three different seconds of a chart, each told as the hosts have it. */
async function tellsTheTruth(card: Locator, hosts: readonly SimulatedHost[], expected: Expected): Promise<void> {
  const right = new Set<number>()
  const look = async () => {
    const { timeS, values } = await toldBy(card)
    const sums = expected(hosts, timeS)
    const wrong = values.filter(([name, value]) => !(Math.abs(Number(value) - (sums.get(name) ?? Number.NaN)) < 1e-3) || value === '')
    if (wrong.length === 0 && values.length === sums.size) right.add(timeS)
    return right.size >= 3
      ? 'told'
      : `${values.length} of ${sums.size} series, wrong at ${timeS}: ${JSON.stringify([wrong.length, wrong.slice(0, 4), wrong.slice(0, 4).map(([name]) => sums.get(name))])}`
  }
  await expect.poll(look, { timeout: 30_000, interval: 200 }).toBe('told')
}

it(
  '[JB4] a crowd behind parents of every generation and 2,000 contexts: sums and means are those of the hosts, the page stays small and asks little',
  { timeout: 300_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const { page } = browser
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        // Chromium registers no worker where it does not trust the certificate.
        if (message.type() === 'error' && !message.text().includes('SSL certificate')) errors.push(message.text())
      })
      await signIn(page, cloud.signInLink)
      const agents = await connectAgents(cloud, {
        'parent-a': { generation: 'A', children },
        'parent-b': { generation: 'B', children },
        'parent-c': { generation: 'C', children },
        wide: { contexts: hostContextsOf(2_000) },
      })
      const hosts = agents.flatMap((agent) => agent.hosts)
      const size = 3 * (children + 1) + 1
      expect(hosts).toHaveLength(size)

      await page.goto(`${cloud.url}/metrics#card=system.processes~by.node&card=disk.util~by.label%3Adevice`)
      // Hosts whose agent cannot add are asked one by one; all of them are in the chart.
      const cpu = cardOf(page, 'system.cpu')
      await expect.poll(() => cpu.locator('.chart-volume').textContent(), { timeout: 60_000 }).toBe(`${4 * size} metrics of ${size} nodes`)
      await cpu.locator('.chart-note').waitFor({ state: 'detached' })
      const byNode = await find(page, 'system.processes')
      await expect.poll(() => byNode.locator('[data-dimension]').count(), { timeout: 30_000 }).toBe(size)
      await tellsTheTruth(
        byNode,
        hosts,
        joined('system.processes', ({ hostname }) => hostname, false),
      )
      await page.getByRole('searchbox', { name: 'Search charts' }).fill('')
      await tellsTheTruth(
        cpu,
        hosts,
        joined('system.cpu', (_, id) => id, true),
      )
      await tellsTheTruth(
        await find(page, 'system.io'),
        hosts,
        joined('system.io', (_, id) => id, false),
      )
      // By a label: agents of one generation are told it with each list of instances, those of the others add up by it themselves.
      await tellsTheTruth(
        await find(page, 'disk.util'),
        hosts,
        joined('disk.util', (_host, _id, { labels }) => labels['device'] ?? '', true),
      )

      await page.getByRole('searchbox', { name: 'Search charts' }).fill('')
      // 2,000 contexts: what is far away is not in the document, a search finds it, and it has values.
      expect(
        await page
          .locator('.section-menu-count')
          .evaluateAll((counts) => counts.reduce((sum, { textContent }) => sum + Number(textContent), 0)),
      ).toBe(2_000)
      expect(await elements(page)).toBeLessThan(5_000)
      await page.getByRole('searchbox', { name: 'Search charts' }).fill('metric 1234')
      const far = cardOf(page, hostContextsOf(2_000).find(({ title }) => title.endsWith('metric 1234'))?.id ?? '')
      await expect.poll(() => far.locator('[data-dimension]').first().getAttribute('data-value'), { timeout: 30_000 }).toMatch(/\d/u)
      await page.getByRole('searchbox', { name: 'Search charts' }).fill('')
      await page.evaluate(() => window.scrollTo({ top: document.body.scrollHeight, behavior: 'instant' }))
      const last = page.locator('article[data-context]').last()
      await expect.poll(() => last.locator('[data-dimension]').first().getAttribute('data-value'), { timeout: 30_000 }).toMatch(/\d/u)
      expect(await elements(page)).toBeLessThan(5_000)

      // In a quiet view each second brings one question for each host that is asked alone, and one for each chart an agent adds up.
      await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }))
      const timeOf = async () => (await toldBy(cpu)).timeS
      await tellsTheTruth(
        cpu,
        hosts,
        joined('system.cpu', (_, id) => id, true),
      )
      const [fromS, before] = [await timeOf(), agents.map(({ questions }) => questions())]
      await expect.poll(timeOf, { timeout: 60_000 }).toBeGreaterThanOrEqual(fromS + 10)
      const seconds = (await timeOf()) - fromS + 3
      const charts = (await page.locator('article[data-near]').count()) + (await page.locator('.vitals > *').count())
      const perSecond = agents.map(({ questions }, place) => (questions() - (before[place] ?? 0)) / seconds)
      expect(perSecond[0]).toBeLessThanOrEqual(2 * 16)
      for (const count of perSecond.slice(1)) expect(count).toBeLessThanOrEqual(charts)
      expect(errors).toEqual([])
    } finally {
      await browser.close()
    }
  },
)
