import { expect, it } from 'vitest'
import { mayAppoint, whoMay } from './who-may.ts'

const roles = [
  { role: 'admin', permissions: ['space.change', 'rooms.manage', 'billing'] },
  { role: 'manager', permissions: ['rooms.manage'] },
  { role: 'billing', permissions: ['billing'] },
] as const

it('[PS12] who may do something is told from the table', () => {
  expect(['space.change', 'rooms.manage', 'billing', 'nothing'].map((permission) => whoMay(roles, permission))).toEqual([
    'admins',
    'admins and managers',
    'admins and billing people',
    'nobody',
  ])
})

it('[PS13] a role is offered where it may be given', () => {
  const manager = ['roles.appoint']
  const admin = ['roles.appoint', 'roles.appoint-top']
  const all = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member'] as const
  expect(all.filter((role) => mayAppoint(manager, role))).toEqual(['manager', 'troubleshooter', 'observer', 'member'])
  expect(all.filter((role) => mayAppoint(admin, role))).toEqual([...all])
  expect(all.filter((role) => mayAppoint([], role))).toEqual([])
})
