/**
 * What an agent lets a caller do, one bit each (agent-api §3.1). An agent from 1.45 on asks for every bit an endpoint, a function
 * or a configuration item names; older agents ask for nothing, so the cloud looks at the bits itself before it asks.
 */
export const agentPermission = {
  signedIn: 0x001,
  sameSpace: 0x002,
  commercial: 0x004,
  anonymousData: 0x008,
  sensitiveData: 0x010,
  viewConfig: 0x020,
  editConfig: 0x040,
  viewNotifications: 0x080,
  editNotifications: 0x100,
  viewSilencing: 0x200,
  editSilencing: 0x400,
} as const

/** Whether a mask holds every bit that is needed. */
export function holdsPermissions(mask: number, needed: number): boolean {
  return (mask & needed) === needed
}
