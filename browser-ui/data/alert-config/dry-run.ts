import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import type { LiveClient } from '../../link/live-client.ts'
import { isObject } from '../json.ts'

/** What an agent said of a document without taking it (agent-api §11.4). */
export interface DryRun {
  readonly isAccepted: boolean
  /** The configuration file it would write, or its refusal: the agent's own words. */
  readonly text: string
  /** The member it names, when it refuses one that the document has. */
  readonly member: string | undefined
}

const template = 'health:alert:prototype'
const timeoutS = 30
const textMax = 64 * 1024

/** Asks an agent to read a document and nothing more. Rejects as `LiveClient.ask` does, AGENT_TOO_OLD included. */
export async function dryRun(
  client: Pick<LiveClient, 'ask'>,
  nodeId: string,
  document: AlertDocument,
  signal: AbortSignal,
): Promise<DryRun> {
  const { text, httpStatus } = await client.ask(
    nodeId,
    { kind: 'config', action: 'userconfig', id: template, name: document.name, body: JSON.stringify(document), timeoutS },
    signal,
  )
  if (httpStatus === 200) return { isAccepted: true, text: text.slice(0, textMax), member: undefined }
  const said = messageOf(text)
  if (httpStatus === 400)
    return { isAccepted: false, text: said || 'The agent refuses it, and does not say why.', member: memberIn(said, document) }
  if (httpStatus === 404 || httpStatus === 501) {
    throw new ThroughlineError('AGENT_TOO_OLD', 'This agent offers no dry run; agents from 1.46 on do.')
  }
  const meaning = agentStatusMeaning(httpStatus)
  throw new ThroughlineError(
    'AGENT_PROTOCOL',
    meaning === undefined ? `The agent answered ${httpStatus}.` : `${meaning.title} ${meaning.text}`,
  )
}

/** The sentence in an agent's answer; the answer itself when it is none of JSON. */
function messageOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isObject(parsed)) return ''
    const said = parsed['errorMessage'] ?? parsed['message'] ?? parsed['error']
    return typeof said === 'string' ? said.slice(0, textMax) : ''
  } catch {
    return text.slice(0, textMax)
  }
}

/** The path of the member that a refusal names by its last word, the longest name first. */
function memberIn(said: string, document: AlertDocument): string | undefined {
  const paths: string[] = []
  const walk = (value: unknown, path: string) => {
    if (isObject(value)) for (const [key, inside] of Object.entries(value)) walk(inside, path === '' ? key : `${path}.${key}`)
    else if (Array.isArray(value)) for (const [index, inside] of value.entries()) walk(inside, `${path}.${index}`)
    if (path !== '') paths.push(path)
  }
  walk(document, '')
  const words = new Set(said.toLowerCase().match(/[a-z_]{3,}/g) ?? [])
  return paths
    .filter((path) => words.has(path.split('.').at(-1) ?? ''))
    .toSorted((a, b) => (b.split('.').at(-1)?.length ?? 0) - (a.split('.').at(-1)?.length ?? 0))[0]
}
