import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation, startThroughline, temporaryFolder } from '../doubles/installation.ts'
import { startNetdata } from '../doubles/netdata-server.ts'
import { openBrowser, signIn } from '../doubles/page.ts'

interface Answer {
  readonly labels: readonly string[]
  readonly data: readonly (readonly (number | null)[])[]
}

it('[NDJ1] values in the page equal what the real netdata answers for the same seconds', { timeout: 240_000 }, async () => {
  const netdata = await startNetdata()
  const cloud = await startInstallation()
  const browser = await openBrowser()
  try {
    const agentEnv = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
    const { out } = await runThroughline(['claim-token', '--json'], cloud.env)
    const { token } = JSON.parse(out) as { token: string }
    const source = ['--source', 'netdata', '--netdata-url', netdata.url]
    const claimed = await runThroughline(
      ['claim', '--url', cloud.url, '--token', token, '--ca', join(cloud.dataFolder, 'tls', 'ca.pem'), ...source],
      agentEnv,
    )
    expect(claimed).toMatchObject({ status: 0 })
    const agent = startThroughline(['agent', ...source], agentEnv)
    await agent.says(/online/i)

    const { page } = browser
    await signIn(page, cloud.signInLink)
    await page.locator('a[href*="/nodes/"]').first().click()
    const card = page.locator('[data-context="system.cpu"]').first()
    // The list is made anew when the agent tells its charts: a card that went away meanwhile is looked for again.
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

    /** The newest second the page shows, with the raw value of each dimension. */
    const read = () =>
      card.evaluate((element) => {
        const legend = element.querySelector('[data-time]')
        const cells = [...element.querySelectorAll('[data-dimension]')]
        return {
          timeS: Number(legend?.getAttribute('data-time') ?? 0),
          values: Object.fromEntries(
            cells.map((cell) => [cell.getAttribute('data-dimension') ?? '', Number(cell.getAttribute('data-value'))]),
          ),
        }
      })
    await expect.poll(async () => (await read()).timeS, { timeout: 60_000 }).toBeGreaterThan(0)
    // The newest second may still be collected when it is first shown; the page overwrites it a second later. So compare a few, each once it is settled.
    const seen = new Map<number, Record<string, number>>()
    await expect
      .poll(
        async () => {
          const { timeS, values } = await read()
          seen.set(timeS, values)
          return seen.size
        },
        { timeout: 30_000, interval: 150 },
      )
      .toBeGreaterThanOrEqual(5)

    const compared = await Promise.all(
      [...seen].slice(0, 4).map(async ([timeS, values]) => {
        const answer = (await (
          await fetch(`${netdata.url}/api/v1/data?chart=system.cpu&after=${timeS - 3}&before=${timeS}&format=json`)
        ).json()) as Answer
        const row = answer.data.find(([time]) => time === timeS) ?? []
        const own = Object.fromEntries(answer.labels.slice(1).map((label, index) => [label, row[index + 1] ?? null]))
        return Object.entries(values).map(([dimension, value]) => ({
          timeS,
          dimension,
          inPage: round(value),
          atAgent: round(own[dimension]),
        }))
      }),
    )
    const cells = compared.flat()
    expect(cells.length).toBeGreaterThanOrEqual(12)
    expect(cells.filter(({ inPage, atAgent }) => inPage !== atAgent)).toEqual([])
  } finally {
    await browser.close()
    await netdata.stop()
  }
})

/** Agents print up to seven significant digits; both sides carry the same text, so this only guards against notation. */
function round(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 1e6) / 1e6
}
