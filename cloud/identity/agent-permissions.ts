import { agentPermission } from '../../src/domain/agent-permission.ts'
import type { Role } from '../../src/domain/model.ts'
import { isPermitted, type Permission, type Proof } from './permissions.ts'

const { signedIn, sameSpace, commercial, anonymousData, sensitiveData, viewConfig, editConfig, viewSilencing, editSilencing } =
  agentPermission

const known = signedIn | sameSpace
const observer = known | anonymousData
const troubleshooter = observer | sensitiveData
/** Changing configuration asks for the commercial bit, too (agent-api §11.2); nothing here is paid for. */
const manager = troubleshooter | commercial | viewConfig | editConfig | viewSilencing | editSilencing

/**
 * Which bits a role brings to an agent: the whole table. The relay refuses what a mask does not hold before an agent is asked, and
 * agents from 1.45 on check the same mask again.
 */
export const agentPermissionsOfRole = {
  admin: 0x7ff,
  manager,
  troubleshooter,
  observer,
  billing: known,
  // Sees the nodes of the own rooms, and no boards, channels or events.
  member: observer,
} as const satisfies Record<Role, number>

/** Bits that a proof has to reach for besides the role: what a token's scope does not include, an agent is not told. */
const neededFor: readonly (readonly [permission: Permission, bits: number])[] = [
  ['functions.sensitive', sensitiveData],
  ['alerts.view-config', viewConfig],
  ['functions.any', editConfig | commercial | agentPermission.viewNotifications | agentPermission.editNotifications],
  ['silencing.view', viewSilencing],
  ['silencing.change', editSilencing],
]

/** Which bits somebody brings to an agent: those of the role, without what the scope of an API token leaves out. */
export function agentPermissionsOf(caller: Proof & { readonly role: Role }): number {
  const withheld = neededFor.filter(([permission]) => !isPermitted(permission, caller)).reduce((mask, [, bits]) => mask | bits, 0)
  return agentPermissionsOfRole[caller.role] & ~withheld
}
