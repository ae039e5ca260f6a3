import { chartsRun, patiently, seen, type Scene } from './stage.ts'

/** Everything about alerts. */
export const alertScenes: readonly Scene[] = [
  {
    name: 'alerts',
    async play({ page, open, shoot }) {
      await open('/alerts')
      await seen(page.locator('.alert-value'))
      await shoot('alerts')
      await shoot('alerts-whole', { isWhole: true })
    },
  },
  {
    name: 'alerts-by-name',
    async play({ page, lively, open, shoot }) {
      await open('/alerts?group=name&severity=warning')
      await seen(page.locator('.alert-value'))
      await shoot('alerts-by-name')
      await open(`/alerts?node=${lively.nodeId}&all=1`)
      await seen(page.locator('.alert-all-row'))
      await shoot('alerts-of-node')
      await open('/alerts?q=nothing-fits-this')
      await shoot('alerts-none-fits')
    },
  },
  {
    name: 'alert',
    async play({ page, open, settle, shoot }) {
      await open('/alerts')
      await page.locator('.alert-name').first().click()
      await settle()
      await chartsRun(page, 1)
      await shoot('alert')
      await shoot('alert-whole', { isWhole: true })
    },
  },
  {
    name: 'feed',
    play: async ({ page, open, shoot }) => {
      await open('/alerts/feed')
      await seen(page.locator('.feed-entry'))
      await shoot('feed')
    },
  },
  {
    name: 'alert-definition',
    async play({ page, open, settle, shoot }) {
      await open('/alerts/definitions')
      await seen(page.locator('[data-definition]'))
      await shoot('alert-definitions')
      await page.locator('[data-definition] a').first().click()
      await settle()
      await seen(page.getByRole('heading', { name: 'As it runs' }))
      await shoot('alert-definition', { isWhole: true })
    },
  },
  {
    name: 'alert-editor',
    async play({ page, lively, open, shoot }) {
      await open(`/alerts/new?node=${lively.nodeId}&context=system.cpu&units=percentage&dimensions=user`)
      await seen(page.locator('.rule-chart-body canvas'))
      await page.getByRole('group', { name: 'Warning' }).getByLabel('When the value is').selectOption('above')
      await page.getByLabel('Raise above').fill('20')
      await page.getByLabel('Clear when down to').fill('10')
      await patiently(page.getByRole('button', { name: 'Back-test', exact: true }).click({ timeout: 20_000 }))
      await seen(page.locator('.back-test-sum'))
      await shoot('alert-editor')
      await shoot('alert-editor-whole', { isWhole: true })
      await page.getByRole('tab', { name: 'health.d text' }).click()
      await seen(page.locator('textarea'))
      await shoot('alert-editor-text')
      await page.getByRole('tab', { name: 'Form' }).click()
      await page.getByRole('tab', { name: 'Dry run' }).click()
      await seen(page.getByRole('button', { name: 'Try it there' }))
      await shoot('alert-dry-run', { isWhole: true })
    },
  },
  {
    name: 'silences',
    async play({ page, open, shoot }) {
      await open('/alerts/silences')
      await shoot('silences')
      await page.getByRole('button', { name: 'New silence' }).click()
      await page.locator('dialog:modal').waitFor()
      await shoot('silence-new', { isWhole: true })
      await page.getByRole('radio', { name: 'Again and again' }).check()
      await seen(page.getByLabel('First begins'))
      await shoot('silence-recurring', { isWhole: true })
      await page.keyboard.press('Escape')
    },
  },
]
