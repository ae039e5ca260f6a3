import { z } from 'zod'
import { agentPermission } from '../../../../src/domain/agent-permission.ts'
import { alertDocumentSchema, alertNameSchema } from '../../../../src/health/alert-document.ts'
import { writeHealthText } from '../../../../src/health/health-text.ts'
import { accessNames, harmlessAccess, refusalOf } from '../../../functions/access.ts'
import { jsonAnswer, textAnswer } from '../../source.ts'
import type { ConfigRequest, SourceAnswer } from '../../source.ts'
import { parseParameters } from '../query/parameters.ts'
import type { Definition, Definitions } from './definitions.ts'
import { readDocument } from './read-document.ts'
import type { ReadDocument } from './read-document.ts'
import { runningRules } from './running-rule.ts'

/** Ids and paths of agents (agent-api §11.4). */
const templateId = 'health:alert:prototype'
const treePath = '/health/alerts/prototypes'

/** Who may look and who may change (agent-api §11.2). */
const viewAccess = agentPermission.signedIn | agentPermission.sameSpace | agentPermission.viewConfig
const editAccess = agentPermission.signedIn | agentPermission.sameSpace | agentPermission.editConfig | agentPermission.commercial

const withBody = new Set(['add', 'update', 'test', 'userconfig'])
const looks = new Set(['tree', 'get', 'schema', 'userconfig'])
const actions = ['tree', 'schema', 'get', 'update', 'add', 'remove', 'test', 'enable', 'disable', 'restart', 'userconfig'] as const
type Action = (typeof actions)[number]

/** A reply as agents write it (agent-api §11.3). */
const reply = (status: number, message: string) => jsonAnswer(status, JSON.stringify({ status, message }))
const missing = reply(404, 'there is no configuration of that id')
const notOffered = reply(501, 'this command is not offered for this configuration')

export interface ConfigApiDeps {
  readonly definitions: Definitions
  readonly machineGuid: string
  readonly hostname: string
  readonly nowMs: () => number
}

/** `/api/v1/config` and `/api/v3/config` over the alerts of this host (agent-api §11). */
export function createConfigApi({ definitions, machineGuid, hostname, nowMs }: ConfigApiDeps) {
  const access = { view: accessNames(viewAccess), edit: accessNames(editAccess) }
  const steady = { sync: true, restart_required: false, plugin_rejected: false }

  return async (request: ConfigRequest): Promise<SourceAnswer> => {
    const parameters = parseParameters(request.query)
    const action = actions.find((each) => each === (parameters.get('action') ?? 'tree'))
    if (action === undefined) return reply(400, 'the action is unknown')
    const needed = harmlessAccess | (looks.has(action) ? viewAccess : editAccess)
    const refusal = refusalOf(request.permissions, needed)
    if (refusal) return reply(refusal.status, refusal.message)
    if (withBody.has(action) !== (request.bodyText !== '')) {
      return reply(400, withBody.has(action) ? 'this action needs a document' : 'this action takes no document')
    }
    if (action === 'tree') return tree(parameters.get('path') ?? '/', request.permissions)
    const id = parameters.get('id') ?? ''
    if (id === templateId) return onTemplate(action, parameters.get('name') ?? '', request)
    const name = id.startsWith(`${templateId}:`) ? id.slice(templateId.length + 1) : undefined
    const definition = name === undefined ? undefined : definitions.get(name)
    return name === undefined || definition === undefined ? missing : onJob(action, name, definition, request)
  }

  async function onTemplate(action: Action, name: string, request: ConfigRequest): Promise<SourceAnswer> {
    if (action === 'schema') return schema()
    if (action === 'enable' || action === 'disable') {
      await definitions.setAllDisabled(action === 'disable')
      return reply(action === 'enable' ? 202 : 200, `${action}d`)
    }
    if (action !== 'add' && action !== 'userconfig') return notOffered
    if (!alertNameSchema.safeParse(name).success) return reply(400, "parameter 'name' is no name of an alert")
    const read = readDocument(request.bodyText, name)
    if ('problem' in read) return reply(400, read.problem)
    if (action === 'userconfig') return healthText(read)
    if (!(await definitions.add(read.document, sourceOf(request))))
      return reply(400, 'a configuration with this name already exists, or there are too many')
    return accepted(name, 'accepted')
  }

  async function onJob(action: Action, name: string, definition: Definition, request: ConfigRequest): Promise<SourceAnswer> {
    switch (action) {
      case 'schema':
        return schema()
      case 'get':
        return jsonAnswer(200, JSON.stringify(documentOf(definition, request.permissions)))
      case 'userconfig':
        return healthText(readDocument(request.bodyText, name))
      case 'update': {
        const read = readDocument(request.bodyText, name)
        if ('problem' in read) return reply(400, read.problem)
        return (await definitions.update(read.document, sourceOf(request))) ? accepted(name, 'updated') : missing
      }
      case 'enable':
        if (definitions.isAllDisabled()) return reply(400, 'all alerts are disabled; enable those first')
        if (!definition.document.rules.some(({ enabled }) => enabled)) return reply(400, 'all rules of this document are disabled')
        return (await definitions.setDisabled(name, false, sourceOf(request))) ? reply(202, 'enabled') : missing
      case 'disable':
        return (await definitions.setDisabled(name, true, sourceOf(request))) ? reply(200, 'disabled') : missing
      case 'remove':
        if (definition.origin !== 'dyncfg') return notOffered
        return (await definitions.remove(name)) ? reply(200, 'deleted') : missing
      default:
        return notOffered
    }
  }

  /** 202, or 298 when the alert does not run. */
  function accepted(name: string, message: string): SourceAnswer {
    const definition = definitions.get(name)
    const runs = definition !== undefined && definitions.runs(definition)
    return runs ? reply(202, message) : reply(298, `${message}, and disabled`)
  }

  function tree(path: string, permissions: number): SourceAnswer {
    const isAsked = treePath.startsWith(path) || path === `${treePath}/`
    const entries = [
      [templateId, templateItem()] as const,
      ...[...definitions.items()].map(([name, definition]) => [`${templateId}:${name}`, jobItem(definition, permissions)] as const),
    ]
    return jsonAnswer(
      200,
      JSON.stringify({
        version: 1,
        tree: isAsked ? { [treePath]: Object.fromEntries(entries) } : {},
        attention: { degraded: false, restart_required: 0, plugin_rejected: 0, status_failed: 0, status_incomplete: 0 },
        agent: { mg: machineGuid, nm: hostname, now: Math.trunc(nowMs() / 1000) },
      }),
    )
  }

  function templateItem() {
    return {
      type: 'template',
      status: definitions.isAllDisabled() ? 'disabled' : 'accepted',
      cmds: ['schema', 'add', 'enable', 'disable', 'userconfig'],
      access,
      source_type: 'internal',
      source: 'internal',
      ...steady,
      user_disabled: definitions.isAllDisabled(),
      payload: { available: false },
      saves: 0,
      created_ut: 1,
      modified_ut: 1,
    }
  }

  function jobItem(definition: Definition, permissions: number) {
    const { origin, isDisabled, saves, createdAtMs, modifiedAtMs } = definition
    return {
      type: 'job',
      template: templateId,
      status: definitions.runs(definition) ? 'running' : 'disabled',
      cmds: ['schema', 'get', 'enable', 'disable', 'update', 'userconfig', ...(origin === 'dyncfg' ? ['remove'] : [])],
      access,
      source_type: origin,
      source: shownSource(definition, permissions),
      ...steady,
      user_disabled: isDisabled,
      payload: origin === 'dyncfg' ? { available: true, content_type: 'application/json' } : { available: false },
      saves,
      created_ut: createdAtMs * 1000,
      modified_ut: modifiedAtMs * 1000,
    }
  }
}

/** Where a definition is from. Who changed it is told only to those who may see such things. */
function shownSource({ origin, source }: Definition, permissions: number): string {
  if (origin === 'stock') return 'agent-link'
  return (permissions & agentPermission.sensitiveData) === 0 ? '' : source
}

/** The document as it runs, with what agents add to each rule (agent-api §11.5). */
function documentOf(definition: Definition, permissions: number) {
  const { document, origin } = definition
  const hashes = runningRules(document, origin).map(({ hash }) => hash)
  const source = shownSource(definition, permissions)
  const rules = document.rules.map(({ config, ...rule }, index) => ({
    ...rule,
    config: { hash: hashes[index], source_type: origin, source, ...config },
  }))
  return { ...document, rules }
}

function healthText(read: ReadDocument): SourceAnswer {
  return 'problem' in read ? reply(400, read.problem) : textAnswer(200, writeHealthText(read.document))
}

function schema(): SourceAnswer {
  return jsonAnswer(200, JSON.stringify({ jsonSchema: z.toJSONSchema(alertDocumentSchema, { target: 'draft-7' }), uiSchema: {} }))
}

/** Who asked for a change, as agents keep it (agent-api §11.3); one line. */
function sourceOf({ permissions, role, userName, accountId }: ConfigRequest): string {
  const parts = { method: 'api', role, permissions: `0x${permissions.toString(16)}`, user: userName, account: accountId }
  return Object.entries(parts)
    .map(([key, value]) => `${key}=${value.replace(/[^\x20-\x7e]|,/g, '?').slice(0, 63)}`)
    .join(',')
}
