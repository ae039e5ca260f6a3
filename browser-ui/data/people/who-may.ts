import type { Role } from '../../../src/domain/model.ts'
import { roleWords } from './role-words.ts'

interface Granted {
  readonly role: Role
  readonly permissions: readonly string[]
}

const plural = (role: Role) => (role === 'billing' ? 'billing people' : `${roleWords[role].title.toLowerCase()}s`)

/** The roles with a permission, in words: `admins and managers`; `nobody` when none has it. */
export function whoMay(roles: readonly Granted[], permission: string): string {
  const names = roles.filter(({ permissions }) => permissions.includes(permission)).map(({ role }) => plural(role))
  if (names.length === 0) return 'nobody'
  const last = names.at(-1) ?? ''
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** Whether somebody with these permissions may give or take this role; admins and billing people need an admin. */
export function mayAppoint(permissions: readonly string[], role: Role): boolean {
  if (!permissions.includes('roles.appoint')) return false
  return role === 'admin' || role === 'billing' ? permissions.includes('roles.appoint-top') : true
}
