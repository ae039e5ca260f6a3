import { expect, it } from 'vitest'
import { plainText } from './agent-text.ts'
import { parseAlertLog, parseTransitions, stripSpans, withOlder } from './alert-history.ts'
import { parseAlertsNow } from './alert-values.ts'
import { definitionLines, isReadOffChart } from './definition-view.ts'

const words = (fields: Record<string, unknown>) => Object.fromEntries(definitionLines(fields).map(({ title, text }) => [title, text]))

it('[AP6] a definition is read line by line, from whatever its agent says', () => {
  expect(
    words({
      alarm: 'cpu',
      template: 'cpu',
      on_chart: 'system.cpu',
      host_labels: '_os=linux',
      chart_labels: '*',
      p_db_lookup_after: -600,
      p_db_lookup_method: 'average',
      p_db_lookup_dimensions: 'user,system',
      p_db_lookup_options: 'unaligned',
      p_update_every: 60,
      warning_expr: '$this > (($status >= $WARNING) ? (75) : (85))',
      units: '%',
      delay: 'up 60s down 15m multiplier 1.5 max 1h',
      repeat: 'warning 120s critical 60s',
      recipient: 'sysadmin',
      classification: 'Utilization',
      source: 'line=12,file=/usr/lib/netdata/conf.d/health.d/cpu.conf',
    }),
  ).toEqual({
    'Applies to': 'every instance of system.cpu',
    'Host labels': '_os=linux',
    'Looks up': 'average of user,system over the last 10 min',
    Checked: 'every 1 min',
    'Warning when': '$this > (($status >= $WARNING) ? (75) : (85))',
    Unit: '%',
    Delay: '1 min before it tells of a raise; 15 min before it tells of a recovery; times 1.5 while it goes on, 1 h at most',
    Repeats: 'warning every 2 min, critical every 1 min',
    Recipient: 'sysadmin',
    Class: 'Utilization',
    Source: '/usr/lib/netdata/conf.d/health.d/cpu.conf, line 12',
  })
  expect(
    words({ on_chart: 'a', p_db_lookup_after: '-60', p_db_lookup_before: -30, recipient: 'silent', delay: 'multiplier 1.0 ' }),
  ).toEqual({
    'Applies to': 'the chart a',
    'Looks up': 'average of all dimensions over 1 min, ending 30 s ago',
    Delay: 'none',
    Recipient: 'silent: the agent itself tells nobody',
  })
  expect(words({ source: '53@/etc/load.conf', delay: 'nonsense 1 up x', lookup: 'max -1m' })).toEqual({
    'Looks up': 'max -1m',
    Delay: 'nonsense 1 up x',
    Source: '/etc/load.conf, line 53',
  })
  expect(definitionLines({ on_chart: 7, delay: null, source: {} })).toEqual([])
})

it('[AP6] what only the agent says of a definition is read off its alerts, without the escapes of HTML', () => {
  const [now] = parseAlertsNow(
    JSON.stringify({
      alarms: {
        a: {
          chart: 'c',
          name: 'n',
          warn: '$this &gt; 5 &amp;&amp; 1',
          calc: '$a &#x2F; $b',
          lookup_after: -60,
          delay_down_duration: 300,
          delay_multiplier: 1.5,
          delay_max_duration: 3600,
          warn_repeat_every: '120',
          crit_repeat_every: '0',
        },
      },
    }),
  ).values()
  expect(words(now?.fields ?? {})).toEqual({
    'Looks up': 'average of all dimensions over the last 1 min',
    Calculation: '$a / $b',
    'Warning when': '$this > 5 && 1',
    Delay: '5 min before it tells of a recovery; times 1.5 while it goes on, 1 h at most',
    Repeats: 'warning every 2 min',
  })
  expect(plainText('&lt;img&gt; &unknown; &#0; &#x202e; &amp;lt;')).toBe('<img> &unknown; &#0; &#x202e; &lt;')
})

it('[AP9] a threshold belongs on the chart only where the alert looks at what the chart shows, in its unit', () => {
  expect(isReadOffChart({ units: '%' }, 'percentage')).toBe(true)
  expect(isReadOffChart({ units: '%', calculation_expr: '($this)' }, 'percentage')).toBe(true)
  expect(isReadOffChart({ units: '%', calculation_expr: '$used * 100 / $total' }, 'percentage')).toBe(false)
  expect(isReadOffChart({ units: '%' }, 'MiB')).toBe(false)
  expect(isReadOffChart({ units: 'load' }, 'load')).toBe(true)
  expect(isReadOffChart({ units: 3 }, '')).toBe(true)
})

const about = { nodeId: '1f33fbbe-4697-4e01-a1bc-8605f6973181', chart: 'disk._', name: 'full' }
const transition = (gi: number, rest: object = {}) => ({
  gi,
  alert: 'full',
  instance: 'disk._',
  instance_n: 'disk./',
  node_id: about.nodeId.toUpperCase(),
  transition_id: `t${gi}`,
  config_hash_id: 'h',
  when: gi,
  units: '%',
  new: { status: 'CRITICAL', value: 97.314 },
  old: { status: 'WARNING', value: null, duration: 40 },
  notification: { flags: ['PROCESSED'] },
  ...rest,
})

it('[AP7] reads the history of newer agents: this chart of this node alone, page by page', () => {
  const rows = [
    transition(9),
    transition(8, { instance: 'disk.other', instance_n: 'o' }),
    transition(7, { node_id: 'another' }),
    transition(6, { alert: 'x' }),
  ]
  const page = parseTransitions(JSON.stringify({ transitions: rows }), about, 4)
  expect(page).toEqual({
    changes: [
      {
        key: 't9',
        whenS: 9,
        status: 'critical',
        oldStatus: 'warning',
        value: '97.31 %',
        oldValue: '',
        durationS: 40,
        configHash: 'h',
        note: '',
      },
    ],
    nextAnchor: 6,
  })
  // Fewer than asked: there are no more.
  expect(parseTransitions(JSON.stringify({ transitions: rows }), about, 5).nextAnchor).toBeUndefined()
  expect(parseTransitions(JSON.stringify({ transitions: [transition(1.5)] }), about, 1).nextAnchor).toBeUndefined()
  const byName = parseTransitions(JSON.stringify({ transitions: [transition(3)] }), { ...about, chart: 'disk./' }, 50)
  expect(byName.changes).toHaveLength(1)
  expect(parseTransitions('{"transitions":[null,7,{}]}', about, 50)).toEqual({ changes: [], nextAnchor: undefined })
  expect(() => parseTransitions('nonsense', about, 50)).toThrow()
  const older = parseTransitions(JSON.stringify({ transitions: [transition(9), transition(5)] }), about, 50)
  expect(withOlder(page.changes, older.changes).map(({ key }) => key)).toEqual(['t9', 't5'])
})

it('[AP7] reads the log of older agents, in their own words', () => {
  const entry = {
    unique_id: 6,
    name: 'full',
    chart: 'disk._',
    when: 50,
    duration: 10,
    status: 'CLEAR',
    old_status: 'WARNING',
    value_string: '00:00:40',
    old_value_string: '-',
    silenced: 'true',
    units: 'seconds',
  }
  const text = JSON.stringify([
    entry,
    { ...entry, name: 'other' },
    { ...entry, chart: 'other' },
    'text',
    { ...entry, unique_id: 7, when: 60, value_string: 7, value: 3, silenced: 'false', exec_failed: true },
  ])
  expect(parseAlertLog(text, about).changes).toMatchObject([
    { key: '7', whenS: 60, value: '3 seconds', note: 'the agent could not notify' },
    {
      key: '6',
      whenS: 50,
      status: 'clear',
      oldStatus: 'warning',
      value: '00:00:40',
      oldValue: '',
      durationS: 10,
      note: 'silenced at the agent',
    },
  ])
  expect(() => parseAlertLog('{}', about)).toThrow()
})

it('[AP8] the strip shows how an alert stood, and nothing where nobody knows', () => {
  const change = (whenS: number, oldStatus: string, status: string, durationS?: number) =>
    ({ whenS, oldStatus, status, durationS }) as never
  expect(stripSpans([change(50, 'warning', 'critical'), change(40, 'clear', 'warning', 20)], 10, 100)).toEqual([
    { status: 'clear', fromS: 20, toS: 40 },
    { status: 'warning', fromS: 40, toS: 50 },
    { status: 'critical', fromS: 50, toS: 100 },
  ])
  expect(stripSpans([change(40, 'clear', 'warning', 20)], 45, 60)).toEqual([{ status: 'warning', fromS: 45, toS: 60 }])
  expect(stripSpans([], 0, 100)).toEqual([])
  expect(stripSpans([change(1, 'clear', 'warning')], 5, 5)).toEqual([])
})
