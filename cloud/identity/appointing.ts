import type { Role } from '../../src/domain/model.ts'
import { isPermitted, type Proof } from './permissions.ts'

/**
 * Whether somebody may give this role to another, or take it from who has it: admins any, managers all but admin and billing
 * (issue 5, matrix; T3). Others nobody.
 */
export function mayAppoint(caller: Proof & { readonly role: Role }, role: Role): boolean {
  return isPermitted(role === 'admin' || role === 'billing' ? 'roles.appoint-top' : 'roles.appoint', caller)
}
