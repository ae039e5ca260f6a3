import { expect, it } from 'vitest'
import { roles, type Role } from '../../src/domain/model.ts'
import { apiTokenScopes, isPermitted, isPermittedToPerson, permissions, personPermissions, type Permission } from './permissions.ts'

const letters = { admin: 'A', manager: 'M', troubleshooter: 'T', observer: 'O', billing: 'B', member: 'm' } as const

/** The matrix of issue 5, line by line, and what a member without a task may do. */
const matrix: Readonly<Record<Permission, string>> = {
  'space.view': 'AMTOBm',
  'space.leave': 'AMTOBm',
  'space.change': 'A',
  'space.delete': 'A',
  'people.view': 'AMTOBm',
  'people.invite': 'AM',
  'people.remove': 'AM',
  'roles.appoint': 'AM',
  'roles.appoint-top': 'A',
  'rooms.view': 'AMTOm',
  'rooms.manage': 'AM',
  'rooms.join': 'AM',
  'nodes.view': 'AMTOm',
  'nodes.view-all': 'AM',
  'nodes.place': 'AM',
  'nodes.remove': 'A',
  'claim-tokens.manage': 'A',
  'connect-attempts.view': 'A',
  'data.read': 'AMTOm',
  'agents.token': 'AMTO',
  'boards.view': 'AMTO',
  'boards.edit-own': 'AMTO',
  'boards.edit-any': 'AMT',
  'deleted.restore': 'AMTO',
  'functions.read': 'AMTOm',
  'functions.sensitive': 'AMT',
  'functions.any': 'AM',
  'alerts.view': 'AMTOm',
  'alerts.view-config': 'AMTOB',
  'alerts.change-config': 'AM',
  'channels.view': 'AMTO',
  'channels.change': 'A',
  'notifications.own': 'AMTOB',
  'silencing.list': 'AMTO',
  'silencing.view': 'AMT',
  'silencing.change': 'AM',
  'silencing.own': 'AMTO',
  'events.view': 'AMTO',
  'audit.view': 'AMTO',
  'audit.deliver': 'A',
  'providers.manage': 'A',
  billing: 'AB',
}

it.each(Object.entries(matrix))('[ID18] grants %s to exactly %s', (permission, granted) => {
  const holders = roles.filter((role) => isPermitted(permission as Permission, { role, via: 'cookie' })).map((role) => letters[role])
  expect(holders.join('')).toBe(granted)
})

it('[ID18] has no permission that the matrix does not name', () => {
  expect(Object.keys(permissions).sort()).toEqual(Object.keys(matrix).sort())
})

it('[ID110] gives an API token what its scope says, and nothing else', () => {
  const may = (scope: (typeof apiTokenScopes)[number]) =>
    Object.keys(permissions).filter((each) => isPermitted(each as Permission, { role: 'admin', via: 'api-token', scope }))
  expect(may('scope:grafana-plugin')).toEqual(['space.view', 'rooms.view', 'nodes.view', 'nodes.view-all', 'data.read'])
  expect(may('scope:agent-ui')).toEqual([])
  const changes = /change|manage|remove|edit|invite|appoint|place|delete|join|any|own|leave|deliver|token/u
  expect(may('scope:read-only').filter((each) => changes.test(each))).toEqual([])
  expect(may('scope:mcp').filter((each) => changes.test(each))).toEqual([])
  expect(may('scope:all')).toEqual(expect.arrayContaining(['space.delete', 'functions.any', 'channels.change']))
})

it('[ID110] lets no token make tokens, change sign-ins or change the profile', () => {
  for (const scope of apiTokenScopes)
    for (const permission of ['self.api-tokens', 'self.sign-ins', 'self.change', 'self.invitations'] as const)
      expect(isPermittedToPerson(permission, { via: 'api-token', scope })).toBe(false)
  expect(isPermittedToPerson('self.read', { via: 'api-token', scope: 'scope:grafana-plugin' })).toBe(true)
  expect(isPermittedToPerson('operate', { via: 'cookie' })).toBe(false)
  expect(Object.keys(personPermissions)).toContain('operate')
})

it('[ID18] refuses a role that nobody knows, and a token without a scope', () => {
  expect(isPermitted('nodes.view', { role: 'toString' as Role, via: 'cookie' })).toBe(false)
  expect(isPermitted('nodes.view', { role: 'admin', via: 'api-token' })).toBe(false)
})
