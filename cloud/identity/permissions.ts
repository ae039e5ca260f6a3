import type { Role } from '../../src/domain/model.ts'
import type { ProofKind } from './ports.ts'

/** What an API token may do, by its scope (cloud-api §1.1). `scope:read-only` is ours: it looks, and changes nothing. */
export const apiTokenScopes = ['scope:all', 'scope:read-only', 'scope:grafana-plugin', 'scope:mcp', 'scope:agent-ui'] as const
export type ApiTokenScope = (typeof apiTokenScopes)[number]

interface Grant {
  readonly roles: readonly Role[]
  readonly via: readonly ProofKind[]
  /** Scopes of API tokens that include it besides `scope:all`. */
  readonly scopes: readonly ApiTokenScope[]
}

const rolesByLetter = { A: 'admin', M: 'manager', T: 'troubleshooter', O: 'observer', B: 'billing', m: 'member' } as const satisfies Record<
  string,
  Role
>
const every: readonly ProofKind[] = ['cookie', 'api-token', 'operator']
const people: readonly ProofKind[] = ['cookie', 'operator']
const browser: readonly ProofKind[] = ['cookie']

/** A row of the table: roles by their letters; `m`, a member without a task, sees the space and the nodes of the own rooms. */
function grant(letters: string, via: readonly ProofKind[], ...scopes: readonly ApiTokenScope[]): Grant {
  return { roles: letters.split('').map((letter) => rolesByLetter[letter as keyof typeof rolesByLetter]), via, scopes }
}

const reads = ['scope:read-only', 'scope:mcp'] as const

/** What any person may do, whatever the space. No role counts here. */
export const personPermissions = {
  'self.read': grant('', every, 'scope:read-only', 'scope:grafana-plugin', 'scope:mcp', 'scope:agent-ui'),
  'self.change': grant('', browser),
  'self.sign-ins': grant('', browser),
  // A token that could make tokens would outlive its own expiry.
  'self.api-tokens': grant('', people),
  'self.spaces': grant('', every, 'scope:read-only', 'scope:grafana-plugin', 'scope:mcp'),
  'self.create-space': grant('', every),
  'self.invitations': grant('', browser),
  operate: grant('', ['operator']),
  // Whose installation it is, is looked up where it is used.
  'installation.manage': grant('', people),
} as const satisfies Record<string, Grant>

/** Who may do what in a space: the whole table (issue 5, permission matrix). What is not granted here is refused. */
export const permissions = {
  'space.view': grant('AMTOBm', every, ...reads, 'scope:grafana-plugin'),
  'space.leave': grant('AMTOBm', browser),
  'space.change': grant('A', every),
  'space.delete': grant('A', every),
  'people.view': grant('AMTOBm', every, ...reads),
  'people.invite': grant('AM', every),
  'people.remove': grant('AM', every),
  'roles.appoint': grant('AM', every),
  'roles.appoint-top': grant('A', every),
  'rooms.view': grant('AMTOm', every, ...reads, 'scope:grafana-plugin'),
  'rooms.manage': grant('AM', every),
  'rooms.join': grant('AM', every),
  'nodes.view': grant('AMTOm', every, ...reads, 'scope:grafana-plugin'),
  'nodes.view-all': grant('AM', every, ...reads, 'scope:grafana-plugin'),
  'nodes.place': grant('AM', every),
  'nodes.remove': grant('A', every),
  'claim-tokens.manage': grant('A', every),
  'connect-attempts.view': grant('A', every, 'scope:read-only'),
  'data.read': grant('AMTOm', every, ...reads, 'scope:grafana-plugin'),
  'agents.token': grant('AMTO', every),
  'boards.view': grant('AMTO', every, ...reads),
  'boards.edit-own': grant('AMTO', every),
  // Beside the boards a person made.
  'boards.edit-any': grant('AMT', every),
  // Which kinds: whoever may make such a thing for the space.
  'deleted.restore': grant('AMTO', every),
  'functions.read': grant('AMTOm', every, ...reads),
  'functions.sensitive': grant('AMT', every, 'scope:mcp'),
  'functions.any': grant('AM', every),
  'alerts.view': grant('AMTOm', every, ...reads),
  'alerts.view-config': grant('AMTOB', every, ...reads),
  'alerts.change-config': grant('AM', every),
  'channels.view': grant('AMTO', every, ...reads),
  'channels.change': grant('A', every),
  'notifications.own': grant('AMTOB', every),
  // The list: silences of the space for those who see them, one's own for everybody who can have some.
  'silencing.list': grant('AMTO', every, ...reads),
  'silencing.view': grant('AMT', every, ...reads),
  'silencing.change': grant('AM', every),
  'silencing.own': grant('AMTO', every),
  'events.view': grant('AMTO', every, ...reads),
  'audit.view': grant('AMTO', every, 'scope:read-only'),
  'audit.deliver': grant('A', people),
  'providers.manage': grant('A', people),
  billing: grant('AB', every),
} as const satisfies Record<string, Grant>

/** What is left of these to a sign-in that a space's own provider proved: it must not change the account, nor reach other spaces (L6). */
const insideOneSpace: readonly string[] = ['self.read', 'self.spaces', 'self.invitations'] satisfies (keyof typeof personPermissions)[]

export type PersonPermission = keyof typeof personPermissions
export type Permission = keyof typeof permissions

/** How somebody proved who they are; `scope` only with an API token. */
export interface Proof {
  readonly via: ProofKind
  readonly scope?: ApiTokenScope | undefined
  readonly onlySpaceId?: string | undefined
}

/** Whether someone with this role, proven this way, may do it. Deny by default. */
export function isPermitted(permission: Permission, caller: Proof & { readonly role: Role }): boolean {
  const row: Grant = permissions[permission]
  return row.roles.includes(caller.role) && isProven(row, caller)
}

/** Whether a person, proven this way, may do what needs no space. */
export function isPermittedToPerson(permission: PersonPermission, proof: Proof): boolean {
  if (proof.onlySpaceId !== undefined && !insideOneSpace.includes(permission)) return false
  return isProven(personPermissions[permission], proof)
}

function isProven({ via, scopes }: Grant, proof: Proof): boolean {
  if (!via.includes(proof.via)) return false
  if (proof.via !== 'api-token') return true
  return proof.scope === 'scope:all' || (proof.scope !== undefined && scopes.includes(proof.scope))
}
