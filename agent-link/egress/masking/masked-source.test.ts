import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createFakeSource, fakeAlert, fakeContext, fakeNodeInfo } from '../../../test/doubles/hosts/fake-source.ts'
import { testGate } from '../../../test/doubles/hosts/test-gate.ts'
import type { HostFunctions } from '../../functions/host-functions.ts'
import type { Source } from '../../sources/source.ts'
import { jsonAnswer } from '../../sources/source.ts'
import { createMasker } from './masker.ts'
import { createPseudonyms } from './pseudonyms.ts'
import { parseRules } from './read-rules.ts'
import { presets, type Action, type Rules } from './rules.ts'

const signal = new AbortController().signal
const charts = {
  'disk_util.orchid0': {
    name: 'disk_util.orchid0',
    context: 'disk.util',
    family: 'orchid0',
    title: 'Disk (disk_util.orchid0)',
    labels: { device: 'orchid0', device_type: 'physical' },
    dimensions: { utilization: { name: 'utilization' } },
  },
  'cgroup_orchid-web.cpu': {
    name: 'cgroup_orchid-web.cpu',
    context: 'cgroup.cpu',
    family: 'cpu',
    title: 'CPU',
    labels: { cgroup_name: 'orchid-web' },
    dimensions: { user: { name: 'user' } },
  },
  'users.cpu': {
    name: 'users.cpu',
    context: 'users.cpu',
    family: 'cpu',
    title: 'CPU',
    labels: {},
    dimensions: { orchidia: { name: 'orchidia' }, root: { name: 'root' } },
  },
  'system.cpu': {
    name: 'system.cpu',
    context: 'system.cpu',
    family: 'cpu',
    title: 'CPU',
    labels: {},
    dimensions: { user: { name: 'user' } },
  },
}

/** An agent that answers like one: catalogue, data of the charts asked for, alerts. */
function agent(): { source: Source; asked: string[] } {
  const asked: string[] = []
  const alert = fakeAlert('disk_busy', {
    chart: 'disk_util.orchid0',
    context: 'disk.util',
    family: 'orchid0',
    info: 'orchid0 is busy',
    summary: 'Disk orchid0',
    configSource: '12@/home/orchid/disk.conf',
  })
  const source = createFakeSource({
    contexts: [fakeContext('disk.util', { family: 'orchid0' }), fakeContext('statsd_orchid.jobs')],
    alerts: [alert],
  })
  const answer: Source['answer'] = async ({ command, query }) => {
    asked.push(`${command}?${decodeURIComponent(query)}`)
    if (command === 'contexts') {
      const contexts = Object.fromEntries(
        Object.entries(charts).map(([id, chart]) => [chart.context, { title: chart.title, family: chart.family, charts: { [id]: chart } }]),
      )
      return jsonAnswer(200, JSON.stringify({ hostname: 'orchid-host', contexts }))
    }
    const { name, chart, family, info: about, summary, configSource } = alert
    const named = { name, chart, family, info: about, summary, source: configSource, recipient: 'orchid-team', hostname: 'orchid-host' }
    if (command === 'alarms')
      return jsonAnswer(
        200,
        JSON.stringify({
          hostname: 'orchid-host',
          alarms: { 'disk_util.orchid0.disk_busy': { ...named, value: 93.25, value_string: '93.25 %' } },
        }),
      )
    const document = {
      api: 1,
      id: 'orchid-host:*',
      chart_ids: ['disk_util.orchid0', 'users.cpu'],
      dimension_names: ['utilization', 'orchidia'],
      dimension_ids: ['utilization', 'orchidia'],
      result: { labels: ['time', 'utilization', 'orchidia'], data: [[1_790_000_001, 93.25, 1e-7]] },
    }
    return { ...jsonAnswer(200, ''), isGzip: true, body: gzipSync(JSON.stringify(document)) }
  }
  const info = () => ({
    node: { ...fakeNodeInfo, hostname: 'orchid-host', labels: { _os_name: 'Debian', owner: 'orchid team' } },
    collectors: [],
  })
  return { source: { ...source, info, answer }, asked }
}

const textOf = (answer: { readonly body: Uint8Array }) => Buffer.from(answer.body).toString('utf8')
const get = async (source: Pick<Source, 'answer'>, command: string, query = '') =>
  textOf(await source.answer({ command, query, acceptsGzip: true }, signal))

it('[MK7] (D8) with strict rules no name of the host is in anything that is announced or answered, and values are what they were', async () => {
  const { source } = agent()
  const gated = testGate(presets.strict).source(source)
  const all = [
    JSON.stringify([gated.info(), gated.contexts(), gated.alerts(), gated.alertLog()], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
    await get(gated, 'contexts', 'options=charts,dimensions,labels'),
    await get(gated, 'data', 'context=disk.util%7Cusers.cpu'),
    await get(gated, 'alarms', 'all'),
  ]
  for (const text of all) expect(text).not.toMatch(/orchid/i)
  expect(all[2]).toContain('[1790000001,93.25,1e-7]')
  expect(all[3]).toContain('93.25')
})

it('[MK8] a masked name is the same in catalogue, data, alerts and families, and a question that names it reaches what it stands for', async () => {
  const { source, asked } = agent()
  const gated = testGate(presets.strict).source(source)
  const catalogue = JSON.parse(await get(gated, 'contexts', 'options=charts,dimensions,labels')) as {
    contexts: Record<string, { charts: Record<string, { family: string; labels: Record<string, string> }> }>
  }
  const [[chart, said] = ['', { family: '', labels: {} as Record<string, string> }]] = Object.entries(
    catalogue.contexts['disk.util']?.charts ?? {},
  )
  expect(chart).toBe(`disk_util.${said.family}`)
  expect(said.labels).toEqual({ device: said.family, device_type: 'physical' })
  expect(gated.alerts()[0]).toMatchObject({ chart, family: said.family, name: 'disk_busy' })
  const data = JSON.parse(await get(gated, 'data', `context=disk.util&chart=${encodeURIComponent(chart)}`)) as { chart_ids: string[] }
  expect(asked.at(-1)).toBe('data?context=disk.util&chart=disk_util.orchid0')
  expect(data.chart_ids[0]).toBe(chart)
  // Patterns too, and what nobody masked stays as it is.
  await get(gated, 'data', `context=disk.util&chart=${encodeURIComponent('disk_util.*')}`)
  expect(asked.at(-1)).toContain('disk_util.orchid0')
  await get(gated, 'alarms', 'all')
  expect(asked.at(-1)).toBe('alarms?all')
  await get(gated, 'data', 'chart=system.cpu')
  expect(asked.at(-1)).toBe('data?chart=system.cpu')
})

it('[MK8] after a restart a question in masked names is understood before anything was announced', async () => {
  const first = testGate(presets.strict).source(agent().source)
  const chart =
    Object.keys(
      (JSON.parse(await get(first, 'contexts')) as { contexts: Record<string, { charts: object }> }).contexts['disk.util']?.charts ?? {},
    )[0] ?? ''
  const { source, asked } = agent()
  const again = testGate(presets.strict).source({ ...source, alerts: () => [] })
  await get(again, 'data', `chart=${encodeURIComponent(chart)}`)
  expect(asked.at(-1)).toBe('data?chart=disk_util.orchid0')
})

it('[MK9] asking for a masked thing by its own name finds nothing', async () => {
  const { source, asked } = agent()
  const gated = testGate(presets.strict).source(source)
  await get(gated, 'contexts')
  await get(gated, 'data', 'context=disk.util&chart=disk_util.orchid0')
  expect(asked.at(-1)).not.toContain('orchid0')
  await get(gated, 'data', 'context=users.cpu&dimensions=orchidia')
  expect(asked.at(-1)).not.toContain('orchidia')
})

const table = (rows: readonly (readonly unknown[])[], names: readonly string[]): HostFunctions => ({
  list: () => ({ processes: { help: 'What runs.' } }),
  answer: ({ query }) =>
    Promise.resolve(
      jsonAnswer(
        200,
        JSON.stringify({
          status: 200,
          type: 'table',
          asked: query,
          columns: Object.fromEntries(names.map((name, index) => [name, { index, unique_key: index === 0 }])),
          data: rows,
        }),
      ),
    ),
})

it('[MK10] (D8) by default command lines lose their arguments, and messages and descriptions their secrets; names of processes stay', async () => {
  const functions = table(
    [
      [
        812,
        'postgres',
        '/usr/lib/postgresql/15/bin/postgres -D /srv --password tern-Nest42',
        'GET /reset?token=abc123 from ada@shop.example',
        'ada',
      ],
      [813, 'sh', 'PGPASSWORD=tern-Nest42 psql', "SELECT * FROM users WHERE name = 'ada'", 'root'],
    ],
    ['PID', 'Cmd', 'CmdLine', 'MESSAGE', 'User'],
  )
  const gated = testGate(presets.default).functions(functions)
  const text = textOf(await gated.answer({ command: 'function', query: 'function=processes', permissions: 0xff }, signal))
  expect(JSON.parse(text)).toMatchObject({
    data: [
      [812, 'postgres', '/usr/lib/postgresql/15/bin/postgres …', expect.stringContaining('GET '), 'ada'],
      [813, 'sh', '…', '[query]', 'root'],
    ],
  })
  expect(text).not.toMatch(/tern-Nest42|abc123|shop\.example|users WHERE/)
})

it('[MK10] a choice of a masked value is understood, and masked messages cannot be searched', async () => {
  const gated = testGate(presets.strict).functions(table([[1, 'ada']], ['PID', 'User']))
  const ask = async (words: string) =>
    textOf(await gated.answer({ command: 'function', query: `function=${encodeURIComponent(words)}`, permissions: 0xff }, signal))
  const [[, masked]] = (JSON.parse(await ask('processes')) as { data: [[number, string]] }).data
  expect(masked).toMatch(/^user-\d+$/)
  const asked = (JSON.parse(await ask(`processes User:${masked}`)) as { asked: string }).asked
  expect(asked).not.toContain('user-')
  expect(JSON.parse(await ask('systemd-journal query:tern'))).toMatchObject({ status: 403 })
})

it('[MK11] (D8) rules of any kind on names keep two charts two, and the same rule gives the same name on this host', () => {
  for (const action of ['drop', 'hash', 'token', { action: 'truncate', to: 2 }] as const) {
    const fields = {
      ...presets.default.fields,
      instance: typeof action === 'string' ? { action } : ({ action: 'truncate', to: 2 } as const),
    }
    const rules: Rules = { ...presets.default, fields }
    const names = () => {
      const { masker } = testGate(rules)
      return ['disk.sda', 'disk.sdb', 'net.eth0'].map((id) => masker.chart(id))
    }
    const masked = names()
    expect(new Set(masked).size).toBe(3)
    expect(masked.join()).not.toMatch(/sda|sdb|eth0/)
    expect(names()).toEqual(masked)
  }
})

it('[MK11] (D8) what is dropped leaves nothing, a keyed hash is another on another host, a token counts, and a cut keeps its beginning or shape', () => {
  const maskerOf = (action: Action, key: number) =>
    createMasker(
      { fields: { ...presets.off.fields, hostname: action, 'command-line': action, user: action }, content: presets.off.content },
      createPseudonyms({ key: new Uint8Array(32).fill(key) }),
    )
  const command = '/usr/bin/curl -H token:orchid https://orchid.example/x?y=1'
  const drop = maskerOf({ action: 'drop' }, 1)
  expect([drop.field('hostname', 'orchid-1'), drop.field('command-line', command)]).toEqual(['', ''])

  const [here, again, there] = [1, 1, 2].map((key) => maskerOf({ action: 'hash' }, key).field('user', 'orchid'))
  expect(here).toMatch(/^user-[a-z0-9]{12}$/)
  expect(again).toBe(here)
  expect(there).not.toBe(here)

  const token = maskerOf({ action: 'token' }, 1)
  expect(['orchid', 'other', 'orchid'].map((user) => token.field('user', user))).toEqual(['user-1', 'user-2', 'user-1'])

  expect(Array.from(maskerOf({ action: 'truncate', to: 2 }, 1).field('user', 'orchid')).slice(0, 2)).toEqual(['o', 'r'])
  expect(maskerOf({ action: 'truncate', to: 2 }, 1).field('user', 'orchid')).not.toContain('orc')
  expect(maskerOf({ action: 'truncate', to: 'shape' }, 1).field('command-line', command)).toBe('/usr/bin/curl …')
})

it('[MK12] a rules file is refused with every problem at once, each with its place', () => {
  const text = JSON.stringify({
    version: 2,
    preset: 'off',
    fields: { hostnames: 'hash', user: 'blur' },
    content: { url: { action: 'truncate', to: -1 } },
    pattern: '.*',
  })
  const problems = ['version', 'preset', 'fields', 'fields.user', 'content.url', 'pattern']
  let message = ''
  try {
    parseRules(text, 'egress.json')
  } catch (thrown) {
    message = thrown instanceof Error ? thrown.message : ''
  }
  for (const problem of problems) expect(message).toContain(problem)
  const rules = parseRules(
    '{"version": 1, "fields": {"hostname": "hash"}, "content": {"ipv4": {"action": "truncate", "to": "shape"}}}',
    'egress.json',
  )
  expect([rules.fields.hostname, rules.fields['command-line'], rules.content.ipv4]).toEqual([
    { action: 'hash' },
    { action: 'truncate', to: 'shape' },
    { action: 'truncate', to: 'shape' },
  ])
})

it('[MK13] a configuration that was read masked and is written back holds what it held; a masked text of nobody knows what is refused', async () => {
  const documents: string[] = []
  const document = {
    name: 'disk_busy',
    rules: [{ config: { info: 'see https://wiki.example/disk?team=ada', to: 'sysadmin', warn: '$this > 90' } }],
  }
  const source: Source = {
    ...createFakeSource(),
    configure: (request) => {
      if (request.bodyText !== '') documents.push(request.bodyText)
      return Promise.resolve(jsonAnswer(200, JSON.stringify(document)))
    },
  }
  const gated = testGate(presets.default).source(source)
  const asker = { permissions: 0x7ff, role: 'admin', userName: '', accountId: '' }
  const read = textOf((await gated.configure?.({ ...asker, query: 'action=get&id=x', bodyText: '' })) ?? { body: new Uint8Array() })
  expect(read).not.toContain('wiki.example')
  await gated.configure?.({ ...asker, query: 'action=update&id=x', bodyText: read.replace('> 90', '> 95') })
  expect(JSON.parse(documents[0] ?? '')).toEqual({ ...document, rules: [{ config: { ...document.rules[0]?.config, warn: '$this > 95' } }] })
  const refused = await gated.configure?.({
    ...asker,
    query: 'action=update&id=x',
    bodyText: JSON.stringify({ info: 'now [secret] here' }),
  })
  expect([refused?.status, documents.length]).toEqual([400, 1])
})

it('[MK6] an answer of 10 MB is masked whole', async () => {
  const rows = Array.from({ length: 40_000 }, (_, index) => [
    index,
    'worker',
    `worker --id ${index} --password tern-Nest42 ${'x'.repeat(180)}`,
  ])
  const gated = testGate(presets.default).functions(table(rows, ['PID', 'Cmd', 'CmdLine']))
  const answer = await gated.answer({ command: 'function', query: 'function=processes', permissions: 0xff }, signal)
  expect(textOf(answer)).not.toContain('tern-Nest42')
})
