import { randomUUID } from 'node:crypto'
import type { MachineGuid } from '../../../../src/domain/ids.ts'
import type { Capability } from '../../../../src/domain/model.ts'
import type { SourceAlert, SourceAlertConfig, SourceInfo } from '../../../../agent-link/sources/source.ts'
import type { ReceivedQuestion } from '../../../../src/aclk/query/request.ts'
import { connectSimulated, type SimulatedAgent, type SimulatedChild, type SimulatedClaim, type SimulatedCloud } from '../agent-simulator.ts'
import { nodeInfo } from '../metadata-agents.ts'
import { alarmLogAnswer, transitionsAnswer, type SimulatedChange } from './alert-history.ts'
import { alarmsAnswer } from './alerts.ts'
import { createAnswers } from './answers.ts'
import type { HeldHost } from './data-v2.ts'
import { announcedContexts, hostContexts, simulatedHost, type SimulatedContext, type SimulatedHost } from './host.ts'

/** How a live simulated agent is. */
export interface LiveWishes {
  /** A answers API v1 only, B also v2, C also v3. */
  readonly generation?: 'A' | 'B' | 'C'
  readonly children?: number
  readonly contexts?: readonly SimulatedContext[]
  readonly labels?: Readonly<Record<string, string>>
  /** What it announces beside what every agent of its generation does. */
  readonly capabilities?: readonly Capability[]
  /** Raised alerts of its own host. */
  readonly alerts?: readonly SourceAlert[]
  /** How they are defined, by the hash they carry. */
  readonly alertConfigs?: Readonly<Record<string, SourceAlertConfig>>
  /** Answers questions about its configuration (`/api/v1/config`). */
  readonly onConfig?: (question: ReceivedQuestion) => { readonly status: number; readonly text: string }
  /** What it says of an alert besides, by its name: how it is defined, say (agent-api §9.1). */
  readonly alarmDetails?: Readonly<Record<string, object>>
  /** What its own host remembers of its alerts. */
  readonly history?: readonly SimulatedChange[]
}

/** An agent whose hosts have live values, so that a page has something to show and a test can compute what. */
export interface LiveAgent {
  readonly agent: SimulatedAgent
  /** Its own host first, then its children's. */
  readonly hosts: readonly SimulatedHost[]
  /** How many questions it answered. */
  readonly questions: () => number
}

const httpApi = { A: 0, B: 6, C: 7 } as const

function capabilitiesOf(generation: 'A' | 'B' | 'C'): readonly Capability[] {
  return [
    { name: 'proto', version: 1, enabled: true },
    { name: 'ctx', version: 1, enabled: true },
    { name: 'http_api_v2', version: httpApi[generation], enabled: generation !== 'A' },
    { name: 'funcs', version: 1, enabled: true },
    { name: 'health', version: 2, enabled: true },
    { name: 'req_cancel', version: 1, enabled: true },
  ]
}

/** Connects a claimed agent with live values; `agent.settled()` tells when the cloud has taken up all its hosts. */
export async function connectLive(cloud: SimulatedCloud, claim: SimulatedClaim, wishes: LiveWishes = {}): Promise<LiveAgent> {
  const {
    generation = 'C',
    children = 0,
    contexts = hostContexts,
    labels = {},
    capabilities = [],
    alerts = [],
    alertConfigs = {},
    onConfig,
    alarmDetails = {},
    history = [],
  } = wishes
  const nowS = () => Math.floor(Date.now() / 1_000)
  const startS = nowS()
  const family: SimulatedChild[] = Array.from({ length: children }, (_, place) => ({
    machineGuid: randomUUID() as string as MachineGuid,
    hostname: `${claim.hostname}-child-${place}`,
  }))
  const identities = [{ machineGuid: claim.machineGuid, hostname: claim.hostname }, ...family]
  const hosts = identities.map(({ hostname }) => simulatedHost(hostname, contexts))
  let agent: SimulatedAgent | undefined
  let count = 0
  const held = (): HeldHost[] =>
    hosts.map((host, place) => ({
      host,
      nodeId: (place === 0 ? agent?.nodeId : agent?.children()[place - 1]) ?? '',
      machineGuid: identities[place]?.machineGuid ?? '',
    }))
  const answer = createAnswers(held, nowS)
  const infoOf = (hostname: string): SourceInfo => ({
    node: nodeInfo(hostname, labels),
    collectors: [{ plugin: 'proc.plugin', module: '/proc/stat' }],
  })
  const own = simulatedHost(claim.hostname, contexts)
  agent = await connectSimulated(cloud, claim, {
    capabilities: [...capabilitiesOf(generation), ...capabilities],
    info: infoOf(claim.hostname),
    contexts: announcedContexts(own, startS),
    children: family,
    childContexts: (_child, place) => announcedContexts(hosts[place + 1] ?? own, startS),
    childInfo: ({ hostname }) => infoOf(hostname),
    alerts,
    alertConfigs,
    onQuestion(question) {
      count += 1
      if (onConfig !== undefined && /\/api\/v1\/config\?/.test(question.target)) {
        const { status, text } = onConfig(question)
        return { httpStatus: status, body: Buffer.from(text), isGzip: false }
      }
      const nodeId = agent?.nodeId ?? ''
      const json = (value: object) => ({ body: Buffer.from(JSON.stringify(value)), isGzip: false })
      const { pathname, searchParams } = new URL(question.target, 'http://agent')
      if (generation !== 'A' && /\/api\/v[23]\/alert_transitions$/.test(pathname))
        return json(transitionsAnswer(history, nodeId, searchParams))
      if (!pathname.startsWith(`/node/${nodeId}/`)) return answer(question)
      if (pathname.endsWith('/api/v1/alarms')) return json(alarmsAnswer(claim.hostname, alerts, nowS(), alarmDetails))
      if (pathname.endsWith('/api/v1/alarm_log')) return json(alarmLogAnswer(history, searchParams))
      return answer(question)
    },
  })
  return { agent, hosts, questions: () => count }
}
