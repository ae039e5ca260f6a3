import type { BrowserContext, CDPSession, Page } from 'playwright-core'

/** What Chromium's processes used, seconds of CPU since they started. */
export interface ChromiumCpu {
  readonly rendererS: number
  /** Rasterising in software is done here. */
  readonly gpuS: number
}

interface ProcessInfo {
  readonly type: string
  readonly cpuTime: number
}

/** A page under measurement, over the developer protocol. */
export interface MeasuredPage {
  cpu(): Promise<ChromiumCpu>
  /** Bytes of the JavaScript heap once everything unreachable is gone. */
  settledHeapBytes(): Promise<number>
  /** Bytes of script that came since the measurement began, as compressed; without the heads of the answers. */
  scriptBytes(): number
  detach(): Promise<void>
}

/** Attaches to a page; counts its scripts from now on. */
export async function measurePage(context: BrowserContext, page: Page): Promise<MeasuredPage> {
  const session = await context.newCDPSession(page)
  const browser = await (context.browser() ?? undefined)?.newBrowserCDPSession()
  const wire = await countScripts(session)
  return {
    async cpu() {
      const owner = browser ?? session
      const { processInfo } = (await owner.send('SystemInfo.getProcessInfo')) as { processInfo: readonly ProcessInfo[] }
      const of = (type: string) => processInfo.filter((entry) => entry.type === type).reduce((sum, { cpuTime }) => sum + cpuTime, 0)
      return { rendererS: of('renderer'), gpuS: of('GPU') }
    },
    async settledHeapBytes() {
      for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage')
      const { usedSize } = await session.send('Runtime.getHeapUsage')
      return usedSize
    },
    scriptBytes: wire,
    detach: () => session.detach(),
  }
}

async function countScripts(session: CDPSession): Promise<() => number> {
  const headBytes = new Map<string, number>()
  let bytes = 0
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') headBytes.set(requestId, response.encodedDataLength)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const head = headBytes.get(requestId)
    if (head !== undefined) bytes += encodedDataLength - head
  })
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  return () => bytes
}

/** Counts tasks that kept the page from answering for more than 50 ms. */
export async function watchLongTasks(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const found: number[] = []
    Object.assign(window, { longTasks: found })
    new PerformanceObserver((list) => found.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })
  })
  return () => page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
}

/** Milliseconds between the frames while the page scrolls down so many pixels a frame, until it has passed `distancePx`. */
export async function scrollFrames(page: Page, stepPx: number, distancePx: number): Promise<readonly number[]> {
  // The loader that runs these sources names inner functions through a helper that the page does not have.
  await page.evaluate('globalThis.__name ??= (named) => named')
  return page.evaluate(
    ({ step, distance }) =>
      new Promise<number[]>((resolve) => {
        const intervals: number[] = []
        const startPx = window.scrollY
        let lastMs = performance.now()
        const frame = (nowMs: number) => {
          intervals.push(nowMs - lastMs)
          lastMs = nowMs
          const before = window.scrollY
          window.scrollBy({ top: step, behavior: 'instant' })
          if (window.scrollY - startPx >= distance || (window.scrollY === before && intervals.length > 30)) resolve(intervals.slice(2))
          else requestAnimationFrame(frame)
        }
        requestAnimationFrame(frame)
      }),
    { step: stepPx, distance: distancePx },
  )
}
