import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { AlertDocument, AlertRuleConfig } from '../../../../src/health/alert-document.ts'
import { blankRule } from '../../../../src/health/blank-rule.ts'
import { silentLog } from '../../../../src/support/log.ts'
import { createHandClock } from '../../../../test/doubles/hand-clock.ts'
import { createChartSet } from '../chart.ts'
import type { ChartDefinition } from '../chart.ts'
import { parseParameters } from '../query/parameters.ts'
import { alertFileNames, createHostAlerts, loadHostAlerts } from './host-alerts.ts'
import { returnWithinS, chartGoneS } from './engine.ts'
import { runningRules } from './running-rule.ts'
import { stockAlerts } from './stock-alerts.ts'

const machineGuid = '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11'
const startS = 1_800_000_000

interface RuleWish {
  readonly on?: string
  readonly type?: 'template' | 'instance'
  readonly labels?: string
  readonly hostLabels?: string
  readonly calculation?: string
  readonly lookup?: Partial<AlertRuleConfig['value']['database_lookup']>
  readonly warning?: string
  readonly critical?: string
  readonly everyS?: number
  readonly downS?: number
}

function document(name: string, ...wishes: readonly RuleWish[]): AlertDocument {
  const rules = wishes.map((wish) => {
    const { config, ...blank } = blankRule()
    const value = {
      ...config.value,
      database_lookup: { ...config.value.database_lookup, options: ['unaligned' as const], ...wish.lookup },
      calculation: wish.calculation ?? (wish.lookup ? '' : '$x'),
      units: '%',
      update_every: wish.everyS ?? 1,
    }
    return {
      ...blank,
      type: wish.type ?? ('template' as const),
      config: {
        ...config,
        match: { on: wish.on ?? 'ctx', host_labels: wish.hostLabels ?? '*', instance_labels: wish.labels ?? '*' },
        summary: 'Disk ${label:device} of ${family}',
        value,
        conditions: { warning_condition: wish.warning ?? '$this > 80', critical_condition: wish.critical ?? '' },
        action: { ...config.action, recipient: 'sysadmin', delay: { ...config.action.delay, down: wish.downS ?? 0 } },
      },
    }
  })
  return { format_version: 1, name, rules }
}

const definition = (
  id: string,
  context = 'ctx',
  labels: Readonly<Record<string, string>> = {},
  dimensions: readonly string[] = ['x'],
): ChartDefinition => ({
  id,
  context,
  family: 'fam',
  title: 't',
  units: '%',
  priority: 1,
  chartType: 'line',
  module: 'm',
  dimensions,
  labels,
})

/** Alerts over charts a test writes; `second` is one second with these values by chart. */
async function scene(stock: readonly AlertDocument[], folder?: string, clock = createHandClock(startS * 1000)) {
  const changes: number[] = []
  const charts = createChartSet((chart) => alerts.addChart(chart))
  const alerts = createHostAlerts({
    machineGuid,
    hostname: 'edge-1',
    kept: folder === undefined ? undefined : await loadHostAlerts(folder, silentLog),
    charts: charts.charts,
    hostLabels: () => ({ role: 'web' }),
    hostVariables: () => ({ processors: 4 }),
    clock,
    log: silentLog,
    onChange: () => void changes.push(nowS()),
    stock,
  })
  const nowS = () => Math.floor(clock.nowMs() / 1000)
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  }
  const second = async (
    values: Readonly<Record<string, readonly number[]>>,
    definitions: readonly ChartDefinition[] = [definition('disk.a')],
  ) => {
    clock.advance(1_000)
    for (const each of definitions) {
      const row = values[each.id]
      if (row) charts.ensure(each)?.history.write(nowS(), row)
    }
    alerts.tick(nowS())
    await alerts.told()
  }
  const states = () => alerts.alerts().map(({ chart, name, status, whenS }) => [chart, name, status, whenS - startS])
  const log = () => alerts.log().map(({ alert, oldStatus }) => [alert.name, oldStatus, alert.status, alert.whenS - startS])
  const ask = (command: string, query = '') => {
    const answer = alerts.api.answer(command, parseParameters(query), query)
    return { status: answer?.status, json: JSON.parse(new TextDecoder().decode(answer?.body)) as Record<string, unknown> }
  }
  const configure = async (query: string, body?: object | string, permissions = 0x7ff) => {
    const answer = await alerts.configure({
      query,
      bodyText: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      permissions,
      role: 'admin',
      userName: 'ada',
      accountId: '5e0c',
    })
    await alerts.told()
    const text = new TextDecoder().decode(answer.body)
    return { status: answer.status, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> }
  }
  return { clock, charts, alerts, changes, second, settle, states, log, ask, configure, nowS }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-alerts-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

it('[HL1] evaluates each alert at its own pace and tells each change once, with its value and its words', async () => {
  const { second, states, log, alerts, changes } = await scene([
    document('busy', { warning: '$this > (($status >= $WARNING) ? (60) : (80))', critical: '$this > 95' }),
  ])
  const charts = [definition('disk.a', 'ctx', { device: 'sda' })]
  for (const x of [50, 81, 70, 99, 50]) await second({ 'disk.a': [x] }, charts)
  expect(log()).toEqual([
    ['busy', 'unknown', 'clear', 1],
    ['busy', 'clear', 'warning', 2],
    ['busy', 'warning', 'critical', 4],
    ['busy', 'critical', 'clear', 5],
  ])
  expect(states()).toEqual([['disk.a', 'busy', 'clear', 5]])
  expect(changes.length).toBe(4)
  const raised = alerts.log()[1]?.alert
  expect(raised).toMatchObject({ context: 'ctx', family: 'fam', valueText: '81%', value: 81, summary: 'Disk sda of fam' })
  expect(alerts.config(raised?.configHash ?? '')).toMatchObject({
    template: 'busy',
    onChart: 'ctx',
    calculationExpr: '$x',
    criticalExpr: '$this > 95',
    every: '1s',
    recipient: 'sysadmin',
  })
})

it('[HL2] one alert for a name and a chart: rules for the instance win, then the order; labels of host and instance narrow', async () => {
  const { second, states } = await scene([
    document(
      'one',
      { warning: '1', labels: 'device=!sda *' },
      { warning: '0', labels: 'device=*' },
      { type: 'instance', on: 'disk.c', warning: '0', critical: '1' },
    ),
    document('elsewhere', { hostLabels: 'role=db*' }),
    document('here', { hostLabels: 'role=web db', labels: 'device=sda' }),
  ])
  const charts = [
    definition('disk.a', 'ctx', { device: 'sda' }),
    definition('disk.b', 'ctx', { device: 'sdb' }),
    definition('disk.c', 'ctx', { device: 'sdc' }),
  ]
  await second({ 'disk.a': [1], 'disk.b': [1], 'disk.c': [1] }, charts)
  expect(states()).toEqual([
    ['disk.a', 'one', 'clear', 1],
    ['disk.a', 'here', 'clear', 1],
    ['disk.b', 'one', 'warning', 1],
    ['disk.c', 'one', 'critical', 1],
  ])
})

it('[HL3] an alert waits until its window is covered, reads other charts, facts of the host and other alerts, and knows what it does not know', async () => {
  const { second, states, alerts } = await scene([
    document('mean', { lookup: { after: -3, dimensions: 'x' }, warning: '$this > 5' }),
    document('load', { calculation: '$x / $processors + $other.one.y', warning: '$this > 10' }),
    document('of_mean', { calculation: '$mean * 2', warning: '$this > 11' }),
    document('nothing', { calculation: '$nowhere', warning: '$this > 1' }),
  ])
  const charts = [definition('other.one', 'other', {}, ['y']), definition('disk.a')]
  const row = { 'disk.a': [8], 'other.one': [9] }
  await second(row, charts)
  expect(states().map(([, name, status]) => [name, status])).toEqual([
    ['load', 'warning'],
    ['of_mean', 'undefined'],
    ['nothing', 'undefined'],
  ])
  await second(row, charts)
  await second(row, charts)
  await second(row, charts)
  expect(states().map(([, name, status]) => [name, status])).toEqual([
    ['mean', 'warning'],
    ['load', 'warning'],
    ['of_mean', 'warning'],
    ['nothing', 'undefined'],
  ])
  expect(alerts.alerts().find(({ name }) => name === 'nothing')?.valueText).toBe('-')
})

it('[HL4] a chart that is collected no more takes its alert with it, and a clock set back puts none to sleep', async () => {
  const { second, log, clock, alerts, nowS } = await scene([document('busy', {})])
  await second({ 'disk.a': [90] })
  for (let s = 0; s <= chartGoneS; s++) {
    clock.advance(1_000)
    alerts.tick(nowS())
  }
  await alerts.told()
  expect(log()).toEqual([
    ['busy', 'unknown', 'warning', 1],
    ['busy', 'warning', 'removed', 2 + chartGoneS],
  ])
  expect(alerts.alerts()).toEqual([])
  await second({ 'disk.a': [10] })
  expect(log().at(-1)).toEqual(['busy', 'unknown', 'clear', 3 + chartGoneS])
  const earlier = await scene([document('busy', { everyS: 10 })])
  await earlier.second({ 'disk.a': [10] })
  earlier.charts.charts.get('disk.a')?.history.write(startS - 50_001, [99])
  earlier.alerts.tick(startS - 50_000)
  await earlier.alerts.told()
  expect(earlier.states()).toMatchObject([['disk.a', 'busy', 'warning', -50_000]])
})

it('[HL5] a restart goes on: statuses, ids and times stay, nothing is told again, and what is gone meanwhile is removed', async () => {
  const folder = await temporaryFolder()
  const stock = [document('busy', {}), document('gone', {})]
  const before = await scene(stock, folder)
  await before.second({ 'disk.a': [50] })
  await before.second({ 'disk.a': [90] })
  await before.alerts.stop()
  const text = await readFile(join(folder, alertFileNames.state), 'utf8')
  expect(text).not.toMatch(/"(?:old)?value/i)

  const clock = createHandClock(before.clock.nowMs() + 5_000)
  const after = await scene([document('busy', {})], folder, clock)
  // Known before anything is collected again: nothing looks removed.
  expect(after.states().map(([, name, status]) => [name, status])).toEqual([
    ['busy', 'warning'],
    ['gone', 'warning'],
  ])
  const logged = after.log()
  await after.second({ 'disk.a': [91] })
  expect(after.log()).toEqual(logged)
  await after.second({ 'disk.a': [20] })
  expect(after.log().slice(logged.length)).toEqual([['busy', 'warning', 'clear', 9]])
  expect(after.alerts.log().map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
  for (let s = 0; s < returnWithinS; s++) await after.second({ 'disk.a': [20] })
  expect(after.log().at(-1)?.slice(0, 3)).toEqual(['gone', 'warning', 'removed'])
})

it('[HL5] a change is kept before it is told, and a damaged file costs what it held and nothing else', async () => {
  const folder = await temporaryFolder()
  const { second, changes, alerts } = await scene([document('busy', {})], folder)
  await second({ 'disk.a': [90] })
  expect(changes.length).toBe(1)
  expect(await readFile(join(folder, alertFileNames.state), 'utf8')).toContain('"warning"')
  await alerts.stop()
  for (const name of Object.values(alertFileNames)) await writeFile(join(folder, name), '{"version":1,')
  const again = await scene([document('busy', {})], folder)
  await again.second({ 'disk.a': [90] })
  expect(again.states().map(([, name, status]) => [name, status])).toEqual([['busy', 'warning']])
})

it('[HL6] the reads of alerts have the shapes of API v1: raised ones or all, the log after a number, escapes, counts, variables', async () => {
  const { second, ask } = await scene([
    document('busy', { calculation: '$x / 1', lookup: { after: -1, dimensions: 'x' } }),
    document('calm', { warning: '$this > 1000' }),
  ])
  await second({ 'disk.a': [90.123] })
  await second({ 'disk.a': [10] })
  await second({ 'disk.a': [95] })
  const { json } = ask('alarms')
  expect(json).toMatchObject({ hostname: 'edge-1', latest_alarm_log_unique_id: 4, status: true, now: startS + 3 })
  expect(Object.keys(json['alarms'] as object)).toEqual(['disk.a.busy'])
  expect((json['alarms'] as Record<string, object>)['disk.a.busy']).toMatchObject({
    id: 1,
    name: 'busy',
    chart: 'disk.a',
    family: 'fam',
    status: 'WARNING',
    last_status_change: startS + 3,
    last_updated: startS + 3,
    update_every: 1,
    active: true,
    silenced: false,
    recipient: 'sysadmin',
    warn_repeat_every: '0',
    value: 95,
    value_string: '95%',
    calc: '$x &#x2F; 1',
    warn: '$this &gt; 80',
    lookup_method: 'average',
    lookup_after: -1,
    lookup_dimensions: 'x',
    config_hash_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  })
  expect(Object.keys(ask('alarms', 'all').json['alarms'] as object)).toEqual(['disk.a.busy', 'disk.a.calm'])
  expect(ask('alarms_values', 'all').json).toEqual({
    hostname: 'edge-1',
    alarms: {
      'disk.a.busy': { id: 1, value: 95, last_updated: startS + 3, status: 'WARNING' },
      'disk.a.calm': { id: 2, value: 95, last_updated: startS + 3, status: 'CLEAR' },
    },
  })
  expect([ask('alarm_count').json, ask('alarm_count', 'status=CLEAR').json, ask('alarm_count', 'context=nope').json]).toEqual([
    [1],
    [1],
    [0],
  ])
  const log = ask('alarm_log', 'after=2').json as unknown as Record<string, unknown>[]
  expect(log).toMatchObject([
    {
      unique_id: 4,
      alarm_id: 1,
      alarm_event_id: 3,
      status: 'WARNING',
      old_status: 'CLEAR',
      duration: 1,
      updates_id: 3,
      value_string: '95%',
      old_value: 10,
    },
    { unique_id: 3, status: 'CLEAR', old_status: 'WARNING', duration: 1, non_clear_duration: 1, updated_by_id: 4, silenced: 'false' },
  ])
  expect(log[0]?.['transition_id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(ask('alarm_log', 'chart=other').json).toEqual([])
  expect(ask('alarm_variables', 'chart=disk.a').json).toMatchObject({
    chart: 'disk.a',
    chart_context: 'ctx',
    chart_variables: { x: 95, busy: 95, update_every: 1, last_collected_t: startS + 3 },
    family_variables: { 'disk.a.x': 95 },
    host_variables: { processors: 4, 'disk.a.x': 95 },
  })
})

const prototype = 'health:alert:prototype'

it('[HL7] the tree lists template and jobs with what may be done, to those who may look', async () => {
  const { configure } = await scene([document('busy', {})])
  const { json } = await configure('action=tree&path=/health')
  const items = (json['tree'] as Record<string, Record<string, object>>)['/health/alerts/prototypes'] ?? {}
  expect(Object.keys(items)).toEqual([prototype, `${prototype}:busy`])
  expect(items[prototype]).toMatchObject({
    type: 'template',
    cmds: ['schema', 'add', 'enable', 'disable', 'userconfig'],
    source_type: 'internal',
  })
  expect(items[`${prototype}:busy`]).toMatchObject({
    type: 'job',
    template: prototype,
    status: 'running',
    source_type: 'stock',
    cmds: ['schema', 'get', 'enable', 'disable', 'update', 'userconfig'],
    access: { view: ['signed-in', 'same-space', 'view-config'], edit: ['signed-in', 'same-space', 'commercial', 'edit-config'] },
    payload: { available: false },
  })
  expect(json['agent']).toMatchObject({ mg: machineGuid, nm: 'edge-1' })
  expect((await configure('action=tree&path=/collectors')).json['tree']).toEqual({})
  expect((await configure('')).status).toBe(200)
  expect((await configure(`action=schema&id=${prototype}`)).json).toHaveProperty('jsonSchema.properties.rules')
})

it.each([
  ['action=tree', undefined, 0x0b, 403],
  ['action=tree', undefined, 0x08, 412],
  [`action=get&id=${prototype}:busy`, undefined, 0x1b, 403],
  [`action=get&id=${prototype}:busy`, undefined, 0x2b, 200],
  [`action=disable&id=${prototype}:busy`, undefined, 0x3b, 403],
  [`action=disable&id=${prototype}:busy`, undefined, 0x7b, 403],
  [`action=disable&id=${prototype}:busy`, undefined, 0x7f, 200],
  [`action=get&id=${prototype}:nope`, undefined, 0x7f, 404],
  ['action=get&id=go.d:nginx', undefined, 0x7f, 404],
  [`action=get&id=${prototype}`, undefined, 0x7f, 501],
  [`action=restart&id=${prototype}:busy`, undefined, 0x7f, 501],
  [`action=test&id=${prototype}:busy`, '{}', 0x7f, 501],
  [`action=remove&id=${prototype}:busy`, undefined, 0x7f, 501],
  [`action=update&id=${prototype}:busy`, undefined, 0x7f, 400],
  [`action=get&id=${prototype}:busy`, '{}', 0x7f, 400],
  ['action=nonsense', undefined, 0x7f, 400],
  [`action=add&id=${prototype}&name=a b`, '{}', 0x7f, 400],
  [`action=add&id=${prototype}&name=busy`, 'x', 0x7f, 400],
] as const)('[HL8] %s with %s and the rights %i is answered with %i', async (query, body, permissions, status) => {
  const { configure } = await scene([document('busy', {})])
  expect((await configure(query, body, permissions)).status).toBe(status)
})

it('[HL9] a document that is added over the link is kept, evaluated and fires; changed, switched off, on and removed again', async () => {
  const folder = await temporaryFolder()
  const { configure, second, log, states } = await scene([], folder)
  await second({ 'disk.a': [50] })
  expect(await configure(`action=add&id=${prototype}&name=mine_over_the_link`, document('mine_over_the_link', {}))).toMatchObject({
    status: 202,
    json: { message: 'accepted' },
  })
  expect((await configure(`action=add&id=${prototype}&name=mine_over_the_link`, document('mine_over_the_link', {}))).status).toBe(400)
  await second({ 'disk.a': [90] })
  expect(states()).toEqual([['disk.a', 'mine_over_the_link', 'warning', 2]])
  expect(
    (await configure(`action=update&id=${prototype}:mine_over_the_link`, document('mine_over_the_link', { warning: '$this > 95' }))).status,
  ).toBe(202)
  await second({ 'disk.a': [90] })
  expect(log()).toEqual([
    ['mine_over_the_link', 'unknown', 'warning', 2],
    ['mine_over_the_link', 'warning', 'removed', 2],
    ['mine_over_the_link', 'unknown', 'clear', 3],
  ])
  const got = await configure(`action=get&id=${prototype}:mine_over_the_link`)
  expect(got.json).toMatchObject({
    name: 'mine_over_the_link',
    rules: [{ config: { source_type: 'dyncfg', conditions: { warning_condition: '$this > 95' }, hash: expect.any(String) as string } }],
  })
  // What was got can be written back as it is.
  expect((await configure(`action=update&id=${prototype}:mine_over_the_link`, got.text)).status).toBe(202)
  const tree = await configure('action=tree')
  expect(tree.text).toContain('method=api,role=admin,permissions=0x7ff,user=ada,account=5e0c')
  expect((await configure('action=tree', undefined, 0x2b)).text).not.toContain('user=ada')

  expect((await configure(`action=disable&id=${prototype}:mine_over_the_link`)).status).toBe(200)
  expect(states()).toEqual([])
  const restarted = await scene([], folder)
  await restarted.second({ 'disk.a': [99] })
  expect(restarted.states()).toEqual([])
  expect((await restarted.configure(`action=enable&id=${prototype}:mine_over_the_link`)).status).toBe(202)
  await restarted.second({ 'disk.a': [99] })
  expect(restarted.states().map(([, name, status]) => [name, status])).toEqual([['mine_over_the_link', 'warning']])
  expect((await restarted.configure(`action=remove&id=${prototype}:mine_over_the_link`)).status).toBe(200)
  expect(restarted.states()).toEqual([])
  expect((await restarted.configure(`action=get&id=${prototype}:mine_over_the_link`)).status).toBe(404)
  expect(await readFile(join(folder, alertFileNames.definitions), 'utf8')).not.toContain('mine_over_the_link')
})

it('[HL9] a changed stock alert is kept as changed, and taking the change away brings the stock one back', async () => {
  const folder = await temporaryFolder()
  const stock = [document('busy', {})]
  const first = await scene(stock, folder)
  await first.configure(`action=update&id=${prototype}:busy`, document('busy', { warning: '$this > 99' }))
  const second = await scene(stock, folder)
  expect((await second.configure(`action=get&id=${prototype}:busy`)).text).toContain('$this > 99')
  expect((await second.configure(`action=remove&id=${prototype}:busy`)).status).toBe(200)
  expect((await second.configure(`action=get&id=${prototype}:busy`)).text).toContain('$this > 80')
})

it('[HL10] the whole template switches all alerts, and a single one cannot be switched on under it; all rules off is 298', async () => {
  const { configure, second, states } = await scene([document('busy', {})])
  await second({ 'disk.a': [90] })
  expect((await configure(`action=disable&id=${prototype}`)).status).toBe(200)
  expect(states()).toEqual([])
  expect((await configure(`action=enable&id=${prototype}:busy`)).status).toBe(400)
  expect((await configure(`action=enable&id=${prototype}`)).status).toBe(202)
  await second({ 'disk.a': [90] })
  expect(states().length).toBe(1)
  const off = { ...document('busy', {}), rules: document('busy', {}).rules.map((rule) => ({ ...rule, enabled: false })) }
  expect((await configure(`action=update&id=${prototype}:busy`, off)).status).toBe(298)
  expect((await configure(`action=enable&id=${prototype}:busy`)).status).toBe(400)
})

const broken = (change: object): object => ({ ...document('a', {}), ...change })
const [rule] = document('a', {}).rules
const withConfig = (change: object) => broken({ rules: [{ ...rule, config: { ...rule?.config, ...change } }] })

it.each([
  [{}, 'rules'],
  [broken({ name: 'b' }), 'name'],
  [broken({ rules: [] }), 'rules'],
  [broken({ extra: 1 }), 'extra'],
  [withConfig({ match: {} }), 'rules.0.config.match.on'],
  [withConfig({ value: { ...rule?.config.value, update_every: 'often' } }), 'rules.0.config.value.update_every'],
  [
    withConfig({ value: { ...rule?.config.value, database_lookup: { ...rule?.config.value.database_lookup, time_group: 'guess' } } }),
    'rules.0.config.value.database_lookup.time_group',
  ],
  [withConfig({ conditions: { warning_condition: '$this >', critical_condition: '' } }), 'rules.0.config.conditions.warning_condition'],
  [withConfig({ value: { ...rule?.config.value, calculation: '' } }), 'rules.0.config.value.calculation'],
  [
    withConfig({ value: { ...rule?.config.value, database_lookup: { ...rule?.config.value.database_lookup, after: -7_200 } } }),
    'rules.0.config.value.database_lookup.after',
  ],
] as const)('[HL11] a document that is wrong is refused with 400 and the member (%#)', async (body, member) => {
  const { configure } = await scene([])
  for (const action of ['add', 'userconfig']) {
    const { status, json } = await configure(`action=${action}&id=${prototype}&name=a`, body)
    expect(status).toBe(400)
    expect(json['message']).toContain(`'${member}'`)
  }
})

it('[HL11] a dry run changes nothing and answers the text of health.d; what is missing takes its usual value', async () => {
  const { configure } = await scene([])
  const sparse = {
    rules: [
      { config: { match: { on: 'ctx' }, value: { calculation: '$x', units: null }, conditions: { warning_condition: '$this > 1' } } },
    ],
  }
  const { status, text } = await configure(`action=userconfig&id=${prototype}&name=mine`, sparse)
  expect(status).toBe(200)
  expect(text).toMatch(/template: mine\n\s+on: ctx\n/)
  expect(text).toContain('warn: $this > 1')
  expect((await configure(`action=get&id=${prototype}:mine`)).status).toBe(404)
})

it('[HL12] a change that cannot be kept is refused with 500 and is not in force', async () => {
  const folder = await temporaryFolder()
  const { configure } = await scene([document('busy', {})], folder)
  await rm(folder, { recursive: true, maxRetries: 10 })
  await writeFile(folder, 'no folder any more')
  expect((await configure(`action=disable&id=${prototype}:busy`)).status).toBe(500)
  expect((await configure('action=tree')).text).toContain('"user_disabled":false')
})

it('[HL13] every stock alert compiles, fits the schema of agents, says in words what is the matter, and lets go later than it takes hold', () => {
  const documents = stockAlerts()
  expect(documents.length).toBeGreaterThan(12)
  for (const each of documents) {
    const [first] = runningRules(each, 'stock')
    expect(first?.rule.config.summary).not.toBe('')
    expect(first?.rule.config.info).toMatch(/\.$/)
    expect(first?.rule.config.action.recipient).toBe('sysadmin')
  }
  expect(new Set(documents.map(({ name }) => name)).size).toBe(documents.length)
})
