import { agentPermission, holdsPermissions } from '../../src/domain/agent-permission.ts'
import { isSensitiveFunction } from '../../src/domain/function-rights.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { ConfigQuestion, LiveQuestion } from '../../src/live/questions.ts'
import type { AgentRights } from './ports.ts'
import type { AskedQuestion } from './rest/rest-question.ts'

const { signedIn, sameSpace, commercial, anonymousData, sensitiveData, viewConfig, editConfig } = agentPermission

/** Bits a configuration action asks for (agent-api §11.2). */
const view = anonymousData | signedIn | sameSpace | viewConfig
const edit = anonymousData | signedIn | sameSpace | editConfig | commercial
const configPermissions = {
  tree: view,
  get: view,
  schema: view,
  userconfig: view,
  add: edit,
  update: edit,
  remove: edit,
  enable: edit,
  disable: edit,
  test: edit,
  restart: edit,
} as const satisfies Record<ConfigQuestion['action'], number>

/** The bits a viewer needs before an agent is asked. The same for every generation: agents before 1.45 check nothing themselves. */
export function permissionsNeeded(question: LiveQuestion): number {
  if (question.kind === 'config') return configPermissions[question.action]
  if (question.kind === 'function' && isSensitiveFunction(question.name)) return anonymousData | signedIn | sameSpace | sensitiveData
  return anonymousData
}

/** Throws FORBIDDEN when the viewer's role does not allow the question; an agent never hears of it then. */
export function requireOperation(question: LiveQuestion, rights: AgentRights): void {
  if (!holdsPermissions(rights.permissions, permissionsNeeded(question))) {
    throw new ThroughlineError('FORBIDDEN', 'Your role does not allow this.')
  }
}

/** Whether asking changes something, or may: such a question is never shared and says who asks. */
export function isChange(question: AskedQuestion): boolean {
  if (question.kind === 'rest') return question.isChange
  return question.kind === 'config' && configPermissions[question.action] === edit
}
