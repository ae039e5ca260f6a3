import { expect, it } from 'vitest'
import { alertDocumentSchema, type AlertDocument } from './alert-document.ts'
import { blankRule } from './blank-rule.ts'
import { parseDuration, writeDuration } from './durations.ts'
import { parseHealthText, writeHealthText } from './health-text.ts'

const busy = `
# a comment, and an empty line

template: disk_busy_long
      on: disk.util
   class: Utilization
    type: System
component: Disk
      os: linux freebsd
   hosts: web* !web9
host labels: _is_k8s_node = false
  plugin: proc.plugin
chart labels: device=!loop* *
  lookup: average -10m at -1m unaligned absolute percentage of busy,util
    calc: $this * 2
   units: %
   every: 1m
    warn: $this > (($status >= $WARNING) ? (80) : (90))
    crit: $this > $red
     red: 98
   delay: up 1m down 15m multiplier 1.5 max 1h
  repeat: warning 2h critical 10m
 options: no-clear-notification
 summary: Disk \${label:device} is busy
    info: mean utilisation, \\
          10 minutes
      to: sysadmin
    exec: /usr/local/bin/tell
`

const busyDocument: AlertDocument = {
  format_version: 1,
  name: 'disk_busy_long',
  rules: [
    {
      enabled: true,
      type: 'template',
      config: {
        match: {
          on: 'disk.util',
          host_labels: '_is_k8s_node=false _hostname=web* !web9 _os=linux freebsd',
          instance_labels: 'device=!loop* * _collect_plugin=proc.plugin',
        },
        summary: 'Disk ${label:device} is busy',
        info: 'mean utilisation, 10 minutes',
        type: 'System',
        component: 'Disk',
        classification: 'Utilization',
        value: {
          database_lookup: {
            after: -600,
            before: -60,
            time_group: 'average',
            time_group_condition: '=',
            time_group_value: 0,
            dims_group: 'sum',
            data_source: 'percentages',
            options: ['unaligned', 'absolute'],
            dimensions: 'busy,util',
          },
          calculation: '$this * 2',
          units: '%',
          update_every: 60,
        },
        conditions: { warning_condition: '$this > (($status >= $WARNING) ? (80) : (90))', critical_condition: '$this > 98' },
        action: {
          options: ['no-clear-notification'],
          execute: '/usr/local/bin/tell',
          recipient: 'sysadmin',
          delay: { up: 60, down: 900, max: 3_600, multiplier: 1.5 },
          repeat: { enabled: true, warning: 7_200, critical: 600 },
        },
      },
    },
  ],
}

/** The one document of a text. */
function documentOf(text: string): AlertDocument {
  const parsed = parseHealthText(text)
  if (parsed.is === 'bad') throw new Error(JSON.stringify(parsed.problems))
  expect(parsed.documents).toHaveLength(1)
  return parsed.documents[0] as AlertDocument
}

const problems = (text: string) => {
  const parsed = parseHealthText(text)
  return parsed.is === 'bad' ? parsed.problems.map(({ line, problem }) => [line, problem]) : []
}
const lookupOf = (line: string) => documentOf(`alarm: a\non: b\nlookup: ${line}`).rules[0]?.config.value.database_lookup

it('[AC1] a block of health.d becomes the document agents take, older selectors as labels, constants as numbers', () => {
  expect(documentOf(busy)).toEqual(busyDocument)
  expect(alertDocumentSchema.safeParse(busyDocument).success).toBe(true)
})

it('[AC1] what a file leaves out is what agents take then', () => {
  const document = documentOf('alarm: a.b-c_1\non: system.load\ncalc: $load1\nevery: 5s\nos: *\nfamilies: *')
  const blank = blankRule()
  expect(document.rules).toEqual([
    {
      ...blank,
      type: 'instance',
      config: {
        ...blank.config,
        match: { on: 'system.load', host_labels: '*', instance_labels: '*' },
        value: { ...blank.config.value, calculation: '$load1', update_every: 5 },
      },
    },
  ])
  const [rule] = documentOf('template: a\non: b\nlookup: max -90s\ndelay: up 1m down 2m multiplier 2').rules
  expect(rule?.config.value.update_every).toBe(90)
  expect(rule?.config.action.delay).toEqual({ up: 60, down: 120, max: 240, multiplier: 2 })
})

it('[AC1] blocks of one name are the rules of one document, in order; a selector that matches nothing switches its rule off', () => {
  const text =
    'alarm: a\non: x\ncalc: 1\nevery: 1m\n\ntemplate: b\non: y\ncalc: 2\nevery: 1m\ntemplate: a\non: z\ncalc: 3\nevery: 1m\nhosts: !*'
  const parsed = parseHealthText(text)
  expect(
    parsed.is === 'good' &&
      parsed.documents.map(({ name, rules }) => [name, rules.map((rule) => [rule.type, rule.enabled, rule.config.match.on])]),
  ).toEqual([
    [
      'a',
      [
        ['instance', true, 'x'],
        ['template', false, 'z'],
      ],
    ],
    ['b', [['template', true, 'y']]],
  ])
})

it('[AC1] every form of a lookup is read', () => {
  expect(lookupOf('countif(>=-3.5) -1h every 5m match-names max anomaly-bit of !success,*')).toEqual({
    after: -3_600,
    before: 0,
    time_group: 'countif',
    time_group_condition: '>=',
    time_group_value: -3.5,
    dims_group: 'max',
    data_source: 'anomalies',
    options: ['match_names'],
    dimensions: '!success,*',
  })
  expect(lookupOf('percentile95 -10m of all')).toMatchObject({ time_group: 'percentile', time_group_value: 95, dimensions: '*' })
  expect(lookupOf('trimmed-mean(7) -10m min2max null2zero')).toMatchObject({
    time_group: 'trimmed-mean',
    time_group_value: 7,
    dims_group: 'min2max',
    options: ['null2zero'],
  })
  expect(lookupOf('incremental-sum -10 sum abs')).toMatchObject({ time_group: 'incremental_sum', after: -10, options: ['absolute'] })
})

it('[AC2] what is wrong with a text is told by its line, all of it at once', () => {
  const text = [
    'warn: 1',
    'template: bad name',
    'no colon here',
    'on: x',
    'lookup: mode -10m',
    'every: soon',
    'calc: 1',
    'calc: 2',
    'foo: bar',
    'families: eth*',
    'delay: sideways 5m',
    'repeat: sometimes',
    'options: loud',
    'chart labels: eth0',
    'alarm: empty',
    'alarm: slow',
    'on: x',
    'calc: 1',
    'alarm: rare',
    'on: x',
    'lookup: average -2d',
    'alarm: each',
    'on: x',
    'lookup: max -10s foreach *',
  ].join('\n')
  expect(problems(text)).toEqual([
    [1, 'A text begins with "alarm: name" or "template: name".'],
    [2, 'A name has letters, digits, dots, dashes and underscores only, 200 at most.'],
    [3, 'A line is "key: value"; this one has no colon.'],
    [5, 'Agents know no method "mode".'],
    [6, '"soon" is no duration; write one such as 10s.'],
    [8, '"calc" stands on line 7 already.'],
    [9, 'Agents know no line "foo".'],
    [10, 'Agents from 1.45 on know no "families"; match instances by "chart labels" instead.'],
    [11, 'A delay knows "up", "down", "multiplier" and "max", not "sideways".'],
    [12, 'A repetition is "off", or "warning" and "critical" with durations, not "sometimes".'],
    [13, 'Agents know the option no-clear-notification, not "loud".'],
    [14, 'Labels are written as label=pattern, not "eth0".'],
    [15, 'This block says not what it is on; add "on: " with a context or a chart.'],
    [15, 'This block computes nothing; add a "lookup" or a "calc".'],
    [16, 'This block says not how often to look; add "every: 10s".'],
    [19, 'This block looks less than once a day; add "every: " with at most 24h.'],
    [24, 'Agents from 1.45 on know no "foreach"; write one alert for each dimension.'],
  ])
})

it('[AC2] empty, huge and hostile texts are refused with a line, and nothing is read out of the table of keys', () => {
  expect(problems('')).toEqual([[1, 'There is no "alarm" and no "template" in this text.']])
  expect(problems('x'.repeat(70_000))).toEqual([[1, 'The text is longer than 64 KB; divide it.']])
  expect(problems(`alarm: a\non: b\nevery: 1m\ncalc: ${'1+'.repeat(1_500)}1`)).toEqual([
    [1, '"a.0.config.value.calculation" is longer or larger than can be kept.'],
  ])
  expect(problems('alarm: a\n__proto__: x\nconstructor: y').map(([, problem]) => problem)).toContain('Agents know no line "__proto__".')
  expect(problems('alarm: a\n'.repeat(6_000)).length).toBe(20)
})

it('[AC3] a document becomes text, and the text the same document again', () => {
  const off: AlertDocument = {
    ...busyDocument,
    rules: [
      ...busyDocument.rules,
      {
        enabled: false,
        type: 'instance',
        config: {
          ...blankRule().config,
          match: { on: 'system.cpu', host_labels: '*', instance_labels: '*' },
          value: { ...blankRule().config.value, calculation: '$user', update_every: 7 },
          conditions: { warning_condition: '', critical_condition: '' },
        },
      },
    ],
  }
  const text = writeHealthText(off)
  expect(documentOf(text)).toEqual(off)
  expect(text.split('\n').slice(0, 8)).toEqual([
    '    template: disk_busy_long',
    '          on: disk.util',
    '       class: Utilization',
    '        type: System',
    '   component: Disk',
    ' host labels: _is_k8s_node=false _hostname=web* !web9 _os=linux freebsd',
    'chart labels: device=!loop* * _collect_plugin=proc.plugin',
    '      lookup: average -10m at -1m unaligned absolute percentage of busy,util',
  ])
  for (const line of ['countif(!=2) -1h min', 'percentile99 -5m', 'percentile(42) -5m', 'trimmed-median(7) -1m of a b', 'ses -30s']) {
    const document = documentOf(`alarm: a\non: b\nlookup: ${line}`)
    expect(documentOf(writeHealthText(document))).toEqual(document)
  }
  for (const line of ['off', 'warning 1h', 'critical 90s']) {
    const document = documentOf(`alarm: a\non: b\nlookup: max -1m\nrepeat: ${line}\ndelay: multiplier 1.5`)
    expect(documentOf(writeHealthText(document))).toEqual(document)
  }
})

it('[AC3] no text of a document can begin a line of its own', () => {
  const [rule] = busyDocument.rules
  if (rule === undefined) throw new Error('a rule')
  const hostile = {
    ...busyDocument,
    rules: [{ ...rule, config: { ...rule.config, info: 'a\nexec: /bin/sh\u2028to: me \\', summary: '\\' } }],
  }
  const text = writeHealthText(hostile)
  expect(text.split('\n').filter((line) => line.trimStart().startsWith('exec'))).toEqual(['        exec: /usr/local/bin/tell'])
  expect(documentOf(text).rules[0]?.config.info).toBe('a exec: /bin/sh to: me')
})

it('[AC1] durations are read in every spelling and written in the largest unit that fits', () => {
  const read = {
    '90': 90,
    '-10m': -600,
    '1h30m': 5_400,
    '1.5h': 5_400,
    '2M': 5_184_000,
    '2m': 120,
    '1mo': 2_592_000,
    '1y': 31_536_000,
    off: 0,
    '-0s': 0,
  }
  expect(Object.fromEntries(Object.keys(read).map((text) => [text, parseDuration(text)]))).toEqual(read)
  for (const text of ['', 'm', '10x', '1 h', '--1s', '1e3', '9'.repeat(400)]) expect(parseDuration(text)).toBeUndefined()
  expect([0, 59, 600, -600, 86_400, 5_400].map(writeDuration)).toEqual(['0s', '59s', '10m', '-10m', '24h', '90m'])
})
