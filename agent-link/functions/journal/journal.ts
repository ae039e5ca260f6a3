import { join } from 'node:path'
import type { Clock } from '../../../src/support/clock.ts'
import { sensitiveAccess } from '../access.ts'
import type { HostFiles } from '../host/host-files.ts'
import type { FunctionAnswer, HostFunction } from '../host-function.ts'
import { findProgram } from '../host/run-program.ts'
import { parseNames } from '../processes/parse-process.ts'
import type { Cell } from '../table/table.ts'
import { displayValue, facetFields, fieldIds, journalColumns, severityOf } from './fields.ts'
import type { JournalEntry } from './parse-entry.ts'
import { acceptedParameters, parseQuery } from './parse-query.ts'
import { searchJournal } from './search-journal.ts'
import type { JournalPlace } from './read-journal.ts'

export interface JournalDeps {
  readonly files: HostFiles
  readonly clock: Clock
  /** A folder of journal files instead of the host's own. */
  readonly directory?: string
}

/** The logs of this host, read through journalctl. Offered only where that and a journal are. */
export function createJournalFunction({ files, clock, directory }: JournalDeps): HostFunction {
  const program = () => findProgram(files, 'journalctl')

  async function call(
    place: JournalPlace,
    args: Parameters<HostFunction['call']>[0]['args'],
    signal: AbortSignal,
  ): Promise<FunctionAnswer> {
    const query = parseQuery(args, Math.floor(clock.nowMs() / 1000))
    if (query === undefined) return { kind: 'refused', status: 400, message: 'The window ends before it begins.' }
    const found = await searchJournal(place, query, signal)
    if (found === 'failed') return { kind: 'refused', status: 503, message: 'The journal cannot be read.' }
    if (found === 'unchanged') return { kind: 'refused', status: 304, message: 'Nothing is new since the last look.' }
    const users = parseNames(files.read('etc/passwd', 1024 * 1024) ?? '')
    const display = (field: string) => (value: string) => displayValue(field, value, users)
    const nameOf = (id: string) => facetFields.find((field) => field.id === id)?.name ?? id
    const analysis = found.analysis && {
      facets: found.analysis.facets.map(({ field, options }, order) => ({
        id: field,
        name: nameOf(field),
        order,
        options: options.map(({ value, count }, at) => ({ id: value, name: display(field)(value), count, order: at })),
      })),
      available_histograms: facetFields.map(({ id, name }, order) => ({ id, name, order })),
      histogram: found.analysis.histogram.document(nameOf(query.histogram), display(query.histogram)),
    }
    return {
      kind: 'table',
      table: {
        columns: journalColumns,
        rows: found.rows.map((entry) => cellsOf(entry, display)),
        defaultSortColumn: 'timestamp',
        charts: {},
        defaultCharts: [],
        groupBy: [],
      },
      extra: {
        ...analysis,
        items: { ...found.items, max_to_return: query.last },
        last_modified: found.newestUs ?? null,
        partial: found.isPartial,
        ...(found.isPartial ? { message: 'The window holds more than was looked at; choose a shorter one for exact numbers.' } : {}),
        pagination: { enabled: true, key: 'anchor', column: 'timestamp', units: 'timestamp_usec' },
        accepted_params: acceptedParameters,
      },
    }
  }

  return {
    name: 'systemd-journal',
    help: 'The logs of this host, newest first, with the values of their fields counted.',
    tags: 'logs',
    priority: 12,
    timeoutS: 20,
    updateEveryS: 3,
    access: sensitiveAccess,
    hasHistory: true,
    acceptedParameters,
    requiredParameters: [],
    isOffered: () => program() !== undefined && hasJournal(files, directory),
    call: ({ args, signal }) => call({ program: program() ?? '', directory, clock }, args, signal),
  }
}

function cellsOf({ timestampUs, fields, message }: JournalEntry, display: (field: string) => (value: string) => string): readonly Cell[] {
  const shown = fieldIds.map((id): Cell => {
    const value = fields.get(id)
    return value === undefined ? null : display(id)(value)
  })
  return [timestampUs, { severity: severityOf(fields.get('PRIORITY')) }, ...shown, message]
}

/** Whether there is a file of a journal where journals are. */
function hasJournal(files: HostFiles, directory: string | undefined): boolean {
  const isJournal = (name: string) => name.endsWith('.journal')
  if (directory !== undefined) return (files.list(directory) ?? []).some(isJournal)
  return ['var/log/journal', 'run/log/journal'].some((folder) =>
    (files.list(folder) ?? []).some((name) => (files.list(join(folder, name)) ?? []).some(isJournal)),
  )
}
