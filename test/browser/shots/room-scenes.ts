import { chartsRun, place, seen, type Scene } from './stage.ts'

const functions = [
  'processes',
  'mount-points',
  'block-devices',
  'network-connections',
  'network-interfaces',
  'systemd-list-units',
  'systemd-journal',
].map((name): Scene => ({
  name: `function-${name}`,
  async play({ page, lively, open, shoot }) {
    await open(`/functions?node=${lively.nodeId}&fn=${name}`)
    await seen(page.locator('.fn-tr, .fn-card, .notice'))
    await shoot(`function-${name}`)
  },
}))

/** What lies in a room: from home to what an expanded chart shows. */
export const roomScenes: readonly Scene[] = [
  {
    name: 'home',
    async play({ page, open, shoot }) {
      await open('/')
      await seen(page.locator('.tile'))
      await seen(page.locator('.alert-line'))
      await shoot('home', { isWhole: true })
      await page.getByLabel('Colour by').selectOption('cpu')
      await seen(page.locator('.tile-mark', { hasText: /\d/u }))
      await shoot('home-by-value')
      await page.getByLabel('Group by').selectOption({ index: 2 })
      await seen(page.locator('.map-group'))
      await shoot('home-in-groups', { isWhole: true })
      await page.getByLabel('Group by').selectOption({ index: 0 })
      await page.getByLabel('Colour by').selectOption({ index: 0 })
    },
  },
  {
    name: 'nodes',
    async play({ page, form, open, shoot }) {
      await open('/nodes')
      await seen(page.locator('.live-number', { hasText: /\d/u }))
      await shoot('nodes')
      await page.getByRole('button', { name: 'Filter' }).first().click()
      await seen(page.getByRole('menu'))
      await shoot('nodes-filter')
      await page.keyboard.press('Escape')
      if (form === 'desktop') {
        await page.getByRole('checkbox').nth(2).check()
        await page.getByRole('checkbox').nth(3).check()
        await seen(page.getByText('2 selected'))
        await shoot('nodes-chosen')
      }
      await open('/nodes?q=no-such-node')
      await shoot('nodes-none-fits')
    },
  },
  {
    name: 'node',
    async play({ page, form, lively, open, shoot }) {
      await open(`/nodes/${lively.nodeId}`)
      await chartsRun(page)
      await shoot('node')
      await page.mouse.move(form === 'phone' ? 195 : 720, 560)
      await page.mouse.wheel(0, 1_400)
      await chartsRun(page)
      await shoot('node-scrolled')
      await page.evaluate(() => window.scrollTo(0, 0))
      await page.getByRole('button', { name: 'Details' }).click()
      await seen(page.getByRole('heading', { name: 'What this agent may send' }))
      await shoot('node-details', { isWhole: false })
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Remove' }).click()
      await page.locator('dialog:modal').waitFor()
      await shoot('node-remove')
      await page.keyboard.press('Escape')
    },
  },
  {
    name: 'node-offline',
    async play({ page, open, shoot }) {
      await open('/nodes?q=state:offline')
      await page.locator('a[href*="/nodes/"]').first().click()
      await seen(page.getByText('This node is offline.'))
      await shoot('node-offline')
      await open('/nodes?q=warehouse-7')
      await page.locator('a[href*="/nodes/"]').first().click()
      await seen(page.getByText('This node has not connected yet.'))
      await shoot('node-unseen')
    },
  },
  {
    name: 'metrics',
    async play({ page, open, shoot }) {
      await open('/metrics')
      await chartsRun(page)
      await seen(page.locator('[data-drawn="true"]'))
      await shoot('metrics')
      await page.getByRole('toolbar', { name: 'Time' }).getByRole('button').last().click()
      await seen(page.getByLabel('From', { exact: true }))
      await shoot('metrics-time')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Pause' }).first().click()
      await seen(page.getByRole('button', { name: 'Play' }))
      await shoot('metrics-paused')
      await open('/metrics#s=no-such-chart')
      await shoot('metrics-odd-address')
    },
  },
  {
    name: 'chart-expanded',
    async play({ page, open, settle, shoot }) {
      await open('/metrics#&open=system.cpu')
      await seen(page.locator('dialog:modal canvas'))
      await seen(page.locator('dialog:modal [data-cell]', { hasText: /\d/u }))
      await shoot('chart-expanded')
      const dialog = page.locator('dialog:modal')
      for (const tab of await dialog.getByRole('tab').all()) {
        const name = ((await tab.textContent()) ?? '').trim().toLowerCase().replace(/\W+/gu, '-')
        await tab.click()
        await settle()
        await shoot(`chart-expanded-${name}`)
      }
    },
  },
  place('functions', '/functions'),
  ...functions,
  place('boards', '/boards'),
  {
    name: 'board',
    async play({ page, lively, open, shoot }) {
      await open(`/boards/${lively.boardId}`)
      await chartsRun(page)
      await shoot('board')
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await seen(page.getByRole('button', { name: 'Add chart' }))
      await shoot('board-edit')
      await page.getByRole('button', { name: 'Add chart' }).click()
      await seen(page.locator('dialog:modal .context-option'))
      await shoot('board-add-chart')
      await page.keyboard.press('Escape')
    },
  },
  place('connect', '/connect', true),
  place('nothing-here', '/nothing/here'),
  place('no-such-room', '/rooms/nowhere'),
  {
    name: 'no-such-space',
    async play({ page, lively, settle, shoot }) {
      await page.goto(`${lively.cloud.url}/spaces/00000000-0000-4000-8000-000000000000`)
      await settle()
      await shoot('no-such-space')
    },
  },
  {
    name: 'palette',
    async play({ page, form, open, shoot }) {
      await open('/nodes')
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
      await seen(page.getByRole('option'))
      await shoot('palette')
      await page.keyboard.type('cpu')
      await seen(page.getByRole('option', { name: /system\.cpu/u }))
      await shoot('palette-search')
      await page.keyboard.type('xyzzy')
      await seen(page.getByText('Nothing matches.'))
      await shoot('palette-nothing')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^Room:/ }).click()
      await page.getByRole('menu').waitFor()
      await shoot('rooms')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^Space:/ }).click()
      await page.getByRole('menu').waitFor()
      await shoot('spaces')
      await page.keyboard.press('Escape')
      await page.keyboard.press('?')
      await page.locator('dialog:modal').waitFor()
      await shoot('keys')
      await page.keyboard.press('Escape')
      await page.locator('dialog:modal').waitFor({ state: 'detached' })
      if (form === 'desktop') {
        await page.getByRole('button', { name: /Signed in as/ }).click()
        await page.getByRole('menu').waitFor()
        await shoot('profile-menu')
      } else {
        await page.getByRole('button', { name: 'More', exact: true }).click()
        await page.locator('dialog:modal').waitFor()
        await shoot('more')
      }
      await page.keyboard.press('Escape')
    },
  },
]
