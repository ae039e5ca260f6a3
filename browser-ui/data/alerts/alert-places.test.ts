import { expect, it } from 'vitest'
import { alertPlaceAt, alertPlaces, alertPlacesFor } from './alert-places.ts'
import { seesNodes } from '../shell/places.ts'
import { permissions, type Permission } from '../../../cloud/identity/permissions.ts'
import { roles } from '../../../src/domain/model.ts'

it('[AP1] the parts of the alerts section are for exactly the roles that the cloud lets in', () => {
  for (const place of alertPlaces) {
    const granted = permissions[place.permission as Permission].roles.filter(seesNodes)
    expect([place.id, place.for.toSorted()]).toEqual([place.id, [...granted].toSorted()])
  }
  expect(roles.filter((role) => alertPlacesFor(role).length === 0)).toEqual(['billing'])
  expect(new Set(alertPlaces.map(({ href }) => href)).size).toBe(alertPlaces.length)
})

it('[AP1] every address of the section marks its own part in the navigation; a new alert belongs to the definitions', () => {
  const parts = {
    '/alerts': 'raised',
    '/alerts/one': 'raised',
    '/alerts/new': 'definitions',
    '/alerts/definitions': 'definitions',
    '/alerts/definitions/new/edit': 'definitions',
    '/alerts/silences': 'silences',
    '/alerts/feed': 'feed',
    '/nodes': undefined,
  }
  for (const [path, part] of Object.entries(parts)) expect([path, alertPlaceAt(path)]).toEqual([path, part])
})
