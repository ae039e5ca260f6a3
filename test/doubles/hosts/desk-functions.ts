import type { ReceivedQuestion } from '../../../src/aclk/query/request.ts'

/** What a test of the functions page holds in its hand: what the agent offers, and what it was asked. */
export interface Desk {
  readonly onQuestion: (question: ReceivedQuestion) => { body: Uint8Array; isGzip: boolean; httpStatus: number } | undefined
  /** Calls of a function so far, each as name and arguments; `info` left out. */
  calls(name: string): readonly string[]
  /** The rows of `fx-desk`: name, team, load, size, note. */
  rows: readonly (readonly unknown[])[]
  /** Writes a log entry now. */
  write(text: string, level: string): void
}

/** A column of a function's table, as agents describe it. */
export const column = (index: number, name: string, type: string, more: object = {}) => ({
  index,
  name,
  type,
  visible: true,
  sort: 'ascending',
  ...more,
})
const entry = (help: string, more: object = {}) => ({
  help,
  timeout: 10,
  version: 0,
  options: ['GLOBAL'],
  tags: 'top',
  priority: 50,
  ...more,
})

const list = {
  'mount-points': entry('Mounted file systems.', { access: ['anonymous-data'] }),
  'fx-desk': entry('Who does what at the desk.', { priority: 10 }),
  'fx-slow': entry('Never answers.'),
  'fx-odd': entry('<img src=x onerror="window.pwned=1">\u202e', { tags: 'top' }),
  'fx-logs': entry('What was written.', { tags: 'logs' }),
  'fx-gone': entry('Its plugin is gone.'),
}

const deskColumns = {
  Name: column(0, 'Name', 'string', { unique_key: true, sticky: true, filter: 'multiselect' }),
  Team: column(1, 'Team', 'string', { filter: 'multiselect' }),
  Load: column(2, 'Load', 'bar-with-integer', {
    visualization: 'bar',
    max: 100,
    sort: 'descending',
    summary: 'sum',
    filter: 'range',
    value_options: { units: '%', transform: 'number', decimal_points: 1 },
  }),
  Size: column(3, 'Size', 'integer', {
    sort: 'descending',
    summary: 'max',
    filter: 'range',
    value_options: { units: 'MiB', transform: 'number' },
  }),
  Note: column(4, 'Note', 'string', { visible: false }),
  rowOptions: column(5, 'rowOptions', 'none', { visualization: 'rowOptions', dummy: true, visible: false }),
}

/** Sixty people of three teams; the first has the highest load. */
const people = Array.from({ length: 60 }, (_, place) => [
  `person-${String(place + 1).padStart(2, '0')}`,
  ['red', 'green', 'blue'][place % 3],
  90 - place,
  place * 10,
  place === 0 ? '=1+1' : `note ${place}`,
  { severity: place === 1 ? 'warning' : 'normal' },
])

const hostile = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>\u202egnp.exe`

/** An agent that answers functions from the hand: tables, logs, refusals, and silence. */
export function createDesk(nowS: () => number): Desk {
  const asked: string[] = []
  const startUs = nowS() * 1_000_000
  /** Newest first: one entry a second for a quarter of an hour. */
  let log = Array.from({ length: 900 }, (_, place) => ({
    timeUs: startUs - place * 1_000_000 - 5,
    level: ['info', 'info', 'warning', 'error'][place % 4] ?? 'info',
    text: place % 50 === 7 ? `needle ${place}` : `line ${place}`,
  }))
  const table = (columns: object, data: readonly unknown[], more: object = {}) => ({
    status: 200,
    type: 'table',
    has_history: false,
    update_every: 1,
    columns,
    data,
    ...more,
  })
  const desk: Desk = {
    rows: people,
    calls: (name) => asked.filter((call) => call === name || call.startsWith(`${name} `)),
    write(text, level) {
      log = [{ timeUs: Math.max(Date.now() * 1_000, (log[0]?.timeUs ?? 0) + 1), level, text }, ...log]
    },
    onQuestion({ target }) {
      const url = new URL(target, 'http://agent')
      const command = url.pathname.split('/').at(-1)
      const reply = (body: object, httpStatus = 200) => ({ body: Buffer.from(JSON.stringify(body)), isGzip: false, httpStatus })
      if (command === 'functions') return reply({ functions: list })
      if (command !== 'function') return reply({})
      const call = url.searchParams.get('function') ?? ''
      const [name = '', ...args] = call.split(' ')
      if (args[0] === 'info') return name === 'fx-slow' ? reply({ status: 200, type: 'table' }) : reply(infoOf(name))
      asked.push(call)
      if (name === 'fx-slow') return undefined
      if (name === 'fx-gone') return reply({ status: 503, errorMessage: 'The plugin does not run.' }, 503)
      if (name === 'fx-logs') {
        const page = logPage(log, args)
        return page === undefined ? reply({ status: 304 }, 304) : reply(page)
      }
      if (name === 'fx-odd')
        return reply(
          table(
            {
              [hostile]: column(0, hostile, 'string', { unique_key: true }),
              B: column(1, 'B', 'bar-with-integer', { visualization: 'bar', max: 'NaN' }),
            },
            oddRows,
          ),
        )
      if (name === 'mount-points') return reply(table({ At: column(0, 'At', 'string', { unique_key: true }) }, [['/'], ['/home']]))
      const rows = args.includes('view:short') ? desk.rows.slice(0, 3) : desk.rows
      return reply(
        table(deskColumns, rows, {
          default_sort_column: 'Load',
          charts: { Load: { name: 'Load', type: 'stacked-bar', columns: ['Load'] } },
          default_charts: [['Load', 'Team']],
          group_by: { Team: { name: 'Teams', columns: ['Team'] } },
        }),
      )
    },
  }
  return desk
}

const oddRows = [[hostile, 'NaN'], [hostile, null], ['w'.repeat(10_000), {}], [[[['deep']]], 1e308], [null, -1], 'no row', []]

function infoOf(name: string): object {
  const common = { v: 3, status: 200, type: 'table', update_every: 1 }
  if (name === 'fx-logs') return { ...common, has_history: true, accepted_params: logParameters, required_params: [] }
  if (name !== 'fx-desk') return { ...common, has_history: false }
  const options = [
    { id: 'all', name: 'Everybody', defaultSelected: true },
    { id: 'short', name: 'The first three' },
  ]
  return {
    ...common,
    has_history: false,
    accepted_params: ['view'],
    required_params: [{ id: 'view', name: 'View', type: 'select', options }],
  }
}

const logParameters = [
  'after',
  'before',
  'anchor',
  'direction',
  'last',
  'query',
  'histogram',
  'if_modified_since',
  'data_only',
  'delta',
  'tail',
  'level.id',
]
interface LogLine {
  readonly timeUs: number
  readonly level: string
  readonly text: string
}

/** A page of the log as agents answer it; undefined for "nothing new". */
function logPage(log: readonly LogLine[], args: readonly string[]): object | undefined {
  const words = new Map(args.map((arg) => [arg.slice(0, arg.indexOf(':')), arg.slice(arg.indexOf(':') + 1)] as const))
  const nowS = Math.ceil(Date.now() / 1_000)
  const before = Number(words.get('before') ?? 0) || nowS
  const after = Number(words.get('after') ?? -3_600)
  const from = (after < 0 ? before + after : after) * 1_000_000
  const levels = words.get('level.id')?.split(',')
  const needle = words.get('query')?.replaceAll('*', '')
  const inSpan = log.filter(
    ({ timeUs, level, text }) =>
      timeUs >= from &&
      timeUs <= (before + 1) * 1_000_000 &&
      (levels?.includes(level) ?? true) &&
      (needle === undefined || text.includes(needle)),
  )
  const last = Number(words.get('last') ?? 200)
  const anchor = Number(words.get('anchor') ?? 0)
  const isTail = words.get('tail') === 'true'
  const isForward = words.get('direction') === 'forward'
  const isQuick = words.get('data_only') === 'true'
  const side =
    anchor === 0
      ? inSpan
      : isTail || isForward
        ? inSpan.filter(({ timeUs }) => timeUs > anchor)
        : inSpan.filter(({ timeUs }) => timeUs < anchor)
  if (isTail && side.length === 0) return undefined
  const lines = isForward ? side.slice(-last) : side.slice(0, last)
  const counted = isQuick ? side : inSpan
  const extras = {
    facets: [{ id: 'level.id', name: 'LEVEL', order: 1, options: countsOf(counted) }],
    histogram: { id: 'level.id', name: 'LEVEL', chart: { result: histogram(counted), view: { update_every: 60 } } },
    items: { evaluated: counted.length, matched: counted.length, returned: lines.length, max_to_return: last },
  }
  return {
    status: 200,
    type: 'table',
    has_history: true,
    update_every: 1,
    accepted_params: logParameters,
    pagination: { enabled: true, key: 'anchor', column: 'timestamp', units: 'timestamp_usec' },
    columns: {
      timestamp: column(0, 'Timestamp', 'timestamp', { unique_key: true, value_options: { transform: 'datetime_usec' } }),
      rowOptions: column(1, 'rowOptions', 'none', { visualization: 'rowOptions', dummy: true, visible: false }),
      'level.id': column(2, 'LEVEL', 'string', { filter: 'facet', default_expanded_filter: true }),
      text: column(3, 'MESSAGE', 'string', { full_width: true }),
    },
    data: lines.map(({ timeUs, level, text }) => [timeUs, { severity: 'normal' }, level, text]),
    last_modified: log[0]?.timeUs ?? 0,
    available_histograms: [{ id: 'level.id', name: 'LEVEL', order: 1 }],
    ...(isQuick ? { facets_delta: extras.facets, histogram_delta: extras.histogram, items_delta: extras.items } : extras),
  }
}

function countsOf(lines: readonly LogLine[]): object[] {
  const levels = [...new Set(lines.map(({ level }) => level))]
  return levels.map((level) => ({ id: level, name: level, count: lines.filter((line) => line.level === level).length }))
}

function histogram(lines: readonly LogLine[]): object {
  const levels = [...new Set(lines.map(({ level }) => level))].sort()
  const slots = new Map<number, number[]>()
  for (const { timeUs, level } of lines) {
    const timeMs = Math.floor(timeUs / 60_000_000) * 60_000
    const counts = slots.get(timeMs) ?? levels.map(() => 0)
    const place = levels.indexOf(level)
    counts[place] = (counts[place] ?? 0) + 1
    slots.set(timeMs, counts)
  }
  return { labels: ['time', ...levels], data: [...slots].map(([timeMs, counts]) => [timeMs, ...counts.map((count) => [count, 0, 0])]) }
}
