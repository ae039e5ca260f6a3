import { agentPermission } from '../../src/domain/agent-permission.ts'

/** The names of the bits, as agents write them in `access` (aclk §7.3). */
const names: readonly (readonly [bit: number, name: string])[] = [
  [agentPermission.signedIn, 'signed-in'],
  [agentPermission.sameSpace, 'same-space'],
  [agentPermission.commercial, 'commercial'],
  [agentPermission.anonymousData, 'anonymous-data'],
  [agentPermission.sensitiveData, 'sensitive-data'],
  [agentPermission.viewConfig, 'view-config'],
  [agentPermission.editConfig, 'edit-config'],
  [agentPermission.viewNotifications, 'view-notifications-config'],
  [agentPermission.editNotifications, 'edit-notifications-config'],
  [agentPermission.viewSilencing, 'view-alerts-silencing'],
  [agentPermission.editSilencing, 'edit-alerts-silencing'],
]

/** What shows persons, processes or traffic (agent-api §12.4). */
export const sensitiveAccess = agentPermission.signedIn | agentPermission.sameSpace | agentPermission.sensitiveData
export const harmlessAccess = agentPermission.anonymousData

/** The bits of a mask by name. */
export function accessNames(mask: number): readonly string[] {
  return names.filter(([bit]) => (mask & bit) !== 0).map(([, name]) => name)
}

/** What agents assume when a question says nothing about who asks (aclk §7.3). */
export const defaultPermissions = 0x1b

/** The mask in `X-Netdata-Permissions`: hexadecimal, `0x` optional. What is no mask holds nothing. */
export function readPermissions(header: string | undefined): number {
  if (header === undefined) return defaultPermissions
  return /^(?:0x)?[0-9a-f]{1,8}$/i.test(header) ? Number.parseInt(header.replace(/^0x/i, ''), 16) : 0
}

/** Why a caller may not: undefined when every bit is held, 412 for who is not signed in, else 403 (aclk §7.3). */
export function refusalOf(permissions: number, needed: number): { readonly status: 403 | 412; readonly message: string } | undefined {
  if ((permissions & needed) === needed) return undefined
  return (permissions & agentPermission.signedIn) === 0
    ? { status: 412, message: 'This needs a signed-in user.' }
    : { status: 403, message: 'The role of this user does not allow this.' }
}
