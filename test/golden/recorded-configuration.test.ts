import { describe, expect, it } from 'vitest'
import { createLocalBus } from '../../cloud/bus/local/local-bus.ts'
import { createAgentConfiguration } from '../../cloud/configure/agent-configuration.ts'
import type { ConfigAsker } from '../../cloud/configure/ports.ts'
import { decodePacket } from '../../cloud/gateway/mqtt/decode-packet.ts'
import { decodeQuestion, encodeQuestion, type ReceivedQuestion } from '../../src/aclk/query/request.ts'
import { decodeAnswer } from '../../src/aclk/query/response.ts'
import { Ephemeral } from '../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import { alertDocumentSchema } from '../../src/health/alert-document.ts'
import { documentOfFields, healthTextOfFields } from '../../src/health/config-fields.ts'
import { parseHealthText, writeHealthText } from '../../src/health/health-text.ts'
import { readAgentDocument } from '../../src/health/read-agent-document.ts'
import { alertDifferences, isSameAlert } from '../../src/health/same-alert.ts'
import { dyncfgCapabilities } from '../doubles/agents/dyncfg-agent.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { listRecordings, readRecording } from '../doubles/agents/recording.ts'

// What recorded stock agents answered about alert configuration, through our own asking and reading.

const nodeId = '797469a5-1de9-4239-94d1-30361dfe12c2' as NodeId
const { signal } = new AbortController()
const asker = (permissions: number): ConfigAsker => ({
  role: 'admin',
  permissions,
  personId: '5e0c8f0a-7d0e-4c58-9a3c-0d9f4a1d2b10' as PersonId,
})

interface Recorded {
  readonly question: ReceivedQuestion
  readonly answer: ReturnType<typeof decodeAnswer>
}

/** What a question is, apart from its node and how long it may take. */
function keyOf({ target, headers }: Pick<ReceivedQuestion, 'target' | 'headers'>): string {
  const words = new URLSearchParams(target.split('?')[1] ?? '')
  const permissions = Number(headers.get('x-netdata-permissions') ?? 0x1b)
  return ['action', 'path', 'id', 'name']
    .map((word) => words.get(word) ?? '')
    .concat(permissions.toString(16))
    .join(' ')
}

/** The recorded questions about configuration with their answers, in order. */
function recordedOf(version: string): Recorded[] {
  const questions = new Map<string, ReceivedQuestion>()
  const found: Recorded[] = []
  for (const { raw, query, response } of readRecording(version, 'dyncfg').lines) {
    if (raw === undefined || (query === undefined && response === undefined)) continue
    const packet = decodePacket(Buffer.from(raw, 'base64'))
    if (packet.cmd !== 'publish') continue
    if (query !== undefined) {
      const question = decodeQuestion(packet.payload as Buffer)
      if (question !== undefined) questions.set(question.messageId, question)
      continue
    }
    const answer = decodeAnswer(packet.payload as Buffer)
    const question = questions.get(answer.messageId)
    if (question?.target.includes('/api/v1/config?') === true) found.push({ question, answer })
  }
  return found
}

/** The recorded agent on a bus: each question gets what it got then, the last answer again and again. */
function serveRecorded(version: string) {
  const recorded = recordedOf(version)
  const byKey = new Map<string, Recorded[]>()
  for (const each of recorded) byKey.set(keyOf(each.question), [...(byKey.get(keyOf(each.question)) ?? []), each])
  const bus = createLocalBus()
  const route = {
    spaceId: 'space' as SpaceId,
    nodeId,
    claimId: 'claim' as ClaimId,
    hops: 0,
    connectedAtMs: 0,
    capabilities: dyncfgCapabilities,
  }
  const asked: { readonly ours: ReceivedQuestion; readonly theirs: ReceivedQuestion }[] = []
  bus.serve(route, async (question) => {
    const ours = decodeQuestion(encodeQuestion('m', '/t', question))
    const known = ours === undefined ? undefined : byKey.get(keyOf(ours))
    const next = known !== undefined && known.length > 1 ? known.shift() : known?.[0]
    if (ours === undefined || next === undefined) throw new Error(`never recorded: ${question.target}`)
    asked.push({ ours, theirs: next.question })
    const { httpStatus, isGzip, body } = next.answer
    return { httpStatus, isGzip, body: new Ephemeral(body) }
  })
  return { agents: createAgentConfiguration({ bus, clock: createHandClock() }), asked, recorded }
}

const documentsSent = (recorded: readonly Recorded[], action: string) =>
  recorded.flatMap(({ question }) =>
    question.target.includes(`action=${action}&`) && question.bodyText !== '' ? [JSON.parse(question.bodyText) as { name: string }] : [],
  )

describe.each(listRecordings().filter(({ scenario }) => scenario === 'dyncfg'))('$version', ({ version }) => {
  it('[AC19] the recorded tree, documents and refusals are read as what they say', async () => {
    const { agents } = serveRecorded(version)
    const tree = await agents.list(nodeId, asker(0x7ff), signal)
    expect(tree.mayAdd).toBe(true)
    expect(tree.alerts.size).toBeGreaterThan(850)
    expect(tree.alerts.get('ram_in_use')).toEqual({
      name: 'ram_in_use',
      status: 'running',
      sourceType: 'stock',
      commands: ['get', 'schema', 'update', 'enable', 'disable', 'userconfig'],
    })
    const document = await agents.get(nodeId, 'ram_in_use', asker(0x7ff), signal)
    expect(alertDocumentSchema.safeParse(document).success).toBe(true)
    expect(document?.rules.map(({ config }) => [config.match, config.conditions.warning_condition])).toEqual([
      [{ on: 'system.ram', host_labels: '_os=linux', instance_labels: '*' }, '$this > (($status >= $WARNING) ? (80) : (90))'],
      [{ on: 'system.ram', host_labels: '_os=freebsd', instance_labels: '*' }, '$this > (($status >= $WARNING) ? (80) : (90))'],
    ])
    expect(JSON.stringify(document)).not.toMatch(/hash|source_type|health\.d/)
    expect(await agents.get(nodeId, 'no_such_alert', asker(0x7ff), signal)).toBeUndefined()
    await expect(agents.get(nodeId, 'ram_in_use', asker(0x1b), signal)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('[AC19] what we send is what the recorded agent took, and each answer becomes its status', async () => {
    const { agents, asked, recorded } = serveRecorded(version)
    const [added] = documentsSent(recorded, 'add')
    const [raised, broken, override] = documentsSent(recorded, 'update')
    const parse = (sent: unknown) => readAgentDocument((sent as { name: string }).name, sent)
    const [first, second, third] = [added, raised, override].map(parse)
    if (first === undefined || second === undefined || third === undefined) throw new Error('recorded documents')
    const all = asker(0x7ff)
    const empty = { mayAdd: true, alerts: new Map() }
    const item = (sourceType: 'stock' | 'dyncfg', name: string) => ({
      name,
      status: 'running' as const,
      sourceType,
      commands: ['get', 'update', 'remove'],
    })
    const known = {
      mayAdd: true,
      alerts: new Map([item('dyncfg', 'fx_dyn'), item('stock', 'ram_in_use')].map((alert) => [alert.name, alert])),
    }
    expect(await agents.put(nodeId, first, asker(0x3b), signal, empty)).toEqual({ status: 403 })
    expect(await agents.put(nodeId, first, asker(0x7b), signal, empty)).toEqual({ status: 403 })
    expect(await agents.put(nodeId, first, all, signal, empty)).toEqual({ status: 202 })
    expect(await agents.put(nodeId, first, all, signal, empty)).toEqual({ status: 400 })
    expect(await agents.put(nodeId, second, all, signal, known)).toEqual({ status: 202 })
    const back = await agents.get(nodeId, 'fx_dyn', all, signal)
    expect(back !== undefined && isSameAlert(second, back)).toBe(true)
    expect(await agents.put(nodeId, parse(broken) ?? second, all, signal, known)).toEqual({ status: 400 })
    expect(await agents.put(nodeId, third, all, signal, known)).toEqual({ status: 202 })
    expect(await agents.remove(nodeId, 'fx_dyn', all, signal, known)).toEqual({ status: 200 })
    expect(await agents.get(nodeId, 'fx_dyn', all, signal)).toBeUndefined()
    for (const { ours, theirs } of asked) {
      expect([ours.method, ours.headers.get('content-type')]).toEqual([theirs.method, theirs.headers.get('content-type')])
      // Stock agents told more in a document than they read of it.
      if (ours.bodyText !== '') expect(JSON.parse(ours.bodyText)).toEqual(parse(JSON.parse(theirs.bodyText)))
      expect(ours.headers.get('x-netdata-role')).toBe('admin')
    }
  })

  it('[AC19] the text an agent writes of a document is read as that document', () => {
    const { recorded } = serveRecorded(version)
    const dryRun = recorded.find(({ question }) => question.target.includes('action=userconfig'))
    const parsed = parseHealthText(Buffer.from(dryRun?.answer.body ?? []).toString('utf8'))
    const sent = readAgentDocument('fx_dyn', JSON.parse(dryRun?.question.bodyText ?? ''))
    if (sent === undefined) throw new Error('a dry run')
    expect(parsed.is === 'good' && alertDifferences(sent, parsed.documents[0] ?? sent)).toEqual([])
    const own = parseHealthText(writeHealthText(sent))
    expect(own.is === 'good' && alertDifferences(sent, own.documents[0] ?? sent)).toEqual([])
  })
})

it('[AC19] every definition that recorded agents pushed becomes a document and a text, of the alert that runs', async () => {
  let pushed = 0
  for (const { version, scenario } of listRecordings())
    for (const { name, message } of readRecording(version, scenario).lines) {
      const config = message?.['config'] as Record<string, string | number> | undefined
      if (name !== 'alarm-config' || config === undefined) continue
      pushed++
      const alert = String(config['alarm'] ?? config['template'])
      const made = documentOfFields(alert, config)
      expect(made, `${version} ${alert}`).toMatchObject({ unsure: [] })
      const read = parseHealthText(healthTextOfFields(alert, config))
      expect(read.is === 'good' && made !== undefined && alertDifferences(made.document, read.documents[0] ?? made.document)).toEqual([])
    }
  expect(pushed).toBeGreaterThan(10)
  const { agents } = serveRecorded('2.10.4')
  const runs = await agents.get(nodeId, 'ram_in_use', asker(0x7ff), signal)
  const stock = readRecording('2.10.4', 'first-connect').lines.flatMap(({ name, message }) => {
    const config = message?.['config'] as Record<string, string | number> | undefined
    return name === 'alarm-config' && config?.['alarm'] === 'ram_in_use' ? [documentOfFields('ram_in_use', config)?.document] : []
  })[0]
  if (stock === undefined || runs === undefined) throw new Error('the stock alert')
  expect(alertDifferences(stock, { ...runs, rules: runs.rules.slice(0, 1) })).toEqual([])
})
