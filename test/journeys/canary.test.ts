import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

interface Report {
  readonly verdict: string
  readonly markers: readonly string[]
  readonly delivered: { readonly live: number; readonly past: number; readonly alerts: number }
  readonly places: readonly {
    readonly name: string
    readonly found: number
    readonly isControlFound: boolean | null
    readonly bytes: number
  }[]
}

it(
  '[CN1] [CN2] [CN3] [CN5] markers that went through are found nowhere, and what was planted is found everywhere',
  { timeout: 300_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_LOG_LEVEL: 'debug' })
    const file = join(temporaryFolder(), 'report.json')
    const run = await runThroughline(['canary', 'run', '--seconds', '3', '--out', file], cloud.env)
    expect([run.status, run.err]).toEqual([0, expect.any(String)])
    expect(run.out).toContain('No value was kept anywhere')
    const { report } = JSON.parse(readFileSync(file, 'utf8')) as { report: Report }
    expect(report.verdict).toBe('clean')
    expect(report.delivered.live + report.delivered.past).toBeGreaterThan(1)
    expect(report.delivered.alerts).toBeGreaterThan(0)
    const names = report.places.map(({ name }) => name)
    expect(names.sort()).toEqual(['backup', 'files', 'log', 'memory', 'mirror', 'opened', 'outbox', 'queue', 'table'])
    for (const place of report.places)
      expect([place.name, place.found, place.isControlFound]).toEqual([place.name, 0, place.name === 'queue' ? null : true])

    // Nothing of the run stays but its report and one line of the audit.
    const nodes = JSON.parse((await runThroughline(['nodes', '--json'], cloud.env)).out) as { nodes: { hostname: string }[] }
    expect(nodes.nodes.filter(({ hostname }) => hostname.startsWith('canary-'))).toEqual([])

    const good = await runThroughline(['canary', 'verify', file], cloud.env)
    expect([good.status, good.out.includes('Signed by this installation')]).toEqual([0, true])
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('"found": 0', '"found": 1'))
    expect(await runThroughline(['canary', 'verify', file], cloud.env)).toMatchObject({ status: 1 })
  },
)
