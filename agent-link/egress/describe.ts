import { create, toBinary, toJson } from '@bufbuild/protobuf'
import { randomUUID } from 'node:crypto'
import { challengeSecretBytes } from '../../src/aclk/otp/answers.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import { claimBody, claimUrl } from '../claim/claim.ts'
import { passwordBody, stepHeaders } from '../link/authenticate.ts'
import { envUrl } from '../link/discovery.ts'
import { allowedCommands, functionCommands } from '../session/allowed-paths.ts'
import { agentCapabilities } from '../session/capabilities.ts'
import {
  agentConnection,
  alarmLogEntry,
  alarmSnapshot,
  contextsSnapshot,
  createNodeInstance,
  encodeMessage,
  nodeCollectors,
  nodeInfo,
  nodeInstanceConnection,
  provideAlarmConfiguration,
} from '../session/messages.ts'
import type { OutboundMessage, Speaker } from '../session/messages.ts'
import { transitionId } from '../sources/transition-id.ts'
import { agentPermission } from '../../src/domain/agent-permission.ts'
import { defaultPermissions } from '../functions/access.ts'
import type { HostFunctions } from '../functions/host-functions.ts'
import type { Source, SourceAlert, SourceAnswer } from '../sources/source.ts'
import { version as agentVersion } from '../../src/domain/version.ts'
import { changesBetween, touchedLine } from './changes.ts'
import { confirmation } from './confirmed.ts'
import type { EgressGate } from './gate.ts'
import { egressManifest } from './manifest.ts'

export interface EgressWish {
  /** A started source. */
  readonly source: Source
  /** The live functions this host would offer. */
  readonly functions?: HostFunctions | undefined
  /** What everything passes before it leaves. */
  readonly gate: EgressGate
  readonly url: string
  readonly token: string
  readonly roomIds: readonly string[]
  readonly machineGuid: MachineGuid
  readonly hostname: string
  /** The owner's word for it, whatever the source says. */
  readonly chosenName?: string | undefined
  readonly clock: Clock
}

/** Stands for what only the cloud can give. */
const placeholder = { nodeId: '00000000-0000-4000-8000-000000000000' as NodeId }
/** Stand for what the claim makes: a public key as PEM in nine lines, and a signature with it; both of a fixed length. */
const shownKey = { publicKey: '<RSA-2048 public key, made at the claim>', signature: '<signature with that key>' }
const measuredKey = { publicKey: `${'\n'.repeat(9)}${'k'.repeat(442)}`, signature: 's'.repeat(344) }

/**
 * Every message a claim and a session would send from this host right now, decoded and with its size, in the order of sending: as it
 * would leave, and what masking changed in it, before and after. What only the cloud can supply is a placeholder of the same length. Nothing is sent, made or written.
 */
export async function* describeEgress(wish: EgressWish): AsyncGenerator<string> {
  const { source, functions, gate, url, machineGuid, hostname, chosenName, clock } = wish
  const gated = gate.source(source)
  const claimId = randomUUID() as ClaimId
  const nowMs = clock.nowMs()
  const speaker: Speaker = { claimId, machineGuid, hostname, chosenName, capabilities: agentCapabilities(source, functions) }

  const shownHostname = gate.hostname(hostname)
  const { manifestVersion, ...confirmed } = confirmation('flag', nowMs)
  const bodyWith = ({ publicKey, signature }: typeof shownKey) =>
    claimBody({ ...wish, shownHostname }, claimId, publicKey, { version: manifestVersion, ...confirmed, pending: [], signature })
  const body = bodyWith(shownKey)
  const named = touchedLine(gate, [changesBetween({ hostname }, { hostname: shownHostname })])
  yield (
    request('claim request', `PUT ${claimUrl(url, claimId).href}`, { 'Content-Type': 'application/json' }, body, bodyWith(measuredKey)) +
    named
  )
  const headers = stepHeaders(agentVersion)
  yield request('discovery request', `GET ${envUrl(url, claimId, agentVersion).href}`, headers)
  yield request('challenge request', `GET <authEndpoint of the cloud>/node/${claimId}/challenge`, headers)
  const proof = passwordBody(new Uint8Array(challengeSecretBytes), agentVersion)
  yield request('password request', `POST <authEndpoint of the cloud>/node/${claimId}/password`, headers, proof)
  yield section('MQTT CONNECT', 'MQTT 5, keep-alive 60 s, credentials as given by the cloud; the will is an UpdateAgentConnection')
  yield section('MQTT SUBSCRIBE', 'the topics inbox-cmd and inbox-cmd-v1, as given by the cloud')

  const raw = sessionMessages(speaker, source, nowMs)
  gate.masker.takeTouched()
  const masked = sessionMessages({ ...speaker, hostname: shownHostname, chosenName: chosenName && shownHostname }, gated, nowMs)
  for (const [index, message] of masked.entries()) yield protobuf(gate, message, raw[index])

  const offered = functions ? functionCommands : []
  const list = [...allowedCommands, ...offered].map((command) => `GET /api/v1/${command}`).join('\n')
  yield section(
    'query answer',
    `Sent only when somebody looks at this node, to these questions and no others:\n${list}\n\n${fieldList('query answer')}`,
  )
  for (const command of allowedCommands) {
    const query =
      {
        data: 'context=system.cpu&after=-1&points=1&options=jsonwrap',
        context: 'context=system.cpu',
        chart: 'chart=system.cpu',
        alarm_variables: 'chart=system.cpu',
      }[command as string] ?? ''
    const asked = { command, query, acceptsGzip: false }
    const before = await source.answer(asked, AbortSignal.timeout(10_000))
    gate.masker.takeTouched()
    const answer = await gated.answer(asked, AbortSignal.timeout(10_000))
    const text = Buffer.from(answer.body).toString('utf8')
    yield (
      section(`answer to GET /api/v1/${command}${query && `?${query}`}`, `${sizes(before, answer)}\n${text}`) +
      answerChanges(gate, before, answer)
    )
  }
  if (source.configure && gated.configure) {
    const asked = { query: '', bodyText: '', permissions: 0x7ff, role: 'admin', userName: '', accountId: '' }
    const before = await source.configure(asked)
    gate.masker.takeTouched()
    const tree = await gated.configure(asked)
    const text = Buffer.from(tree.body).toString('utf8')
    const start = text.length > functionExampleChars ? `${text.slice(0, functionExampleChars)} …` : text
    yield (
      section('answer to GET /api/v1/config', `${sizes(before, tree)}\n${start}\n\n${fieldList('configuration answer')}`) +
      answerChanges(gate, before, tree)
    )
  }
  if (functions === undefined)
    return yield section('functions', 'Switched off, or the data is of another host: none is offered and none answers.')
  yield* functionAnswers(functions, gate)
}

/** What functions would send now. Of the logs and tables of a host a person wants to see an example, not pages: the start of each is shown. */
async function* functionAnswers(functions: HostFunctions, gate: EgressGate): AsyncGenerator<string> {
  const signal = AbortSignal.timeout(10_000)
  const gated = gate.functions(functions)
  const ask = async (command: 'functions' | 'function', query: string) => {
    // The rights a cloud assumes, and for the table that shows more to some, those: what may leave at most is shown.
    const asked = {
      command,
      query,
      permissions: command === 'function' ? defaultPermissions | agentPermission.viewConfig : defaultPermissions,
    }
    const before = await functions.answer(asked, signal)
    gate.masker.takeTouched()
    const answer = await gated.answer(asked, signal)
    return { size: sizes(before, answer), text: Buffer.from(answer.body).toString('utf8'), changes: answerChanges(gate, before, answer) }
  }
  const list = await ask('functions', '')
  const notes = fieldList('function answer')
  yield section('answer to GET /api/v1/functions', `${list.size}\n${list.text}\n\n${notes}`)
  for (const name of Object.keys(functions.list())) {
    const { size, text, changes } = await ask('function', `function=${encodeURIComponent(name)}`)
    const start = text.length > functionExampleChars ? `${text.slice(0, functionExampleChars)} …` : text
    yield section(`answer to GET /api/v1/function?function=${name}`, `${size}\n${start}`) + changes
  }
}

/** How big an answer is, and how big it was before it was masked when that differs. */
function sizes(before: SourceAnswer, after: SourceAnswer): string {
  const [was, is] = [before.body.byteLength, after.body.byteLength]
  return was === is ? `${is} bytes` : `${is} bytes, ${was} before masking`
}

/** What masking changed in an answer. Live values differ from one question to the next and are no change. */
function answerChanges(gate: EgressGate, before: SourceAnswer, after: SourceAnswer): string {
  return touchedLine(gate, [changesBetween(jsonOf(before), jsonOf(after))])
}

function jsonOf({ body }: SourceAnswer): unknown {
  const text = Buffer.from(body).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const functionExampleChars = 2_000

/** One of each message of the session, with what this host would put into it. */
export function sessionMessages(
  speaker: Speaker,
  source: Pick<Source, 'info' | 'alerts' | 'contexts' | 'alertConfig'>,
  nowMs: number,
): readonly OutboundMessage[] {
  const { nodeId } = placeholder
  const sessionId = BigInt(Math.trunc(nowMs)) * 1000n
  const info = source.info()
  const { timezone } = info.node
  const transitions = source.alerts().map((alert) => ({
    alert,
    oldStatus: 'unknown' as const,
    eventId: 1n,
    transitionId: transitionId(speaker.machineGuid, alert),
  }))
  const chunk = { transitions, number: 1, of: 1, snapshotUuid: randomUUID() }
  const [first] = transitions
  return [
    agentConnection(speaker, 'will', sessionId, nowMs),
    agentConnection(speaker, 'hello', sessionId, nowMs),
    createNodeInstance(speaker),
    nodeInstanceConnection(speaker, nodeId, sessionId, nowMs),
    nodeInfo(speaker, nodeId, info, nowMs),
    nodeCollectors(speaker, nodeId, info),
    contextsSnapshot(speaker, nodeId, source.contexts()),
    ...(first ? [alarmSnapshot(speaker, nodeId, timezone, chunk), alarmLogEntry(speaker, nodeId, timezone, first)] : []),
    ...configurations(source, source.alerts()),
    agentConnection(speaker, 'farewell', sessionId, nowMs),
  ]
}

function configurations(source: Pick<Source, 'alertConfig'>, alerts: readonly SourceAlert[]): OutboundMessage[] {
  const hashes = [...new Set(alerts.map(({ configHash }) => configHash))]
  return hashes.flatMap((hash) => {
    const config = source.alertConfig(hash)
    return config ? [provideAlarmConfiguration(hash, config)] : []
  })
}

function protobuf(gate: EgressGate, message: OutboundMessage, raw: OutboundMessage | undefined): string {
  const before = raw === undefined ? undefined : shown(raw)
  const outgoing = gate.message(message)
  const bytes = encodeMessage(outgoing)
  const was = raw === undefined ? bytes.byteLength : toBinary(raw.schema, create(raw.schema, raw.fields)).byteLength
  const size = was === bytes.byteLength ? `${bytes.byteLength} bytes` : `${bytes.byteLength} bytes, ${was} before masking`
  const after = shown(outgoing)
  const text = `topic ${message.topic}, ${size}\n${JSON.stringify(after, undefined, 2)}\n\nbase64: ${Buffer.from(bytes).toString('base64')}`
  return (
    section(message.schema.typeName, `${text}\n\n${fieldList(message.schema.typeName)}`) +
    touchedLine(gate, [changesBetween(before, after)])
  )
}

const shown = ({ schema, fields }: OutboundMessage): unknown => toJson(schema, create(schema, fields))

function request(name: string, line: string, headers: Readonly<Record<string, string>>, body?: string, measured = body ?? ''): string {
  const head = Object.entries(headers).map(([key, value]) => `${key}: ${value}`)
  const tail = body === undefined ? [] : ['', body, '', `${Buffer.byteLength(measured)} bytes of body`]
  return section(name, [line, ...head, ...tail, '', fieldList(name)].join('\n'))
}

function fieldList(name: string): string {
  return Object.entries(egressManifest[name] ?? {})
    .map(([field, reason]) => `  ${field}: ${reason}`)
    .join('\n')
}

function section(title: string, text: string): string {
  return `=== ${title} ===\n${text}\n`
}
