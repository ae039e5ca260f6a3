import { ownAnswer } from '../egress/gate.ts'
import type { OutgoingAnswer } from '../egress/gate.ts'

/** The reads a source serves; whatever else the cloud asks is refused here, before any source hears of it. */
export const allowedCommands = [
  'info',
  'contexts',
  'context',
  'charts',
  'chart',
  'data',
  'alarms',
  'alarms_values',
  'alarm_count',
  'alarm_log',
  'alarm_variables',
] as const
/** What this agent serves itself, for its own host, whatever its source is. */
export const functionCommands = ['functions', 'function'] as const

const allowed: ReadonlySet<string> = new Set(allowedCommands)

export type Route =
  | { readonly kind: 'serve'; readonly command: string; readonly query: string }
  | { readonly kind: 'functions'; readonly command: (typeof functionCommands)[number]; readonly query: string }
  | { readonly kind: 'configuration'; readonly query: string }
  | { readonly kind: 'refused'; readonly answer: OutgoingAnswer }

/**
 * Takes a question's target apart (aclk §7.2). `names` are what this node is called: its node id, machine guid and hostname.
 * The command must be spelt plainly: nothing is decoded, so nothing can hide behind an encoding.
 */
export function routeQuestion(method: string, target: string, names: readonly string[]): Route {
  const cut = target.indexOf('?')
  const path = cut < 0 ? target : target.slice(0, cut)
  const query = cut < 0 ? '' : target.slice(cut + 1)
  const match = /^(?:\/(?:node|host)\/([^/]+))?\/api\/v([13])\/([a-z_]+)$/.exec(path)
  const [, name, version = '', command = ''] = match ?? []
  if (match === null) return refused(404, 'Unknown API endpoint.')
  if (name !== undefined && !names.includes(name)) return refused(404, 'This agent does not maintain a database for that host.')
  // What is done says the action; that it may be done says the source. Presence of a body is its business too (agent-api §11.1).
  if (command === 'config' && (method === 'GET' || method === 'POST')) return { kind: 'configuration', query }
  if (version !== '1') return refused(404, 'Unsupported API version.')
  const own = functionCommands.find((name) => name === command)
  if (own === undefined && !allowed.has(command)) return refused(404, 'Unsupported v1 API command.')
  if (method !== 'GET') return refused(405, 'Only GET is served here.')
  if (own !== undefined) return { kind: 'functions', command: own, query }
  return { kind: 'serve', command, query }
}

function refused(status: number, text: string): Route {
  return { kind: 'refused', answer: ownAnswer(status, text) }
}
