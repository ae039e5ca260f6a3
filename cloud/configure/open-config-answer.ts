import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { alertNameSchema, type AlertDocument } from '../../src/health/alert-document.ts'
import { readAgentDocument } from '../../src/health/read-agent-document.ts'
import { isObject } from '../../src/support/json.ts'
import type { AgentAnswer } from '../bus/port.ts'
import { configureLimits } from './limits.ts'
import type { AgentAlert, AgentTree } from './ports.ts'

/**
 * Where answers about alert configuration are opened, the third place beside the relay's delivery and its joining (ARC3). Only two
 * shapes come out: the tree and a document, each by its schema; whatever else an agent wrote is dropped here, no text of an answer is in
 * an error, and answers of other questions never come here.
 */

/** Where agents keep alert definitions, and how each is called there (agent-api §11.4). */
export const prototypePath = '/health/alerts/prototypes'
export const prototypeId = 'health:alert:prototype'

const commands = z.array(z.string().max(32)).max(32)
const itemSchema = z.object({
  status: z.enum(['none', 'accepted', 'running', 'failed', 'disabled', 'orphan', 'incomplete']).catch('none'),
  cmds: commands,
  source_type: z.enum(['internal', 'stock', 'user', 'discovered', 'dyncfg']).catch('internal'),
})

/** The tree of alert definitions; items that are none are passed over. Throws AGENT_PROTOCOL. */
export function openTree(answer: AgentAnswer): AgentTree {
  const answered = open(answer, configureLimits.treeBytes)
  const tree = isObject(answered) ? answered['tree'] : undefined
  if (!isObject(tree)) throw unreadable()
  const alerts = new Map<string, AgentAlert>()
  let mayAdd = false
  for (const items of Object.values(tree)) {
    if (!isObject(items)) continue
    for (const [id, item] of Object.entries(items)) {
      const parsed = id.startsWith(prototypeId) ? itemSchema.safeParse(item) : undefined
      if (parsed?.success !== true) continue
      const { status, cmds, source_type: sourceType } = parsed.data
      if (id === prototypeId) mayAdd = cmds.includes('add')
      const name = alertNameSchema.safeParse(id.slice(prototypeId.length + 1))
      if (!name.success || id.charAt(prototypeId.length) !== ':') continue
      if (alerts.size >= configureLimits.alertsPerAgent) throw unreadable()
      alerts.set(name.data, { name: name.data, status, sourceType, commands: cmds })
    }
  }
  return { mayAdd, alerts }
}

/** The document of this name. Throws AGENT_PROTOCOL for one that cannot be said here whole. */
export function openDocument(answer: AgentAnswer, name: string): AlertDocument {
  const document = readAgentDocument(name, open(answer, configureLimits.documentBytes))
  if (document === undefined)
    throw new ThroughlineError('AGENT_PROTOCOL', 'The agent runs this alert with settings that cannot be kept here; change it on its host.')
  return document
}

function open({ body, isGzip }: AgentAnswer, maxBytes: number): unknown {
  if (body.byteLength > maxBytes) throw unreadable()
  let opened: unknown
  body.releaseTo((bytes) => {
    try {
      const plain = isGzip
        ? gunzipSync(bytes, { maxOutputLength: maxBytes })
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      opened = JSON.parse(plain.toString('utf8')) as unknown
    } catch {
      throw unreadable()
    }
  })
  return opened
}

function unreadable(): ThroughlineError {
  return new ThroughlineError('AGENT_PROTOCOL', 'The agent gave an answer that cannot be read.')
}
