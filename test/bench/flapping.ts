import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { AlertStatus } from '../../src/domain/model.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'
import { alertNews, createNotifyBench, nodeOf, targetOf } from '../doubles/benches/notify-bench.ts'
import { sleep } from './clients.ts'
import type { Row } from './table.ts'

const rules = ['cpu_usage', 'disk_space', 'load_average']
const steps: readonly (readonly [AlertStatus, AlertStatus])[] = [
  ['warning', 'clear'],
  ['clear', 'warning'],
  ['critical', 'clear'],
]

/** So many nodes of which three rules flap at once, told to two targets over a real SQLite file; as many nodes at a time as the drain tells of. */
export async function measureFlapping(count: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-flapping-'))
  const sqlite = createSqliteStore({ path: join(folder, 'metadata.db'), clock: systemClock, log })
  const seen = { writes: 0, largest: 0 }
  const write: MetadataStore['write'] = (item, condition) => {
    seen.writes++
    seen.largest = Math.max(seen.largest, JSON.stringify(item.data).length + (item.blob?.byteLength ?? 0))
    return sqlite.write(item, condition)
  }
  const nodes = Array.from({ length: count }, (_, n) => nodeOf(n + 1))
  const bench = createNotifyBench({
    clock: { ...systemClock, advance: () => {} },
    store: { ...sqlite, write },
    nodes,
    targets: [targetOf('one'), targetOf('two')],
  })
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  let heapMost = heapBefore
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const startedMs = performance.now()
  const waiting = nodes.map(({ nodeId }) =>
    steps.flatMap(([status, oldStatus]) => rules.map((name) => alertNews(status, oldStatus, { nodeId, name, chart: `chart.${name}` }))),
  )
  // So many nodes at a time, each change after the one before: the way the drain of changes does it.
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let news = waiting.shift(); news !== undefined; news = waiting.shift()) {
        for (const each of news) await bench.notify.take(each)
        heapMost = Math.max(heapMost, process.memoryUsage().heapUsed)
      }
    }),
  )
  const tookMs = performance.now() - startedMs
  await sleep(12_000)
  await bench.notify.idle()
  delay.disable()
  await bench.notify.close()
  await sqlite.close()
  rmSync(folder, { recursive: true, force: true })
  const changes = count * rules.length * steps.length
  const what = (text: string) => `${count.toLocaleString('en')} nodes flapping, 3 rules, 2 targets: ${text}`
  return [
    { what: what(`${changes.toLocaleString('en')} changes taken in`), unit: 'ms', ours: Math.round(tookMs) },
    { what: what('messages sent'), unit: 'messages', ours: bench.sent.length },
    { what: what('largest item'), unit: 'KB', ours: seen.largest / 1024, target: { of: 'ours', atMost: 350 } },
    { what: what('writes'), unit: 'writes', ours: seen.writes },
    { what: what('memory beyond the news themselves, at most'), unit: 'MB', ours: (heapMost - heapBefore) / 1024 ** 2 },
    { what: what('event loop held, 99th percentile'), unit: 'ms', ours: delay.percentile(99) / 1e6 },
    { what: what('event loop held, at most'), unit: 'ms', ours: delay.max / 1e6 },
  ]
}
