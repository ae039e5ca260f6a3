import { gunzipSync } from 'node:zlib'
import type { Row } from './table.ts'
import { createFakeSource } from '../doubles/hosts/fake-source.ts'
import { testGate } from '../doubles/hosts/test-gate.ts'
import { presets, type PresetName } from '../../agent-link/egress/masking/rules.ts'
import type { Source } from '../../agent-link/sources/source.ts'
import { jsonAnswer } from '../../agent-link/sources/source.ts'

const instances = 2_000
const seconds = 20

/** What masking costs a host of so many instances whose charts all are watched: milliseconds of CPU a second, one answer a second. */
export async function measureMasking(): Promise<Row[]> {
  const charts = Array.from({ length: instances }, (_, index) => `disk_util.volume-${index}`)
  const names = charts.flatMap(() => ['reads', 'writes'])
  const document = {
    api: 1,
    chart_ids: charts.flatMap((chart) => [chart, chart]),
    dimension_names: names,
    dimension_ids: names,
    result: { labels: ['time', ...names], data: [[1_790_000_001, ...names.map((_, index) => index / 7)]] },
  }
  const answer = jsonAnswer(200, JSON.stringify(document))
  const source: Source = { ...createFakeSource(), answer: () => Promise.resolve(answer) }
  const { signal } = new AbortController()
  const cost = async (preset: PresetName) => {
    const gated = testGate(presets[preset]).source(source)
    const ask = () => gated.answer({ command: 'data', query: 'context=disk.util&points=1', acceptsGzip: true }, signal)
    await ask()
    const before = process.cpuUsage()
    for (let second = 0; second < seconds; second++) {
      const { body, isGzip } = await ask()
      if (isGzip) gunzipSync(body)
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000 / seconds
  }
  const rows: Row[] = []
  for (const preset of ['default', 'strict'] as const) {
    const what = `CPU a second for masking ${instances} watched instances, rules ${preset}`
    rows.push({ what, unit: 'ms', ours: await cost(preset), target: { of: 'ours', atMost: preset === 'default' ? 10 : 30 } })
  }
  return rows
}
