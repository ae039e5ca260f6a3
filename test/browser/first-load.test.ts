import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'

const scriptBytesMax = 200_000

it(
  '[EV43] the first load of a node page fetches at most 200 kB of script as it goes over the wire, and nothing from elsewhere',
  { timeout: 180_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    try {
      const { page, context } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/nodes`)
      const href = (await page.locator('a[href*="/nodes/"]').first().getAttribute('href')) ?? ''

      // A visit as the first one: another tab with an empty cache. The worker's own fetches come after the page and are not its load.
      const visit = await context.newPage()
      const session = await context.newCDPSession(visit)
      await session.send('Network.enable')
      await session.send('Network.setCacheDisabled', { cacheDisabled: true })
      const sizes = new Map<string, { url: string; type: string; headBytes: number; bytes: number }>()
      session.on(
        'Network.responseReceived',
        ({ requestId, response, type }) =>
          void sizes.set(requestId, { url: response.url, type, headBytes: response.encodedDataLength, bytes: 0 }),
      )
      session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        const entry = sizes.get(requestId)
        if (entry !== undefined) entry.bytes = encodedDataLength - entry.headBytes
      })
      await visit.goto(`${cloud.url}${href}`)
      await visit.waitForFunction(() =>
        [...document.querySelectorAll('[data-context]')].some((card) => Number(card.getAttribute('data-last-time') ?? 0) > 0),
      )
      const loaded = [...sizes.values()]
      const scripts = loaded.filter(({ type }) => type === 'Script')
      expect(scripts.length).toBeGreaterThan(1)
      expect(scripts.every(({ bytes }) => bytes > 0)).toBe(true)
      const total = scripts.reduce((sum, { bytes }) => sum + bytes, 0)
      expect({ isSmall: total <= scriptBytesMax, total, scripts: total <= scriptBytesMax ? [] : scripts }).toEqual({
        isSmall: true,
        total,
        scripts: [],
      })
      expect(loaded.filter(({ url }) => !url.startsWith(cloud.url) && !url.startsWith('data:') && !url.startsWith('blob:'))).toEqual([])
    } finally {
      await browser.close()
    }
  },
)
