import { writeFileSync } from 'node:fs'
import { hostname, release } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFunctionCaller } from '../../test/doubles/hosts/function-caller.ts'
import { fakeNodeInfo } from '../../test/doubles/hosts/fake-source.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { systemClock } from '../../src/support/clock.ts'
import type { MachineGuid } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { harmlessAccess, readPermissions, sensitiveAccess } from './access.ts'
import { parseArguments } from './arguments.ts'
import type { FunctionAnswer, FunctionCall, HostFunction } from './host-function.ts'
import { createHostFunctions, noFunctions } from './host-functions.ts'
import { isThisHost } from './is-this-host.ts'
import { functionsOfThisHost } from './this-host.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

const table: FunctionAnswer = {
  kind: 'table',
  table: {
    columns: [
      { id: 'A', name: 'Letter', type: 'string', isKey: true, isSticky: true },
      { id: 'N', name: 'Number', type: 'bar-with-integer', visualization: 'bar', units: 'MiB', decimals: 1, max: 5, summary: 'sum' },
    ],
    rows: [
      ['x', 7],
      ['y', null],
    ],
    defaultSortColumn: 'N',
    charts: { N: { name: 'Numbers', type: 'bar', columns: ['N'] } },
    defaultCharts: [['N', 'A']],
    groupBy: ['A'],
  },
}

function letters(change: Partial<HostFunction> = {}): HostFunction {
  return {
    name: 'letters',
    help: 'Letters.',
    tags: 'test',
    priority: 7,
    timeoutS: 3,
    updateEveryS: 5,
    access: harmlessAccess,
    hasHistory: false,
    acceptedParameters: ['first'],
    requiredParameters: [],
    isOffered: () => true,
    call: () => Promise.resolve(table),
    ...change,
  }
}

function scene(...functions: readonly HostFunction[]) {
  const clock = createHandClock()
  return { clock, ...createFunctionCaller(functions, clock) }
}

const read = (answer: { body: Uint8Array }) => JSON.parse(new TextDecoder().decode(answer.body)) as Record<string, unknown>

it.each([
  { permissions: 0x00, processes: 412, mounts: 412 },
  { permissions: 0x01, processes: 403, mounts: 403 },
  { permissions: 0x08, processes: 412, mounts: 200 },
  { permissions: 0x0b, processes: 403, mounts: 200 },
  { permissions: 0x13, processes: 403, mounts: 403 },
  { permissions: 0x19, processes: 403, mounts: 200 },
  { permissions: 0x1b, processes: 200, mounts: 200 },
  { permissions: 0x7ff, processes: 200, mounts: 200 },
])(
  '[HF2] with mask $permissions sensitive ones answer $processes and harmless ones $mounts',
  async ({ permissions, processes, mounts }) => {
    const { call } = scene(letters({ name: 'secret', access: sensitiveAccess }), letters())
    expect([(await call('secret', permissions)).status, (await call('letters', permissions)).status]).toEqual([processes, mounts])
    // The description of a function is behind the same door.
    expect((await call('secret info', permissions)).status).toBe(processes)
  },
)

it('[HF2] reads the mask of the question: hexadecimal, 0x1B without one, nothing when it is no mask', () => {
  expect([undefined, '0x7ff', '7FF', '0x0', 'all', '', '0x1g', '-1', '0xfffffffff'].map(readPermissions)).toEqual([
    0x1b, 0x7ff, 0x7ff, 0, 0, 0, 0, 0, 0,
  ])
})

it('[HF3] lists what this host has something for, and answers 404 for the rest', async () => {
  const { host, call } = scene(letters({ access: sensitiveAccess }), letters({ name: 'absent', isOffered: () => false }))
  const list = read(await host.answer({ command: 'functions', query: '', permissions: 0x08 }, AbortSignal.abort()))
  const entry = {
    help: 'Letters.',
    timeout: 3,
    version: 1,
    options: ['GLOBAL'],
    tags: 'test',
    access: ['signed-in', 'same-space', 'sensitive-data'],
    priority: 7,
  }
  expect(list).toEqual({ functions: { letters: entry } })
  expect(host.list()).toEqual({ letters: entry })
  for (const name of ['absent', 'letter', 'lettersx', '', '__proto__', 'constructor']) {
    expect(await call(name)).toMatchObject({ status: 404, document: { status: 404, errorMessage: 'No such function is offered here.' } })
  }
})

it('[HF4] describes itself without doing the work', async () => {
  const { call } = scene(letters({ call: () => Promise.reject(new Error('must not run')) }))
  expect((await call('letters info')).document).toEqual({
    v: 2,
    status: 200,
    type: 'table',
    has_history: false,
    update_every: 5,
    help: 'Letters.',
    accepted_params: ['info', 'first'],
    required_params: [],
  })
})

it('[HF8] describes every column as agents do; bars are scaled to their highest value', async () => {
  const { call, clock } = scene(letters())
  expect((await call('letters')).document).toEqual({
    status: 200,
    type: 'table',
    has_history: false,
    update_every: 5,
    help: 'Letters.',
    data: [
      ['x', 7],
      ['y', null],
    ],
    columns: {
      A: {
        index: 0,
        unique_key: true,
        name: 'Letter',
        visible: true,
        type: 'string',
        visualization: 'value',
        value_options: { transform: 'none', decimal_points: 0, default_value: null },
        sort: 'ascending',
        sortable: true,
        sticky: true,
        summary: 'count',
        filter: 'multiselect',
        full_width: false,
        wrap: false,
        default_expanded_filter: false,
      },
      N: {
        index: 1,
        unique_key: false,
        name: 'Number',
        visible: true,
        type: 'bar-with-integer',
        visualization: 'bar',
        value_options: { units: 'MiB', transform: 'number', decimal_points: 1, default_value: null },
        max: 7,
        sort: 'descending',
        sortable: true,
        sticky: false,
        summary: 'sum',
        filter: 'range',
        full_width: false,
        wrap: false,
        default_expanded_filter: false,
      },
    },
    default_sort_column: 'N',
    charts: { N: { name: 'Numbers', type: 'bar', columns: ['N'] } },
    default_charts: [['N', 'A']],
    group_by: { A: { name: 'Letter', columns: ['A'] } },
    expires: Math.floor(clock.nowMs() / 1000) + 5,
  })
})

it('[HF8] the tables of this host name only columns they have, each with an index of its own', async ({ skip }) => {
  if (process.platform !== 'linux') skip('needs a Linux kernel')
  const host = functionsOfThisHost({ clock: systemClock, log: silentLog })
  const names = Object.keys(host.list())
  expect(names).toEqual(expect.arrayContaining(['processes', 'mount-points']))
  for (const name of names) {
    const answer = await host.answer({ command: 'function', query: `function=${name}`, permissions: 0x7ff }, new AbortController().signal)
    const document = read(answer)
    expect([name, answer.status]).toEqual([name, 200])
    const columns = document['columns'] as Record<string, { index: number; unique_key: boolean }>
    const ids = Object.keys(columns)
    expect(Object.values(columns).map(({ index }) => index)).toEqual(ids.map((_, index) => index))
    const groups = Object.keys(document['group_by'] as object)
    const charts = document['charts'] as Record<string, { columns: string[] }>
    const defaults = document['default_charts'] as [string, string][]
    const used = [document['default_sort_column'] as string, ...groups, ...Object.values(charts).flatMap((chart) => chart.columns)]
    expect(used.filter((id) => !ids.includes(id))).toEqual([])
    expect(defaults.filter(([chart, group]) => charts[chart] === undefined || !groups.includes(group))).toEqual([])
    expect((document['data'] as unknown[][]).every((row) => row.length === ids.length)).toBe(true)
  }
})

/** A function that never ends and tells whether it was broken off. */
function endless() {
  const calls: FunctionCall[] = []
  return { calls, wanted: letters({ call: (call) => new Promise<FunctionAnswer>(() => void calls.push(call)) }) }
}

it.each([
  ['function=letters', 3_000],
  ['function=letters&timeout=0', 3_000],
  ['function=letters&timeout=9', 9_000],
  ['function=letters&timeout=99999', 60_000],
  ['function=letters&timeout=x', 3_000],
])('[HF5] %s is given up after %i ms', async (query, timeoutMs) => {
  const { calls, wanted } = endless()
  const { host, clock } = scene(wanted)
  let status = 0
  void host
    .answer({ command: 'function', query, permissions: 0x1b }, new AbortController().signal)
    .then((answer) => (status = answer.status))
  clock.advance(timeoutMs - 1)
  await new Promise(setImmediate)
  expect([status, calls[0]?.signal.aborted]).toEqual([0, false])
  clock.advance(1)
  await new Promise(setImmediate)
  expect([status, calls[0]?.signal.aborted]).toEqual([504, true])
})

it('[HF5] a cancelled call is answered at once and broken off', async () => {
  const { calls, wanted } = endless()
  const { host } = scene(wanted)
  const abort = new AbortController()
  const answer = host.answer({ command: 'function', query: 'function=letters', permissions: 0x1b }, abort.signal)
  abort.abort()
  expect((await answer).status).toBe(499)
  expect(calls[0]?.signal.aborted).toBe(true)
  expect((await host.answer({ command: 'function', query: 'function=letters', permissions: 0x1b }, abort.signal)).status).toBe(499)
})

it('[HF5] a failing function is told once in the log and never with its words', async () => {
  const lines: unknown[] = []
  const keep = (event: string, fields: unknown) => void lines.push([event, fields])
  const log = { error: keep, warn: keep, info: keep, debug: keep }
  const host = createHostFunctions({
    functions: [letters({ call: () => Promise.reject(new TypeError('value 42')) })],
    clock: createHandClock(),
    log,
  })
  for (let time = 0; time < 2; time++) {
    const answer = await host.answer({ command: 'function', query: 'function=letters', permissions: 0x1b }, new AbortController().signal)
    expect(read(answer)).toEqual({ status: 500, errorMessage: 'The function failed.' })
  }
  expect(lines).toEqual([['host_function_failed', { function: 'letters', reason: 'TypeError' }]])
})

it('[HF9] reads arguments: words, values, lists, the first of two', () => {
  const args = parseArguments(' info last:200 first:a,b,,c first:z time:12:30 :x empty: on:true off:false n:-5 f:1.5')
  expect([args.has('info'), args.has('last'), args.has('on'), args.has('off')]).toEqual([true, false, true, false])
  expect([args.integer('last'), args.integer('n'), args.integer('f'), args.integer('none')]).toEqual([200, -5, undefined, undefined])
  expect([args.list('first'), args.text('time'), args.text('empty'), args.list('none')]).toEqual([['a', 'b', 'c'], '12:30', undefined, []])
})

it('[HF10] without functions the list is empty and every call is unknown', async () => {
  const ask = (command: 'functions' | 'function') =>
    noFunctions.answer({ command, query: 'function=processes', permissions: 0x7ff }, new AbortController().signal)
  expect(read(await ask('functions'))).toEqual({ functions: {} })
  expect((await ask('function')).status).toBe(404)
})

it('[HF10] a netdata is this host by its kernel and its name, or by its kernel and the id on our disk', () => {
  const folder = temporaryFolder()
  const guid = '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as MachineGuid
  writeFileSync(join(folder, 'id'), `${guid}\n`)
  const source = (name: string, kernelVersion: string, machineGuid = guid) => ({
    kind: 'netdata' as const,
    machineGuid,
    info: () => ({ node: { ...fakeNodeInfo, hostname: name, kernelVersion }, collectors: [] }),
  })
  const files = { guid: join(folder, 'id') }
  const none = { guid: join(folder, 'none') }
  expect(isThisHost(source(hostname(), release()), none)).toBe(true)
  expect(isThisHost(source('renamed', release()), files)).toBe(true)
  expect(isThisHost(source('renamed', release()), none)).toBe(false)
  expect(isThisHost(source('other', release(), '6f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as MachineGuid), files)).toBe(false)
  expect(isThisHost(source(hostname(), '1.0'), files)).toBe(false)
  expect(isThisHost({ ...source('any', 'any'), kind: 'host' }, none)).toBe(true)
})
