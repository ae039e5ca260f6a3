import { create, toJson } from '@bufbuild/protobuf'
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
import { defaultPermissions } from '../functions/access.ts'
import type { HostFunctions } from '../functions/host-functions.ts'
import type { Source, SourceAlert } from '../sources/source.ts'
import { version as agentVersion } from '../../src/domain/version.ts'
import { egressManifest } from './manifest.ts'

export interface EgressWish {
  /** A started source. */
  readonly source: Source
  /** The live functions this host would offer. */
  readonly functions?: HostFunctions | undefined
  readonly url: string
  readonly token: string
  readonly roomIds: readonly string[]
  readonly machineGuid: MachineGuid
  readonly hostname: string
  readonly clock: Clock
}

/** Stands for what only the cloud can give. */
const placeholder = { nodeId: '00000000-0000-4000-8000-000000000000' as NodeId, publicKey: '<RSA-2048 public key, made at the claim>' }

/**
 * Every message a claim and a session would send from this host right now, decoded and with its size, in the order of sending.
 * What only the cloud can supply is a placeholder of the same length. Nothing is sent, made or written.
 */
export async function* describeEgress(wish: EgressWish): AsyncGenerator<string> {
  const { source, functions, url, machineGuid, hostname, clock } = wish
  const claimId = randomUUID() as ClaimId
  const nowMs = clock.nowMs()
  const speaker: Speaker = { claimId, machineGuid, hostname, capabilities: agentCapabilities(source, functions) }

  const body = claimBody(wish, claimId, placeholder.publicKey)
  yield request('claim request', `PUT ${claimUrl(url, claimId).href}`, { 'Content-Type': 'application/json' }, body)
  const headers = stepHeaders(agentVersion)
  yield request('discovery request', `GET ${envUrl(url, claimId, agentVersion).href}`, headers)
  yield request('challenge request', `GET <authEndpoint of the cloud>/node/${claimId}/challenge`, headers)
  const proof = passwordBody(new Uint8Array(challengeSecretBytes), agentVersion)
  yield request('password request', `POST <authEndpoint of the cloud>/node/${claimId}/password`, headers, proof)
  yield section('MQTT CONNECT', 'MQTT 5, keep-alive 60 s, credentials as given by the cloud; the will is an UpdateAgentConnection')
  yield section('MQTT SUBSCRIBE', 'the topics inbox-cmd and inbox-cmd-v1, as given by the cloud')

  for (const message of sessionMessages(speaker, source, nowMs)) yield protobuf(message)

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
    const answer = await source.answer({ command, query, acceptsGzip: false }, AbortSignal.timeout(10_000))
    const text = Buffer.from(answer.body).toString('utf8')
    yield section(`answer to GET /api/v1/${command}${query && `?${query}`}`, `${answer.body.byteLength} bytes\n${text}`)
  }
  if (source.configure) {
    const tree = await source.configure({ query: '', bodyText: '', permissions: 0x7ff, role: 'admin', userName: '', accountId: '' })
    const text = Buffer.from(tree.body).toString('utf8')
    const start = text.length > functionExampleChars ? `${text.slice(0, functionExampleChars)} …` : text
    yield section('answer to GET /api/v1/config', `${tree.body.byteLength} bytes\n${start}\n\n${fieldList('configuration answer')}`)
  }
  if (functions === undefined)
    return yield section('functions', 'Switched off, or the data is of another host: none is offered and none answers.')
  yield* functionAnswers(functions)
}

/** What functions would send now. Of the logs and tables of a host a person wants to see an example, not pages: the start of each is shown. */
async function* functionAnswers(functions: HostFunctions): AsyncGenerator<string> {
  const signal = AbortSignal.timeout(10_000)
  const ask = async (command: 'functions' | 'function', query: string) => {
    const { body } = await functions.answer({ command, query, permissions: defaultPermissions }, signal)
    return { size: body.byteLength, text: Buffer.from(body).toString('utf8') }
  }
  const list = await ask('functions', '')
  const notes = fieldList('function answer')
  yield section('answer to GET /api/v1/functions', `${list.size} bytes\n${list.text}\n\n${notes}`)
  for (const name of Object.keys(functions.list())) {
    const { size, text } = await ask('function', `function=${encodeURIComponent(name)}`)
    const start = text.length > functionExampleChars ? `${text.slice(0, functionExampleChars)} …` : text
    yield section(`answer to GET /api/v1/function?function=${name}`, `${size} bytes\n${start}`)
  }
}

const functionExampleChars = 2_000

/** One of each message of the session, with what this host would put into it. */
export function sessionMessages(speaker: Speaker, source: Source, nowMs: number): readonly OutboundMessage[] {
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

function configurations(source: Source, alerts: readonly SourceAlert[]): OutboundMessage[] {
  const hashes = [...new Set(alerts.map(({ configHash }) => configHash))]
  return hashes.flatMap((hash) => {
    const config = source.alertConfig(hash)
    return config ? [provideAlarmConfiguration(hash, config)] : []
  })
}

function protobuf(message: OutboundMessage): string {
  const bytes = encodeMessage(message)
  const json = JSON.stringify(toJson(message.schema, create(message.schema, message.fields)), undefined, 2)
  return section(
    message.schema.typeName,
    `topic ${message.topic}, ${bytes.byteLength} bytes\n${json}\n\nbase64: ${Buffer.from(bytes).toString('base64')}\n\n${fieldList(message.schema.typeName)}`,
  )
}

function request(name: string, line: string, headers: Readonly<Record<string, string>>, body?: string): string {
  const head = Object.entries(headers).map(([key, value]) => `${key}: ${value}`)
  const tail = body === undefined ? [] : ['', body, '', `${Buffer.byteLength(body)} bytes of body`]
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
