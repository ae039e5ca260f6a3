import { gzipSync } from 'node:zlib'
import type { AgentAnswer, Bus } from '../../../cloud/bus/port.ts'
import type { AgentQuestion } from '../../../src/aclk/query/request.ts'
import { Ephemeral } from '../../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Capability } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { alertDocumentSchema, type AlertDocument, type AlertRule } from '../../../src/health/alert-document.ts'
import { blankRule } from '../../../src/health/blank-rule.ts'
import { writeHealthText } from '../../../src/health/health-text.ts'
import { parseExpression } from '../../../src/health/expression/parse.ts'

/** A question about configuration as the agent read it. */
export interface AskedConfig {
  readonly action: string
  readonly id: string
  readonly name: string
  readonly permissions: number
  readonly role: string
  readonly accountId: string | undefined
  readonly userName: string | undefined
}

/** Something in the agent's way of answering that a test decides. */
export interface Moods {
  /** Called before a question is answered; may wait, or throw what the bus would. */
  before?: ((asked: AskedConfig) => Promise<void> | void) | undefined
  /** Called after the agent acted on a question and before its answer leaves: the answer is lost when it throws. */
  after?: ((asked: AskedConfig) => void) | undefined
}

/**
 * An agent ≥ 1.45 with dynamic configuration of alerts, in the shapes the recorded sessions of 2.10.4 and 2.11 have (fixtures, `dyncfg`):
 * what `get` adds and fills in, which commands it offers, how it refuses, that what was made over the link outlives a restart and a
 * stock alert comes back with it.
 */
export interface DyncfgAgent {
  readonly asked: AskedConfig[]
  readonly moods: Moods
  answer(question: AgentQuestion): { readonly status: number; readonly text: string }
  /** The document of this name as it runs. */
  running(name: string): AlertDocument | undefined
  /** Somebody on the host changes it. */
  edit(name: string, change: (document: AlertDocument) => AlertDocument): void
  restart(): void
  /** How often an alert was made anew; each time its instances start over. */
  restartsOf(name: string): number
  /** Serves on a bus until the answer is called. */
  serve(
    bus: Bus,
    route: { nodeId: NodeId; hops?: number; claimId?: ClaimId; capabilities?: readonly Capability[]; spaceId?: SpaceId },
  ): () => void
}

interface Item {
  document: AlertDocument
  sourceType: 'stock' | 'user' | 'dyncfg'
  isEnabled: boolean
  restarts: number
}

const template = 'health:alert:prototype'
const notifier = '/usr/libexec/netdata/plugins.d/alarm-notify.sh'
const access = {
  view: ['signed-in', 'same-space', 'view-config'],
  edit: ['signed-in', 'same-space', 'commercial', 'edit-config'],
}
export const dyncfgCapabilities: readonly Capability[] = [
  { name: 'http_api_v2', version: 7, enabled: true },
  { name: 'health', version: 2, enabled: true },
  { name: 'dyncfg', version: 2, enabled: true },
]

/** A document of one rule that warns when a chart's calculation passes a number. */
export function alertDocument(name: string, change: Partial<AlertRule['config']> = {}, threshold = 80): AlertDocument {
  const { config } = blankRule()
  const rule: AlertRule = {
    enabled: true,
    type: 'template',
    config: {
      ...config,
      match: { on: 'system.load', host_labels: '*', instance_labels: '*' },
      value: { ...config.value, calculation: '$load1', units: 'load', update_every: 5 },
      conditions: { warning_condition: `$this > ${threshold}`, critical_condition: '' },
      ...change,
    },
  }
  return { format_version: 1, name, rules: [rule] }
}

export function createDyncfgAgent(stock: readonly AlertDocument[] = []): DyncfgAgent {
  const items = new Map<string, Item>()
  const stockOf = new Map(stock.map((document) => [document.name, document]))
  const asked: AskedConfig[] = []
  const moods: Moods = {}
  const loadStock = () => {
    for (const [name, document] of stockOf)
      if (!items.has(name)) items.set(name, { document, sourceType: 'stock', isEnabled: true, restarts: 0 })
  }
  loadStock()

  const shown = ({ document, sourceType }: Item) => ({
    ...document,
    rules: document.rules.map((rule, index) => ({
      ...rule,
      config: {
        hash: `5f0c8a52-0000-4000-8000-00000000000${index}`,
        source_type: sourceType,
        source: sourceType === 'dyncfg' ? '' : `line=3,file=/usr/lib/netdata/conf.d/health.d/${document.name}.conf`,
        ...rule.config,
        value: {
          ...rule.config.value,
          database_lookup: {
            ...rule.config.value.database_lookup,
            ...(rule.config.value.database_lookup.after === 0 ? { dimensions: '' } : {}),
          },
        },
        action: {
          ...rule.config.action,
          execute: rule.config.action.execute || notifier,
          recipient: rule.config.action.recipient || 'root',
        },
      },
    })),
  })
  const commandsOf = ({ sourceType }: Item) => [
    'get',
    'schema',
    'update',
    'enable',
    'disable',
    ...(sourceType === 'dyncfg' ? ['remove'] : []),
    'userconfig',
  ]
  const tree = () => ({
    version: 1,
    tree: {
      '/health/alerts/prototypes': {
        [template]: {
          type: 'template',
          status: 'accepted',
          cmds: ['schema', 'add', 'enable', 'disable', 'userconfig'],
          access,
          source_type: 'internal',
          source: 'internal',
        },
        ...Object.fromEntries(
          [...items].map(([name, item]) => [
            `${template}:${name}`,
            {
              type: 'job',
              template,
              status: item.isEnabled ? 'running' : 'disabled',
              cmds: commandsOf(item),
              access,
              source_type: item.sourceType,
              source: 'somewhere',
              sync: true,
              user_disabled: !item.isEnabled,
              payload: { available: item.sourceType === 'dyncfg' },
            },
          ]),
        ),
      },
    },
    attention: { degraded: false },
    agent: { mg: 'f2417fdc-f8e8-4d9c-8810-8ca43d2ae1e7', nm: 'agent-a', now: 1_795_297_350 },
  })

  const say = (status: number, message: string) => ({ status, text: JSON.stringify({ status, message }) })
  const parse = (text: string, name: string): AlertDocument | string => {
    const parsed = alertDocumentSchema.safeParse(JSON.parse(text))
    if (!parsed.success) return `member '${parsed.error.issues[0]?.path.join('.') ?? ''}' is not right`
    for (const { config } of parsed.data.rules)
      for (const condition of [config.conditions.warning_condition, config.conditions.critical_condition])
        try {
          if (condition !== '') parseExpression(condition)
        } catch {
          return `expression 'config.conditions.warning_condition' has a non-parseable expression '${condition}'`
        }
    return { ...parsed.data, name }
  }

  const act = ({ action, id, name, permissions }: AskedConfig, body: string | undefined) => {
    const isEdit = ['add', 'update', 'remove', 'enable', 'disable'].includes(action)
    // As recorded: the tree is answered to whoever may see data.
    if (action === 'tree') return { status: 200, text: JSON.stringify(tree()) }
    const needed = isEdit ? 0x4f : 0x2b
    if ((permissions & needed) !== needed)
      return say(403, `dyncfg: you don't have enough ${isEdit ? 'edit' : 'view'} permissions to execute this command`)
    if ((body !== undefined) !== ['add', 'update', 'userconfig'].includes(action)) return say(400, 'a payload is wrong here')
    if (id === template) {
      if (action === 'userconfig' && body !== undefined) {
        const document = parse(body, name)
        return typeof document === 'string' ? say(400, document) : { status: 200, text: writeHealthText(document) }
      }
      if (action !== 'add' || body === undefined) return say(400, 'action given is not supported for prototype templates')
      if (items.has(name)) return say(400, 'dyncfg functions intercept: a configuration with this name already exists')
      const document = parse(body, name)
      if (typeof document === 'string') return say(400, document)
      items.set(name, { document, sourceType: 'dyncfg', isEnabled: true, restarts: 1 })
      return say(202, 'accepted')
    }
    const known = items.get(id.slice(template.length + 1))
    if (known === undefined || !commandsOf(known).includes(action))
      return say(400, 'dyncfg functions intercept: this command is not supported by this configuration node')
    if (action === 'get') return { status: 200, text: JSON.stringify(shown(known)) }
    if (action === 'update' && body !== undefined) {
      const document = parse(body, known.document.name)
      if (typeof document === 'string') return say(400, document)
      known.document = document
      known.sourceType = 'dyncfg'
      known.restarts++
      return say(known.isEnabled ? 202 : 298, 'updated')
    }
    if (action === 'disable' || action === 'enable') {
      known.isEnabled = action === 'enable'
      return say(action === 'enable' ? 202 : 200, `${action}d`)
    }
    if (action === 'remove') {
      items.delete(known.document.name)
      return say(200, 'deleted')
    }
    return say(501, 'not implemented')
  }

  const readQuestion = ({ target, asker }: AgentQuestion): AskedConfig => {
    const words = new URLSearchParams(target.split('?')[1] ?? '')
    return {
      action: words.get('action') ?? 'tree',
      id: words.get('id') ?? '',
      name: words.get('name') ?? '',
      permissions: asker?.permissions ?? 0x1b,
      role: asker?.role ?? 'member',
      accountId: asker?.accountId,
      userName: asker?.userName,
    }
  }
  const answer: DyncfgAgent['answer'] = (question) => {
    const read = readQuestion(question)
    asked.push(read)
    return act(read, question.body?.text)
  }

  return {
    asked,
    moods,
    answer,
    running: (name) => items.get(name)?.document,
    edit(name, change) {
      const item = items.get(name)
      if (item === undefined) throw new Error(`this agent has no alert ${name}`)
      item.document = change(item.document)
      item.restarts++
    },
    restart() {
      for (const [name, item] of items) {
        // What files say is read again where nothing was made over the link.
        if (item.sourceType !== 'dyncfg') items.delete(name)
        else item.restarts++
      }
      loadStock()
    },
    restartsOf: (name) => items.get(name)?.restarts ?? 0,
    serve(
      bus,
      { nodeId, hops = 0, claimId = `claim-of-${nodeId}` as ClaimId, capabilities = dyncfgCapabilities, spaceId = 'space' as SpaceId },
    ) {
      const route = { spaceId, nodeId, claimId, hops, connectedAtMs: 0, capabilities }
      return bus.serve(route, async (question, signal): Promise<AgentAnswer> => {
        if (signal.aborted) throw new ThroughlineError('CANCELLED', 'Nobody waits.')
        const read = readQuestion(question)
        await moods.before?.(read)
        const { status, text } = answer(question)
        moods.after?.(read)
        const isGzip = question.acceptsGzip !== false
        const body = Buffer.from(text)
        return { httpStatus: status, isGzip, body: new Ephemeral(isGzip ? gzipSync(body) : body) }
      })
    },
  }
}
