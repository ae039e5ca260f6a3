import { expect, it } from 'vitest'
import { agentPermission, holdsPermissions } from '../../src/domain/agent-permission.ts'
import { agentPermissionsOfRole } from './agent-permissions.ts'

it('[ID101] gives each role exactly this mask', () => {
  expect(Object.entries(agentPermissionsOfRole).map(([role, mask]) => `${role} 0x${mask.toString(16)}`)).toEqual([
    'admin 0x7ff',
    'manager 0x67f',
    'troubleshooter 0x1b',
    'observer 0xb',
    'billing 0x3',
    'member 0xb',
  ])
})

it('[ID101] the bits are those of the agents, and a mask must hold all that are needed', () => {
  expect(Object.values(agentPermission)).toEqual(Array.from({ length: 11 }, (_, bit) => 1 << bit))
  expect([holdsPermissions(0x1b, 0x13), holdsPermissions(0x0b, 0x13), holdsPermissions(0, 0)]).toEqual([true, false, true])
})
