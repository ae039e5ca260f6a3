import { expect, it } from 'vitest'
import { permissions } from '../../../cloud/identity/permissions.ts'
import { browserName, bytesOfBase64Url, hearsOfNodes, pushSummary } from './push-browsers.ts'

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge on Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604', 'Safari on iPhone'],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 'Chrome on Android'],
  ['curl', 'A browser'],
])('[NC16] a browser is named at first by what it calls itself: %s', (agent, name) => {
  expect(browserName(agent)).toBe(name)
})

it('[NC16] the page knows who hears of nodes as the cloud does', () => {
  const roles = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member'] as const
  const inTable = (permission: 'notifications.own' | 'nodes.view', role: string) =>
    (permissions[permission].roles as readonly string[]).includes(role)
  expect(roles.filter((role) => hearsOfNodes(role))).toEqual(
    roles.filter((role) => inTable('notifications.own', role) && inTable('nodes.view', role)),
  )
})

it('[NC16] a browser of the list says what it tells and of which rooms', () => {
  const nameOf = (roomId: string) => (roomId === 'a' ? 'Web servers' : undefined)
  expect(pushSummary({ options: ['CRITICAL', 'UNREACHABLE'], roomIds: null }, nameOf)).toBe('critical, not reachable · all rooms')
  expect(pushSummary({ options: ['CLEAR'], roomIds: ['a', 'b'] }, nameOf)).toBe('cleared · Web servers, a room you do not see')
  expect(pushSummary({ options: ['CLEAR'], roomIds: [] }, nameOf)).toBe('cleared · no room')
})

it('[NC16] the key of a subscription is read as bytes', () => {
  expect([...bytesOfBase64Url('-_8A')]).toEqual([0xfb, 0xff, 0x00])
})
