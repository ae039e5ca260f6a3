import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startProgram } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const project = new URL('../..', import.meta.url).pathname

/** The built product in a folder of its own, so that a test may put another version of the page in its place. */
function copyOfProduct(): string {
  const folder = join(temporaryFolder(), 'product')
  mkdirSync(folder)
  for (const part of ['dist', 'package.json']) cpSync(join(project, part), join(folder, part), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

it('[EV28] a page that stays open is told that a new version is ready, and shows it after one press', { timeout: 240_000 }, async () => {
  const first = await startInstallation()
  await first.end('SIGTERM')
  const folder = copyOfProduct()
  const start = async () => {
    const running = startProgram([join(folder, 'dist/src/main.js'), 'up'], first.env)
    await running.says(/^Throughline is up at/m)
    return running
  }
  await start()
  const link = (await runThroughline(['sign-in-link'], first.env)).out.trim()
  const browser = await openBrowser({ args: ['--ignore-certificate-errors'] })
  try {
    const { page } = browser
    await signIn(page, link)
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    const versionOf = () => page.evaluate(() => document.querySelector('meta[name="throughline-version"]')?.getAttribute('content'))
    const old = (await versionOf()) ?? ''
    expect(old).toMatch(/^[0-9a-f]{16}$/)

    const next = 'ffffffffffffffff'
    for (const name of ['index.html', 'sw.js']) {
      const path = join(folder, 'dist/browser-ui', name)
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(old, next))
    }
    // What being shown again does: the browser looks for another worker.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await page.getByText('A new version of this page is ready.').waitFor()
    expect(await versionOf()).toBe(old)
    await page.getByRole('button', { name: 'Reload' }).click()
    await expect.poll(() => versionOf().catch(() => ''), { timeout: 30_000 }).toBe(next)
    await expect
      .poll(() => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('throughline-shell-'))))
      .toContain(`throughline-shell-${next}`)
    // The new one has nothing to say about itself.
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expect.poll(() => page.getByText('A new version of this page is ready.').count()).toBe(0)
  } finally {
    await browser.close()
  }
})
