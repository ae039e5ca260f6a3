import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startInstallation } from '../doubles/installation.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const tiles = (page: Page) => page.locator('[data-tile]')
/** Names and places of all tiles, as a screen reader hears them. */
const places = (page: Page) => tiles(page).evaluateAll((all) => all.map((tile) => tile.getAttribute('aria-label') ?? ''))
const placeOf = async (page: Page, name: string) => (await places(page)).find((place) => place.startsWith(name))
const saved = (page: Page) => page.getByText('All changes saved').waitFor()
const spoken = (page: Page) => page.locator('[aria-live="assertive"]').innerText()
const tile = (page: Page, name: string) => tiles(page).filter({ has: page.locator('.tile-name', { hasText: name }) })

async function addChart(page: Page, search: string): Promise<void> {
  await page.getByRole('button', { name: 'Add chart' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('searchbox').fill(search)
  await dialog.getByRole('radio', { name: search }).first().check({ force: true })
  await dialog.locator('[data-drawn]').first().waitFor({ timeout: 60_000 })
  await dialog.getByRole('button', { name: 'Add chart' }).click()
}

async function writeText(page: Page, text: string): Promise<void> {
  await page.getByRole('dialog').getByRole('textbox', { name: 'Text' }).fill(text)
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
}

async function drag(page: Page, from: { x: number; y: number }, by: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x + by.x / 2, from.y + by.y / 2, { steps: 4 })
  await page.mouse.move(from.x + by.x, from.y + by.y, { steps: 4 })
}

async function boxOf(page: Page, name: string, part: string) {
  const box = await tile(page, name).locator(part).boundingBox()
  if (box === null) throw new Error(`${name} has no ${part}`)
  return { x: box.x + Math.min(60, box.width / 2), y: box.y + box.height / 2, width: box.width }
}

async function expectAccessible(page: Page): Promise<void> {
  // What a sticky bar covers by half while the page is scrolled is no small target.
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }))
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)).toEqual([])
}

it(
  '[BD41] [BD42] [BD43] [BD44] [BD45] [BD46] [BD47] [BD48] a board is made, arranged, shared with somebody who changes it too, carried off and brought back',
  { timeout: 240_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const browser = await openBrowser()
    try {
      const { page, context } = browser
      await signIn(page, cloud.signInLink)
      await page.goto(`${cloud.url}/boards`)
      await page.getByText('No board in this room yet').waitFor()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'New board' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Web servers')
      await page.getByRole('button', { name: 'Create board' }).click()
      await page.getByText('Nothing is on this board yet').waitFor()

      // Charts and a text.
      await addChart(page, 'system.cpu')
      await addChart(page, 'system.load')
      await page
        .getByRole('button', { name: /^Expand/ })
        .last()
        .click()
      await page.getByRole('dialog').getByRole('tab', { name: 'Values', exact: true }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Add text' }).click()
      await writeText(page, '## Who to call\n- **Ann**\n- [the book](https://example.org/book)\n<img src=x onerror=alert(1)>')
      await expect.poll(() => page.locator('[data-tile] [data-drawn]').count(), { timeout: 60_000 }).toBe(2)
      const link = page.getByRole('link', { name: 'the book' })
      expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual(['https://example.org/book', 'noopener noreferrer'])
      await expect.poll(() => page.locator('[data-tile] img').count()).toBe(0)
      await saved(page)
      await expect
        .poll(() => places(page))
        .toEqual([
          'system.cpu, column 1, row 1, 6 wide, 5 high',
          'system.load, column 7, row 1, 6 wide, 5 high',
          'Who to call, column 1, row 6, 4 wide, 3 high',
        ])
      await expectAccessible(page)

      // Every series named: the plot gives the legend its room.
      await tile(page, 'system.cpu').getByRole('button', { name: /more$/ }).click()
      await expect
        .poll(() => page.locator('.tile-body').evaluateAll((all) => all.map((body) => body.scrollHeight - body.clientHeight)))
        .toEqual([0, 0, 0])
      await tile(page, 'system.cpu').getByRole('button', { name: 'Show fewer' }).click()

      // By pointer: a drag that is taken back, one that holds, an edge.
      const head = await boxOf(page, 'system.cpu', '.tile-head')
      await drag(page, head, { x: 700, y: 0 })
      await expect.poll(() => placeOf(page, 'system.cpu')).toContain('column 7, row 1')
      await page.keyboard.press('Escape')
      await page.mouse.up()
      await expect.poll(() => placeOf(page, 'system.cpu')).toContain('column 1, row 1')
      await drag(page, head, { x: 700, y: 0 })
      await page.mouse.up()
      await expect.poll(() => placeOf(page, 'system.cpu')).toContain('column 7, row 1')
      await expect.poll(() => placeOf(page, 'system.load')).toContain('column 7, row 6')
      const corner = await boxOf(page, 'system.cpu', '.is-corner')
      await drag(page, corner, { x: -240, y: 70 })
      await page.mouse.up()
      await expect.poll(() => placeOf(page, 'system.cpu')).toBe('system.cpu, column 7, row 1, 4 wide, 6 high')

      // By keyboard.
      await tile(page, 'system.cpu').focus()
      await page.keyboard.press('ArrowLeft')
      expect(await spoken(page)).toBe('system.cpu: column 6, row 1, 4 wide, 6 high.')
      await page.keyboard.press('Shift+ArrowUp')
      expect(await spoken(page)).toBe('system.cpu: column 6, row 1, 4 wide, 5 high.')
      await page.keyboard.press('ArrowUp')
      expect(await spoken(page)).toBe('system.cpu cannot go further.')
      await page.keyboard.press('ArrowDown')
      expect(await spoken(page)).toContain('system.cpu: column 6, row 6')
      await saved(page)
      const arranged = await places(page)
      await page.reload()
      await tiles(page).first().waitFor()
      await expect.poll(() => places(page)).toEqual(arranged)

      // A tile is removed with the keyboard, and comes back where it was.
      await tile(page, 'system.cpu').focus()
      await page.keyboard.press('Delete')
      await expect.poll(() => tiles(page).count()).toBe(2)
      await page.locator('.toast', { hasText: 'is removed' }).getByRole('button', { name: 'Undo' }).click()
      await expect.poll(() => places(page)).toEqual(arranged)
      await tile(page, 'system.load').focus()
      await page.keyboard.press('Shift+ArrowDown')
      await page.keyboard.press('Control+z')
      await expect.poll(() => places(page)).toEqual(arranged)
      await saved(page)

      // Somebody else changes another tile: merged without a question.
      const other = await context.newPage()
      await other.goto(page.url())
      await tiles(other).first().waitFor()
      await tile(other, 'Who to call').getByRole('button', { name: /^Edit/ }).click()
      await writeText(other, '## Whom to call')
      await saved(other)
      await tile(page, 'system.load').focus()
      await page.keyboard.press('Shift+ArrowLeft')
      await page.getByRole('heading', { name: 'Whom to call' }).waitFor()
      await saved(page)
      await expect.poll(() => placeOf(page, 'system.load')).toContain('5 wide')

      // Both change the same tile: one sees both sides and decides.
      await other.reload()
      await tiles(other).first().waitFor()
      await tile(other, 'Whom to call').getByRole('button', { name: /^Edit/ }).click()
      await tile(page, 'Whom to call').getByRole('button', { name: /^Edit/ }).click()
      await writeText(other, '## Theirs')
      await saved(other)
      await writeText(page, '## Mine')
      const conflict = page.getByRole('alert', { name: 'Conflict' })
      await conflict.waitFor()
      expect(await conflict.innerText()).toMatch(
        /The same was changed here and by you in another window[\s\S]*Yours\s*## Mine[\s\S]*Theirs\s*## Theirs/,
      )
      await page.reload()
      await conflict.waitFor()
      await conflict.getByRole('radio', { name: /Theirs/ }).check()
      await conflict.getByRole('button', { name: 'Merge as chosen' }).click()
      await page.getByRole('heading', { name: 'Theirs' }).waitFor()
      await saved(page)

      // Who only looks is offered the newer version.
      await page.getByRole('button', { name: 'Done' }).click()
      await other.reload()
      await other.getByRole('textbox', { name: 'Name of the board' }).fill('Shop <b>')
      await other.keyboard.press('Enter')
      await saved(other)
      await page.getByRole('button', { name: 'Show the new version' }).click({ timeout: 30_000 })
      await page.getByRole('heading', { name: 'Shop <b>' }).waitFor()
      await other.close()
      await expectAccessible(page)

      // Off as a file, and back as another board.
      const folder = temporaryFolder()
      await page.getByRole('button', { name: 'More about this board' }).click()
      const download = page.waitForEvent('download')
      await page.getByRole('menuitem', { name: 'Export as JSON' }).click()
      const file = join(folder, (await download).suggestedFilename())
      expect(file.endsWith('/Shop b.board.json')).toBe(true)
      await (await download).saveAs(file)
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ type: 'throughline-board', board: { format: 1, name: 'Shop <b>' } })
      await page.getByRole('link', { name: 'All boards of this room' }).click()
      const importFile = async (path: string) => {
        const chooser = page.waitForEvent('filechooser')
        await page.getByRole('button', { name: 'Import' }).click()
        await (await chooser).setFiles(path)
      }
      const wrong = join(folder, 'wrong.json')
      writeFileSync(wrong, '{"panels":[]}')
      await importFile(wrong)
      await page.getByText('no board that was exported from Throughline').waitFor()
      writeFileSync(file, readFileSync(file, 'utf8').replace('"system.load"', '"nobody.has"'))
      await importFile(file)
      await page.waitForURL(/\/boards\/[0-9a-f-]{36}/)
      await page.getByRole('heading', { name: 'Theirs' }).waitFor()
      await page.getByText('No node collects nobody.has at the moment').waitFor()
      await page.getByText('No node of this room collects nobody.has').waitFor()
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await expect.poll(async () => (await places(page)).length).toBe(3)
      await page.getByRole('button', { name: 'Done' }).click()

      // The list.
      await page.getByRole('link', { name: 'All boards of this room' }).click()
      await expect.poll(() => page.getByRole('row', { name: /Shop <b>/ }).count()).toBe(2)
      const row = (name: string) => page.getByRole('row', { name: new RegExp(name) })
      await row('Shop')
        .first()
        .getByRole('button', { name: /Actions/ })
        .click()
      await page.getByRole('menuitem', { name: 'Rename' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Night shift')
      await page.getByRole('button', { name: 'Rename' }).click()
      await row('Night shift').waitFor()
      await row('Night shift')
        .getByRole('button', { name: /Actions/ })
        .click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await expect.poll(() => row('Night shift').count()).toBe(0)
      await page.locator('.toast', { hasText: 'Night shift' }).getByRole('button', { name: 'Undo' }).click()
      await row('Night shift').waitFor()
      await row('Night shift')
        .getByRole('button', { name: /Actions/ })
        .click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await page.getByText('1 deleted board').click()
      await page.getByRole('button', { name: 'Restore Night shift' }).click()
      await row('Night shift').waitFor()
      await expectAccessible(page)

      // On a phone.
      await page.setViewportSize({ width: 390, height: 844 })
      await page.getByRole('link', { name: 'Night shift' }).click()
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await tiles(page).first().waitFor()
      const boxes = await tiles(page).evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect().toJSON() as { x: number; width: number }),
      )
      expect(new Set(boxes.map(({ x, width }) => `${x} ${width}`)).size).toBe(1)
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
      const before = await tiles(page).locator('.tile-name').allInnerTexts()
      await tiles(page)
        .last()
        .getByRole('button', { name: /^More for/ })
        .click()
      await page.getByRole('menuitem', { name: 'Move up' }).click()
      await expect.poll(() => tiles(page).locator('.tile-name').allInnerTexts()).not.toEqual(before)
      expect(await spoken(page)).toMatch(/Place [12] of 3/)
      await saved(page)
      await expectAccessible(page)
    } finally {
      await browser.close()
    }
  },
)
