// The page in Chromium, measured: run by `npm run bench`, prints its rows as JSON. It judges nothing.

import { connectLive } from '../../doubles/agents/simulated/crowd.ts'
import { hostContextsOf } from '../../doubles/agents/simulated/host.ts'
import { openBrowser, signIn } from '../../doubles/people/page.ts'
import { median, sleep } from '../../bench/clients.ts'
import { startProduct } from '../../bench/load.ts'
import type { Row } from '../../bench/table.ts'
import { measurePage, scrollFrames, watchLongTasks } from './page-load.ts'

const contexts = 120
const steadyS = 30
const memoryMinutes = Number(process.argv[2] ?? 10)
const rows: Row[] = []
const tell = (line: string) => void process.stderr.write(`${line}\n`)

const product = await startProduct()
const { agent } = await connectLive(product.cloud, await product.claim('bench-host'), { contexts: hostContextsOf(contexts) })
await agent.settled()
const signInLink = () => product.server.ask({ ask: 'sign-in-link' }) as Promise<string>

const drawn = '[data-context][data-drawn="true"]'
const nodePath = `/nodes/${agent.nodeId}`

// ---- opening a node ----
tell('Opening a node …')
{
  const browser = await openBrowser()
  const { page, context } = browser
  await signIn(page, await signInLink())
  const measured = await measurePage(context, page)
  const opened: number[] = []
  let scriptBytes = 0
  for (let round = 0; round < 5; round++) {
    await page.goto(`${product.cloud.url}${nodePath}`, { waitUntil: 'commit' })
    await page.waitForSelector(drawn)
    // Milliseconds from the beginning of the navigation to the first chart with a point of the agent.
    opened.push(await page.evaluate(() => performance.now()))
    // Later rounds also hold what the page looks up about newer versions of itself.
    if (round === 0) scriptBytes = measured.scriptBytes()
  }
  rows.push(
    {
      what: 'page: first live point after opening a node by its address',
      unit: 'ms',
      ours: median(opened),
      target: { of: 'ours', atMost: 1_000 },
    },
    { what: 'page: script of a first load of a node, gzipped', unit: 'KB', ours: scriptBytes / 1_000, target: { of: 'ours', atMost: 200 } },
  )
  const walked: number[] = []
  for (let round = 0; round < 5; round++) {
    await page.goto(`${product.cloud.url}/nodes`)
    const link = page.locator(`a[href$="${nodePath}"]`).first()
    await link.waitFor()
    const startedMs = performance.now()
    await link.click()
    await page.waitForSelector(drawn)
    walked.push(performance.now() - startedMs)
  }
  rows.push({
    what: 'page: first live point after a click on a node',
    unit: 'ms',
    ours: median(walked),
    target: { of: 'ours', atMost: 1_000 },
  })
  await browser.close()
}

// ---- thirty charts, once a second ----
tell('Thirty charts at 1 Hz …')
{
  const browser = await openBrowser({ width: 1_440, height: 6_400 })
  const { page, context } = browser
  await signIn(page, await signInLink())
  await page.goto(`${product.cloud.url}${nodePath}`)
  await page.waitForFunction((selector) => document.querySelectorAll(selector).length >= 30, drawn)
  const measured = await measurePage(context, page)
  await sleep(10_000)
  const charts = await page.locator(drawn).count()
  const longTasks = await watchLongTasks(page)
  const before = await measured.cpu()
  const startedMs = performance.now()
  await sleep(steadyS * 1_000)
  const seconds = (performance.now() - startedMs) / 1_000
  const after = await measured.cpu()
  const perChart = 30 / charts
  const share = (used: number) => (100 * used * perChart) / seconds
  const long = await longTasks()
  rows.push(
    {
      what: `page: CPU of 30 charts at 1 Hz (${charts} measured), page process`,
      unit: '% of a core',
      ours: share(after.rendererS - before.rendererS),
      target: { of: 'ours', atMost: 15 },
    },
    { what: 'of it beside, painting in software', unit: '% of a core', ours: share(after.gpuS - before.gpuS) },
    { what: `page: tasks over 50 ms in ${steadyS} s of it`, unit: '', ours: long.length, target: { of: 'ours', atMost: 0 } },
  )
  await browser.close()
}

// ---- a hundred charts, scrolled ----
tell('A hundred charts, scrolled …')
{
  const browser = await openBrowser({ width: 1_440, height: 900 })
  const { page } = browser
  await signIn(page, await signInLink())
  await page.goto('about:blank')
  await page.evaluate(() => {
    const tall = document.createElement('div')
    tall.style.height = '12000px'
    document.body.append(tall)
  })
  const bare = await scrollFrames(page, 40, 10_000)
  await page.goto(`${product.cloud.url}${nodePath}`)
  await page.waitForSelector(drawn)
  await sleep(3_000)
  const ours = await scrollFrames(page, 40, 10_000)
  const rate = (intervals: readonly number[]) => (1_000 * intervals.length) / intervals.reduce((sum, ms) => sum + ms, 0)
  const late = (intervals: readonly number[]) => (100 * intervals.filter((ms) => ms > 34).length) / intervals.length
  rows.push(
    {
      what: 'page: frames a second while 100 charts scroll by; beside: an empty page',
      unit: '/s',
      ours: rate(ours),
      bare: rate(bare),
    },
    { what: 'page: of these frames, later than two periods', unit: '%', ours: late(ours), bare: late(bare) },
  )
  await browser.close()
}

// ---- ten minutes of live ----
tell(`${memoryMinutes} minutes of live …`)
{
  const browser = await openBrowser()
  const { page, context } = browser
  await signIn(page, await signInLink())
  await page.goto(`${product.cloud.url}${nodePath}`)
  await page.waitForSelector(drawn)
  const measured = await measurePage(context, page)
  // The window of five minutes and what is kept beside it fill first.
  await sleep(60_000)
  const first = await measured.settledHeapBytes()
  await sleep(memoryMinutes * 60_000)
  const last = await measured.settledHeapBytes()
  rows.push({
    what: `page: heap after ${memoryMinutes} minutes of live, over the first`,
    unit: 'MiB',
    ours: last / 1024 ** 2,
    bare: first / 1024 ** 2,
    target: { of: 'ratio', atMost: 1.1 },
  })
  await browser.close()
}

agent.close()
await product.server.stop()
process.stdout.write(`${JSON.stringify(rows)}\n`)
process.exit(0)
