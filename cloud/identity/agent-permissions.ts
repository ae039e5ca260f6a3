import { agentPermission } from '../../src/domain/agent-permission.ts'
import type { Role } from '../../src/domain/model.ts'

const { signedIn, sameSpace, commercial, anonymousData, sensitiveData, viewConfig, editConfig, viewSilencing, editSilencing } =
  agentPermission

const member = signedIn | sameSpace
const observer = member | anonymousData
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
  billing: member,
  member,
} as const satisfies Record<Role, number>
