import { expect, it } from 'vitest'
import type { Role } from '../../src/domain/model.ts'
import { isPermitted, permissions, type Permission } from './permissions.ts'
import type { ProofKind } from './ports.ts'

const roles: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member']
const proofs: readonly ProofKind[] = ['cookie', 'api-token', 'operator']

it('[ID18] grants exactly this', () => {
  const granted = Object.fromEntries(
    Object.keys(permissions).map((permission) => [
      permission,
      roles.flatMap((role) => proofs.filter((via) => isPermitted(permission as Permission, { role, via })).map((via) => `${role} ${via}`))
        .length,
    ]),
  )
  expect(granted).toEqual({
    'self.read': 18,
    'sign-ins.manage': 6,
    'nodes.view': 12,
    'nodes.remove': 6,
    'boards.view': 12,
    'boards.edit-own': 12,
    'boards.edit-any': 9,
    'connect-attempts.view': 6,
    'claim-tokens.create': 6,
    'api-tokens.create': 4,
  })
  expect(isPermitted('nodes.view', { role: 'billing', via: 'cookie' })).toBe(false)
  expect(isPermitted('nodes.view', { role: 'member', via: 'api-token' })).toBe(false)
  expect(isPermitted('api-tokens.create', { role: 'admin', via: 'api-token' })).toBe(false)
  expect(isPermitted('sign-ins.manage', { role: 'admin', via: 'operator' })).toBe(false)
})

it('[ID18] refuses a role that nobody knows', () => {
  expect(isPermitted('nodes.view', { role: 'toString' as Role, via: 'cookie' })).toBe(false)
})
