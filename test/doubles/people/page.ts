import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { removeFolder } from '../temporary-folder.ts'

const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium with an empty profile; `close` ends it. Certificates of the test's own CA are accepted as a user would once. */
export async function openBrowser(
  options: { width?: number; height?: number; colorScheme?: 'dark' | 'light'; args?: readonly string[] } = {},
): Promise<{ page: Page; context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'throughline-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [...quietFlags, ...(options.args ?? [])],
    ignoreHTTPSErrors: true,
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'dark',
  })
  // Playwright's own half minute is met by a machine that does nothing else.
  context.setDefaultTimeout(60_000)
  const page = context.pages()[0] ?? (await context.newPage())
  return {
    page,
    context,
    async close() {
      await context.close()
      removeFolder(profile)
    },
  }
}

/** Follows a printed sign-in link and presses the button, as its reader does. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** An address of the page as seen from inside its space: without `/spaces/<id>`. */
export function insideSpace(address: string | URL): string {
  const inside = new URL(address).pathname.replace(/^\/spaces\/[0-9a-f-]{36}/u, '')
  return inside === '' ? '/' : inside
}

/** The space a page is in, from its address. */
export function spaceOf(page: Page): string {
  return /\/spaces\/([0-9a-f-]{36})/u.exec(page.url())?.[1] ?? ''
}
