import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { connectAgents } from '../doubles/agents/live-agents.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { hostContexts, type SimulatedHost } from '../doubles/agents/simulated/host.ts'

const bucketsUp = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '+Inf']

/** The colours of the cells under the crosshair, the lowest bucket first, as they stand on the canvas; each with those two pixels beside. */
const cellsAtCrosshair = (card: Locator) =>
  card.evaluate((element, count) => {
    const canvas = element.querySelector('canvas') as HTMLCanvasElement
    const line = (element.querySelector('.chart-line') as HTMLElement).getBoundingClientRect()
    const area = (element.querySelector('.chart-over') as HTMLElement).getBoundingClientRect()
    const box = canvas.getBoundingClientRect()
    const scale = canvas.width / box.width
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    return Array.from({ length: count }, (_, bucket) => {
      const y = area.bottom - ((bucket + 0.5) / count) * area.height
      return [-2, -1, 0, 1, 2].map((beside) => {
        const x = (line.left + 0.5 + beside - box.left) * scale
        const [red, green, blue] = context.getImageData(x, (y - box.top) * scale, 1, 1).data
        return `rgb(${red}, ${green}, ${blue})`
      })
    })
  }, bucketsUp.length)

/** Time, values and colours of the legend, the lowest bucket first. */
const legendOf = (card: Locator) =>
  card.locator('.chart-legend').evaluate((legend) => ({
    timeS: Number(legend.dataset['time']),
    rows: [...legend.querySelectorAll<HTMLElement>('[data-dimension]')].map((item) => ({
      bucket: item.querySelector('.legend-name')?.textContent ?? '',
      value: Number(item.dataset['value']),
      color: (item.querySelector('.legend-swatch') as HTMLElement).style.backgroundColor,
    })),
  }))

function sumsAt(hosts: readonly SimulatedHost[], timeS: number): readonly number[] {
  const context = hostContexts.find(({ id }) => id === 'web.latency')
  const [instance] = context?.instances ?? []
  if (context === undefined || instance === undefined) return []
  return bucketsUp.map((bucket) => hosts.reduce((sum, host) => sum + host.value(context, instance, bucket, timeS), 0))
}

/** Points at a place of the chart and compares words, colours and the hosts' own values. */
async function checksCrosshair(page: Page, chart: Locator, hosts: readonly SimulatedHost[], share: number): Promise<void> {
  const box = await chart.locator('.chart-over').boundingBox()
  if (box === null) expect.fail('no chart')
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 3)
  await expect.poll(() => chart.locator('.chart-legend.is-hovered').count()).toBe(1)
  // The past of one node may come before that of the other, and at half the resolution for a narrow chart.
  const faults = async () => {
    const { timeS, rows } = await legendOf(chart)
    const cells = await cellsAtCrosshair(chart)
    const [one, two] = [sumsAt(hosts, timeS), sumsAt(hosts, timeS - 1)]
    return rows.flatMap(({ bucket, value, color }, place) => {
      const exact = one[place] ?? 0
      const isTrue = [exact, (exact + (two[place] ?? 0)) / 2].some((sum) => Math.abs(value - sum) < 1e-3)
      // Line and cells stand on whole pixels: at the edge of a cell the line may stand beside it.
      const isDrawn = box.width <= 600 || cells[place]?.includes(color) === true
      if (bucket === bucketsUp[place] && isTrue && isDrawn) return []
      return [`${bucket} at ${timeS}: ${value} for ${exact}, ${color} among ${cells[place]?.join(' ') ?? 'no cells'}`]
    })
  }
  await expect.poll(faults, { timeout: 20_000, message: `cells at ${share}` }).toEqual([])
  expect(new Set((await cellsAtCrosshair(chart)).flat()).size).toBeGreaterThan(1)
}

it(
  '[JB3] a heat map draws cells whose colours and values the legend tells at the crosshair, and its image does too',
  { timeout: 180_000 },
  async () => {
    const cloud = await startInstallation()
    const browser = await openBrowser()
    try {
      const { page } = browser
      await signIn(page, cloud.signInLink)
      const agents = await connectAgents(cloud, { 'web-1': {}, 'web-2': {} })
      const hosts = agents.map(({ hosts: [own] }) => own as SimulatedHost)
      await page.goto(`${cloud.url}/metrics`)
      await page.getByRole('searchbox', { name: 'Search charts' }).fill('web.latency')
      const card = page.locator('article[data-context="web.latency"]').first()
      await expect.poll(() => card.locator('.chart-volume').textContent(), { timeout: 60_000 }).toBe('18 metrics of 2 nodes')
      for (const share of [0.2, 0.5, 0.81]) await checksCrosshair(page, card, hosts, share)

      // Large, with cells of many pixels: each place of a cell means that cell.
      await page.locator('[data-window="60"]').click()
      await card.getByRole('button', { name: /^Expand/u }).click()
      const large = page.locator('[data-expanded="web.latency"]')
      await expect.poll(() => large.getAttribute('data-drawn'), { timeout: 30_000 }).toBe('true')
      for (const share of [0.305, 0.31, 0.315, 0.32, 0.7]) await checksCrosshair(page, large, hosts, share)

      // As lines it is still the same chart; and a heat map again.
      await large.getByRole('button', { name: /^Chart type/u }).click()
      await page.getByRole('radio', { name: 'Lines' }).click()
      await page.keyboard.press('Escape')
      await expect.poll(() => large.locator('.chart-legend.is-heat').count()).toBe(0)
      await large.getByRole('button', { name: 'Reset' }).click()
      await expect.poll(() => large.locator('.chart-legend.is-heat').count()).toBe(1)

      const [file] = await Promise.all([page.waitForEvent('download'), large.getByRole('button', { name: 'PNG' }).click()])
      const colors = await colorsOf(page, await readFile(await file.path()))
      const heat = (await legendOf(large)).rows.map(({ color }) => color)
      expect(heat.every((color) => colors.cells.includes(color))).toBe(true)
      // Ten steps of the scale, and nothing between two cells: no seams.
      expect(colors.scale).toBe(10)
      expect(colors.cells.length).toBeLessThanOrEqual(11)
    } finally {
      await browser.close()
    }
  },
)

/** The colours that an image has along the middle of each bucket, and how many steps its scale has. */
function colorsOf(page: Page, png: Buffer): Promise<{ readonly cells: readonly string[]; readonly scale: number }> {
  return page.evaluate(
    async ({ base64, count }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
      context.drawImage(bitmap, 0, 0)
      const along = (fromX: number, toX: number, y: number) => {
        const { data } = context.getImageData(fromX, y, toX - fromX, 1)
        return Array.from({ length: toX - fromX }, (_, at) => `rgb(${data[at * 4]}, ${data[at * 4 + 1]}, ${data[at * 4 + 2]})`)
      }
      // The plane and the scale of `paint-image.ts`, at two pixels a point.
      const [top, bottom] = [84 * 2, (630 - 40 - 30) * 2]
      const cells = new Set<string>()
      for (let bucket = 0; bucket < count; bucket++)
        for (const color of along(80 * 2, 1160 * 2, Math.round(bottom - ((bucket + 0.5) / count) * (bottom - top)))) cells.add(color)
      return { cells: [...cells], scale: new Set(along((76 + 17) * 2, (76 + 15 + 260) * 2, (630 - 30 + 13) * 2)).size }
    },
    { base64: png.toString('base64'), count: bucketsUp.length },
  )
}
