import type { ReceivedQuestion } from '../../../../src/aclk/query/request.ts'
import type { Context } from '../../../../src/domain/model.ts'
import type { SimulatedAnswer } from './answers.ts'

/** Sets this name on the window of whoever runs it. */
export const pwned = 'throughlineWasHere'

const script = `<script>window.${pwned}=1</script><img src=x onerror="window.${pwned}=1"><svg onload="window.${pwned}=1">`
const bidi = '\u202Etxt.exe\u2066\u2067\u200F'
const long = 'W'.repeat(10_000)
const zalgo = `Z${'\u0301\u0316'.repeat(400)}`
const link = `javascript:window.${pwned}=1`
const formula = '=HYPERLINK("https://evil.example","x")'

/** Texts no page may do anything with but show. */
export const hostileTexts = [
  script,
  bidi,
  long,
  zalgo,
  link,
  formula,
  '',
  ' ',
  '\u0000\u0007',
  '{{7*7}}',
  '__proto__',
  'constructor',
  '%s%n',
] as const

/** One honest context between the hostile ones: it must stay alive. */
export const honestContext = 'system.cpu'

const contextIds = [
  '__proto__',
  'constructor',
  'a b',
  'x&after=0',
  'y|z',
  `long.${'n'.repeat(400)}`,
  `markup.${script}`,
  'odd.unit',
  'odd.nan',
  'odd.label',
]

/** What the agent announces to the cloud: titles, units and families of the worst kind. */
export function hostileContexts(startS: number): Context[] {
  const context = (id: string, title: string, units: string, family: string, place: number): Context => ({
    id,
    version: BigInt(startS),
    firstEntryS: BigInt(startS),
    lastEntryS: 0n,
    title,
    units,
    family,
    priority: 500 + place,
    chartType: place % 2 === 0 ? script : 'stacked',
  })
  return [
    context(honestContext, 'Total CPU utilization', 'percentage', 'cpu', 0),
    ...contextIds.map((id, place) =>
      context(
        id,
        hostileTexts[place % hostileTexts.length] ?? '',
        hostileTexts[(place + 1) % hostileTexts.length] ?? '',
        script,
        place + 1,
      ),
    ),
  ]
}

const nowS = () => Math.floor(Date.now() / 1_000)
const encode = (text: string, httpStatus = 200): SimulatedAnswer => ({ httpStatus, body: new TextEncoder().encode(text), isGzip: false })

/** Answers like an agent taken over by somebody: markup, gaps, infinities, wrong types, endless names. */
export function hostileAnswer({ target }: ReceivedQuestion): SimulatedAnswer {
  const url = new URL(target, 'http://agent')
  const command = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  if (command === 'contexts') return encode(JSON.stringify({ contexts: Object.fromEntries(catalogue()) }))
  if (command === 'functions')
    return encode(JSON.stringify({ functions: { processes: { help: script, tags: bidi, priority: 'high', access: 7 } } }))
  if (command === 'function') return encode(hostileTable())
  if (command === 'alarms') return encode(JSON.stringify({ alarms: { [script]: { name: script, status: 'CRITICAL', value: 'NaN' } } }))
  return encode(data(url.searchParams))
}

function catalogue(): [string, object][] {
  const charts = (id: string, title: string) =>
    Object.fromEntries(
      hostileTexts.map((name, place) => [
        `${id}.${place}`,
        {
          name,
          title,
          update_every: place % 3 === 0 ? -5 : 'often',
          collected: true,
          labels: { [script]: bidi, device: name },
          dimensions: { [name]: { name: script } },
        },
      ]),
    )
  const times = { first_time_t: nowS() - 3_600, last_time_t: nowS(), collected: true }
  return [
    [
      honestContext,
      {
        title: 'Total CPU utilization',
        units: 'percentage',
        family: 'cpu',
        chart_type: 'stacked',
        priority: 100,
        ...times,
        charts: {
          'system.cpu': { name: 'system.cpu', update_every: 1, collected: true, labels: {}, dimensions: { user: { name: 'user' } } },
        },
      },
    ],
    ...contextIds.map((id, place): [string, object] => [
      id,
      {
        title: hostileTexts[place % hostileTexts.length],
        units: hostileTexts[(place + 2) % hostileTexts.length],
        family: script,
        chart_type: place % 2 === 0 ? 'heatmap' : script,
        priority: place % 4 === 0 ? 'first' : 500 + place,
        ...times,
        charts: charts(id, script),
      },
    ]),
  ]
}

/** Rows as JSON can say them: numbers beyond every size, nulls, texts in place of numbers, rows too short. */
function data(query: URLSearchParams): string {
  const last = nowS() - 1
  const spanS = Math.min(600, Math.abs(Number(query.get('after') ?? -60)) || 60)
  const charts = [
    ['system.cpu', 'user'],
    ...contextIds.flatMap((id) => hostileTexts.slice(0, 6).map((name, place) => [`${id}.${place}`, name] as const)),
  ]
  const odd = ['null', '1e308', '-1e308', '"NaN"', '[]', '{"a":1}', '1e999', 'true', '0']
  const rows = Array.from({ length: spanS }, (_, row) => {
    const values = charts.map((_, column) => (column === 0 ? 20 + (row % 10) : odd[(row + column) % odd.length]))
    return `[${[last - row, ...(row % 17 === 5 ? values.slice(0, 3) : values)].join(',')}]`
  })
  return `{"view_update_every":1,"update_every":1,"chart_ids":${JSON.stringify(charts.map(([id]) => id))},"dimension_ids":${JSON.stringify(
    charts.map(([, name]) => name),
  )},"dimension_names":${JSON.stringify(charts.map(() => script))},"latest_values":[],"result":{"labels":${JSON.stringify([
    'time',
    ...charts.map(([, name]) => name),
  ])},"data":[${rows.join(',')}]}}`
}

function hostileTable(): string {
  const column = (index: unknown, name: string, type: string) => ({
    index,
    name,
    type,
    unique_key: true,
    visible: true,
    sort: script,
    sortable: true,
    sticky: true,
    visualization: 'bar',
    max: 0,
    value_options: { units: script, transform: 'datetime', decimal_points: 1e9 },
  })
  const columns = {
    [script]: column(0, script, 'string'),
    __proto__x: column(1, bidi, 'bar-with-integer'),
    Long: column(2, long, 'timestamp'),
    Missing: column(99, 'Missing', 'array'),
    Odd: column('first', zalgo, 'nothing-known'),
  }
  const rows = hostileTexts.flatMap((text) => [[text, 'NaN', 1e308], [text, null, []], [{ a: text }, [text], -1], [text]])
  return JSON.stringify({
    status: 200,
    type: 'table',
    update_every: 0,
    help: script,
    data: rows,
    columns,
    default_sort_column: script,
    group_by: 7,
  })
}
