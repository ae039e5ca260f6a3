import type { Role } from '../../../src/domain/model.ts'
import type { FunctionEntry } from './function-list.ts'

/** Roles that see metrics, and of these the ones that see sensitive data; the cloud's table decides, this only marks. */
const seesMetrics: ReadonlySet<Role> = new Set<Role>(['admin', 'manager', 'troubleshooter', 'observer'])
const seesSensitive: ReadonlySet<Role> = new Set<Role>(['admin', 'manager', 'troubleshooter'])

/** Whether the cloud will let a role call a function. */
export function mayCall(role: Role, entry: Pick<FunctionEntry, 'isSensitive'>): boolean {
  return (entry.isSensitive ? seesSensitive : seesMetrics).has(role)
}

/** Who may call it, in words, for a person who may not. */
export function whoMayCall(entry: Pick<FunctionEntry, 'isSensitive'>): string {
  return entry.isSensitive ? 'It takes the role troubleshooter, manager or admin.' : 'It takes the role observer or higher.'
}
