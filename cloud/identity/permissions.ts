import type { Role } from '../../src/domain/model.ts'
import type { ProofKind } from './ports.ts'

interface Grant {
  readonly roles: readonly Role[]
  readonly via: readonly ProofKind[]
}

const everyRole: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member']
const everyProof: readonly ProofKind[] = ['cookie', 'api-token', 'operator']

/**
 * Who may do what: the whole table. What is not granted here is refused. A member sees nodes only through rooms, and rooms
 * have no members yet, so that role is not among the viewers.
 */
export const permissions = {
  'self.read': { roles: everyRole, via: everyProof },
  'sign-ins.manage': { roles: everyRole, via: ['cookie'] },
  'nodes.view': { roles: ['admin', 'manager', 'troubleshooter', 'observer'], via: everyProof },
  'nodes.remove': { roles: ['admin', 'manager'], via: everyProof },
  'boards.view': { roles: ['admin', 'manager', 'troubleshooter', 'observer'], via: everyProof },
  'boards.edit-own': { roles: ['admin', 'manager', 'troubleshooter', 'observer'], via: everyProof },
  // Beside the boards a person made.
  'boards.edit-any': { roles: ['admin', 'manager', 'troubleshooter'], via: everyProof },
  'connect-attempts.view': { roles: ['admin', 'manager'], via: everyProof },
  'claim-tokens.create': { roles: ['admin', 'manager'], via: everyProof },
  // A token that could make tokens would outlive its own expiry.
  'api-tokens.create': { roles: ['admin', 'manager'], via: ['cookie', 'operator'] },
} as const satisfies Record<string, Grant>

export type Permission = keyof typeof permissions

/** Whether someone with this role, proven this way, may do it. Deny by default. */
export function isPermitted(permission: Permission, caller: { readonly role: Role; readonly via: ProofKind }): boolean {
  const grant: Grant = permissions[permission]
  return grant.roles.includes(caller.role) && grant.via.includes(caller.via)
}
