import { sensitiveAccess } from '../access.ts'
import type { HostFiles } from '../host/host-files.ts'
import type { HostFunction } from '../host-function.ts'
import { findProgram, runProgram } from '../host/run-program.ts'
import { rowOptionsColumn } from '../table/column.ts'
import type { Column } from '../table/column.ts'
import { parseUnits, unitSeverity, unitType } from './parse-units.ts'

/** Everything a caller could influence is none of these. */
const unitArguments = ['list-units', '--all', '--full', '--no-pager', '--no-legend', '--output=json'] as const
const outputBytes = 16 * 1024 * 1024

const columns = [
  { id: 'Unit', name: 'Unit', type: 'string', isKey: true, isSticky: true, filter: 'none' },
  { id: 'Type', name: 'Type', type: 'string', opensFilter: true },
  { id: 'Active', name: 'State', type: 'string', visualization: 'pill', opensFilter: true },
  { id: 'Sub', name: 'State in detail', type: 'string', visualization: 'pill' },
  { id: 'Load', name: 'Loaded', type: 'string', isHidden: true },
  { id: 'Description', name: 'Description', type: 'string', isWide: true, filter: 'none' },
  rowOptionsColumn,
] as const satisfies readonly Column[]

export interface ListUnitsDeps {
  readonly files: HostFiles
  /** Where systemctl is; found by itself unless a test says otherwise. */
  readonly program?: string
}

/** The units of systemd and their states, as `systemctl` tells them. Offered only where systemd runs. */
export function createListUnitsFunction({ files, program }: ListUnitsDeps): HostFunction {
  const systemctl = () => program ?? findProgram(files, 'systemctl')
  return {
    name: 'systemd-list-units',
    help: 'The units of systemd and their states; what failed stands out.',
    tags: 'systemd',
    priority: 40,
    timeoutS: 10,
    updateEveryS: 10,
    access: sensitiveAccess,
    hasHistory: false,
    acceptedParameters: [],
    requiredParameters: [],
    // What `sd_booted` looks at.
    isOffered: () => files.exists('run/systemd/system') && systemctl() !== undefined,
    async call({ signal }) {
      const lines: string[] = []
      const onLine = (line: string) => {
        lines.push(line)
        return 'more' as const
      }
      const file = systemctl() ?? ''
      const end = await runProgram({ file, args: unitArguments, signal, onLine, maxLineBytes: outputBytes, maxBytes: outputBytes })
      const units = end === 'complete' ? parseUnits(lines.join('\n')) : undefined
      if (units === undefined) return { kind: 'refused', status: 503, message: 'systemd does not tell its units.' }
      return {
        kind: 'table',
        table: {
          columns,
          rows: units.map((unit) => [
            unit.name,
            unitType(unit.name),
            unit.active,
            unit.sub,
            unit.load,
            unit.description,
            { severity: unitSeverity(unit) },
          ]),
          defaultSortColumn: 'Unit',
          charts: { Units: { name: 'Units', type: 'bar', columns: ['Active'] } },
          defaultCharts: [
            ['Units', 'Active'],
            ['Units', 'Type'],
          ],
          groupBy: ['Type', 'Active', 'Sub', 'Load'],
        },
      }
    },
  }
}
