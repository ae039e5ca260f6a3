import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../doubles/installation.ts'
import { startNetdata, type NetdataServer } from '../doubles/agents/netdata-server.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

// What charts show of two nodes, computed once more here from what the two real agents answer themselves.

interface Answer {
  readonly chart_ids: readonly string[]
  readonly dimension_names: readonly string[]
  readonly result: { readonly data: readonly (readonly (number | null)[])[] }
}
type Aggregation = 'average' | 'sum' | 'min' | 'max'
interface Way {
  readonly by: readonly ('dimension' | 'instance' | 'node')[]
  readonly as: Aggregation
}

const ways: readonly Way[] = [
  { by: ['dimension'], as: 'sum' },
  { by: ['dimension'], as: 'average' },
  { by: ['dimension'], as: 'min' },
  { by: ['dimension'], as: 'max' },
  { by: ['instance'], as: 'sum' },
  { by: ['node'], as: 'average' },
  { by: ['node', 'dimension'], as: 'max' },
]
const contextsCompared = 20

async function startAgent(cloud: Installation, netdata: NetdataServer): Promise<void> {
  const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
  const { out } = await runThroughline(['claim-token', '--json'], cloud.env)
  const { token } = JSON.parse(out) as { token: string }
  const source = ['--source', 'netdata', '--netdata-url', netdata.url]
  const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
  expect(
    await runThroughline(['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', ca, ...source], env),
  ).toMatchObject({ status: 0 })
  await startThroughline(['agent', ...source], env).says(/online/i)
}

const json = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T

/** Contexts of both agents that have values now, those every host has first. */
async function comparable(netdatas: readonly NetdataServer[]): Promise<readonly string[]> {
  const first = [
    'system.cpu',
    'system.ram',
    'system.load',
    'system.processes',
    'disk.io',
    'disk.space',
    'system.net',
    'net.net',
    'system.io',
  ]
  const lists = await Promise.all(
    netdatas.map(async ({ url }) => {
      const { contexts } = await json<{ contexts: Record<string, { collected?: boolean }> }>(`${url}/api/v1/contexts`)
      return new Set(Object.keys(contexts).filter((id) => !id.startsWith('netdata.')))
    }),
  )
  const common = [...(lists[0] ?? [])].filter((id) => lists.every((list) => list.has(id)))
  return [...first.filter((id) => common.includes(id)), ...common.filter((id) => !first.includes(id)).sort()]
}

/** What the agents answer for one second, grouped and joined by the book; undefined when one of them has no row for it. */
async function computed(netdatas: ReadonlyMap<string, NetdataServer>, contextId: string, { by, as }: Way, timeS: number) {
  const groups = new Map<string, number[]>()
  for (const [nodeId, { url }] of netdatas) {
    // Rows as they were collected: an agent fills a finer grid with values in between.
    const query = `context=${contextId}&after=${timeS - 9}&before=${timeS}&points=10&group=average&format=json&options=jsonwrap,unaligned,natural-points`
    const { chart_ids: charts, dimension_names: names, result } = await json<Answer>(`${url}/api/v1/data?${query}`)
    const row = result.data.find(([time]) => time === timeS)
    if (row === undefined) return undefined
    for (const [index, value] of row.slice(1).entries()) {
      if (value === null) continue
      const parts = { dimension: names[index] ?? '', node: nodeId, instance: `${charts[index]}${by.includes('node') ? '' : `@${nodeId}`}` }
      const key = by.map((part) => parts[part]).join(',')
      groups.set(key, [...(groups.get(key) ?? []), value])
    }
  }
  const join = (values: readonly number[]) => {
    const sum = values.reduce((total, value) => total + value, 0)
    return { sum, average: sum / values.length, min: Math.min(...values), max: Math.max(...values) }[as]
  }
  return Object.fromEntries([...groups].map(([key, values]) => [key, rounded(join(values))]))
}

/** Agents print seven significant digits; the order of additions moves what lies far behind them. */
function rounded(value: number): number {
  return Number(value.toPrecision(9))
}

/** What a chart shows in its newest rows: so many of them, by time. */
async function shown(page: Page, contextId: string, rows: number): Promise<ReadonlyMap<number, Record<string, number>>> {
  // Only charts near the screen exist: it is found as a person finds it.
  await page.getByRole('searchbox', { name: 'Search charts' }).fill(contextId)
  const card = page.locator(`[data-context="${contextId}"]`).first()
  // The list is made anew while it is searched: a card that went away meanwhile is looked for again.
  await expect
    .poll(
      () =>
        card.scrollIntoViewIfNeeded({ timeout: 5_000 }).then(
          () => true,
          () => false,
        ),
      { timeout: 60_000 },
    )
    .toBe(true)
  const seen = new Map<number, Record<string, number>>()
  const look = async () => {
    const { timeS, values } = await card.evaluate((element) => ({
      timeS: Number(element.querySelector('[data-time]')?.getAttribute('data-time') ?? 0),
      values: [...element.querySelectorAll('[data-dimension]')].map(
        (cell) => [cell.getAttribute('data-dimension') ?? '', cell.getAttribute('data-value') ?? ''] as const,
      ),
    }))
    const shownValues = values.filter(([, value]) => value !== '')
    if (timeS > 0 && shownValues.length > 0)
      seen.set(timeS, Object.fromEntries(shownValues.map(([id, value]) => [id, rounded(Number(value))])))
    return seen.size
  }
  await expect.poll(look, { timeout: 60_000, interval: 150, message: `rows of ${contextId}` }).toBeGreaterThan(rows)
  // The last one may still change.
  return new Map([...seen].slice(0, rows))
}

it(
  '[MX15] for 20 contexts of two nodes the values in the page equal those computed from the agents’ own answers',
  { timeout: 480_000 },
  async () => {
    const netdatas = [await startNetdata(), await startNetdata()]
    const browser = await openBrowser()
    try {
      const cloud = await startInstallation()
      for (const netdata of netdatas) await startAgent(cloud, netdata)
      const { page } = browser
      await signIn(page, cloud.signInLink)

      const guids = await Promise.all(netdatas.map(async ({ url }) => (await json<{ uid: string }>(`${url}/api/v1/info`)).uid))
      const nodes = await page.evaluate(async () => {
        const base = '/api/throughline/v1/nodes'
        const list = (await (await fetch(base)).json()) as { nodes: { nodeId: string }[] }
        const details = list.nodes.map(
          async ({ nodeId }) => (await (await fetch(`${base}/${nodeId}`)).json()) as { nodeId: string; machineGuid: string },
        )
        return Promise.all(details)
      })
      const byNode = new Map(
        nodes.flatMap(({ nodeId, machineGuid }) => {
          const netdata = netdatas[guids.indexOf(machineGuid)]
          return netdata === undefined ? [] : [[nodeId, netdata] as const]
        }),
      )
      expect(byNode.size).toBe(2)

      const contexts = (await comparable(netdatas)).slice(0, contextsCompared)
      expect(contexts).toHaveLength(contextsCompared)
      const wayOf = (index: number) => ways[index % ways.length] as Way
      const cards = contexts.map((id, index) => `card=${id}~by.${wayOf(index).by.join(',')}~as.${wayOf(index).as}`)
      await page.goto(`${cloud.url}/metrics#${cards.join('&')}`)

      const compared: { contextId: string; way: Way; timeS: number; inPage: object; atAgents: object | undefined }[] = []
      for (const [index, contextId] of contexts.entries()) {
        const way = wayOf(index)
        for (const [timeS, inPage] of await shown(page, contextId, 2)) {
          compared.push({ contextId, way, timeS, inPage, atAgents: await computed(byNode, contextId, way, timeS) })
        }
      }
      expect(new Set(compared.map(({ contextId }) => contextId)).size).toBe(contextsCompared)
      expect(compared.filter(({ inPage, atAgents }) => JSON.stringify(sorted(inPage)) !== JSON.stringify(sorted(atAgents ?? {})))).toEqual(
        [],
      )
    } finally {
      await browser.close()
      for (const netdata of netdatas) await netdata.stop()
    }
  },
)

const sorted = (values: object) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))
