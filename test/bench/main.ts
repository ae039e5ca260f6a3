// `npm run bench`: the product beside a bare `ws`-over-TLS server, in one run on this machine. Prints a table; judges nothing.

import { cpus } from 'node:os'
import { measureBackups } from './backups.ts'
import { measureBigParent } from './big-parent.ts'
import { measureFanOut } from './fan-out.ts'
import { measureFlapping } from './flapping.ts'
import { measureHostAlerts } from './host-alerts.ts'
import { measureIdleAgents } from './idle-and-connect.ts'
import { measureLiveAnswers } from './live-answers.ts'
import { measureInChromium } from './chromium.ts'
import { withServers } from './load.ts'
import { measureMasking } from './masking.ts'
import { measureBigQueryMirror } from './mirror-bigquery.ts'
import { measureDuckdbMirror } from './mirror-duckdb.ts'
import { markdownTable } from './table.ts'
import type { Row } from './table.ts'
import { measureNoisyNeighbour } from './noisy-neighbour.ts'
import { measureWriteUnits } from './write-units.ts'

const idleAgents = 1_000
const fanOutViewers = 500
const backedUpItems = 100_000
const flappingNodes = 1_000
const parentSize = { children: 500, contexts: 2_000 }

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** `npm run bench -- page`, `-- server`, `-- alerts`, `-- noise` or `-- mirror` measures one part alone. */
const half = process.argv[2]
const startedMs = performance.now()
const rows: Row[] = []
if (half === undefined || half === 'server') await measureServer()
if (half === undefined || half === 'alerts') await measureAlerts()
if (half === undefined || half === 'noise') await measureNoise()
if (half === undefined || half === 'mirror') await measureMirror()
const pageRows = half === undefined || half === 'page' ? await measureInChromium() : []

async function measureServer(): Promise<void> {
  tell(`${idleAgents} idle agents, and logging them in …`)
  rows.push(...(await withServers((product, bare) => measureIdleAgents(product, bare, idleAgents))))
  tell('Live answers …')
  rows.push(...(await withServers(measureLiveAnswers)))
  tell(`Fan-out to ${fanOutViewers} viewers …`)
  rows.push(...(await withServers((product, bare) => measureFanOut(product, bare, fanOutViewers))))
  tell(`Parents of ${parentSize.children} children …`)
  rows.push(...(await withServers((product) => measureBigParent(product, parentSize))))
  tell('Alerts of a host …')
  rows.push(...measureHostAlerts())
  tell('Masking of a host …')
  rows.push(...(await measureMasking()))
  tell(`A backup of ${backedUpItems} items, and its restore …`)
  rows.push(...(await measureBackups(backedUpItems)))
  tell('Write units …')
  rows.push(...(await measureWriteUnits()))
}

async function measureAlerts(): Promise<void> {
  tell(`${flappingNodes} nodes whose alerts flap …`)
  rows.push(...(await measureFlapping(flappingNodes)))
}

async function measureNoise(): Promise<void> {
  tell('A noisy client among quiet ones …')
  rows.push(...(await withServers(measureNoisyNeighbour)))
}

async function measureMirror(): Promise<void> {
  tell('Changes into the mirror …')
  rows.push(...(await measureDuckdbMirror()))
  rows.push(...(await measureBigQueryMirror()))
}

const [cpu] = cpus()
if (rows.length > 0) process.stdout.write(`${markdownTable(rows)}\n\n`)
if (pageRows.length > 0) process.stdout.write(`${markdownTable(pageRows, 'to compare')}\n\n`)
process.stdout.write(
  `Node.js ${process.version}, ${cpus().length} × ${cpu?.model.trim() ?? 'CPU'}, ${process.platform} ${process.arch}; ` +
    `every socket on the loopback, Chromium paints in software, ${Math.round((performance.now() - startedMs) / 1_000)} s in all.\n`,
)
process.exit(0)
