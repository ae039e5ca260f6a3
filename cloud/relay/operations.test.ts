import { expect, it } from 'vitest'
import type { LiveQuestion } from '../../src/live/questions.ts'
import { isChange, requireOperation } from './operations.ts'

/** Masks as the roles of a space bring them. */
const masks = { admin: 0x7ff, manager: 0x67f, troubleshooter: 0x01b, observer: 0x00b, member: 0x003 } as const
const roles = Object.keys(masks) as (keyof typeof masks)[]

function allowed(question: LiveQuestion): readonly string[] {
  return roles.filter((role) => {
    try {
      requireOperation(question, { role, permissions: masks[role] })
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: 'FORBIDDEN' })
      return false
    }
  })
}

const viewers = ['admin', 'manager', 'troubleshooter', 'observer']
const call = (name: string): LiveQuestion => ({ kind: 'function', name, args: [], timeoutS: 10 })

it.each([{ kind: 'info' }, { kind: 'contexts' }, { kind: 'alerts' }, { kind: 'functions' }] as const)(
  '[RL112] everybody who sees nodes may ask for $kind',
  (question) => expect(allowed(question)).toEqual(viewers),
)

it('[RL112] harmless functions are for everybody who sees nodes, all others for those who may see what is sensitive', () => {
  expect(allowed(call('mount-points'))).toEqual(viewers)
  for (const name of ['processes', 'systemd-journal', 'network-connections', 'topology:snmp', 'mount-points2', 'toString', 'unheard-of']) {
    expect(allowed(call(name))).toEqual(['admin', 'manager', 'troubleshooter'])
  }
})

const config = { kind: 'config', id: 'a', timeoutS: 10 } as const
const looks: LiveQuestion[] = [
  { kind: 'config', action: 'tree', path: '/', timeoutS: 10 },
  { ...config, action: 'get' },
  { ...config, action: 'schema' },
  { ...config, action: 'userconfig', body: '{}' },
]
const changes: LiveQuestion[] = [
  { ...config, action: 'add', name: 'b', body: '{}' },
  { ...config, action: 'update', body: '{}' },
  { ...config, action: 'test', body: '{}' },
  { ...config, action: 'remove' },
  { ...config, action: 'enable' },
  { ...config, action: 'disable' },
]

it('[RL112] configuration is for admins and managers, to see and to change', () => {
  for (const question of [...looks, ...changes]) expect(allowed(question)).toEqual(['admin', 'manager'])
})

it('[RL112] changing needs the commercial bit as well as the right to edit, and seeing is not changing', () => {
  const mayDo = (question: LiveQuestion, permissions: number) => {
    try {
      requireOperation(question, { role: 'admin', permissions })
      return true
    } catch {
      return false
    }
  }
  for (const question of changes) expect([0x07b, 0x03f, 0x04f].map((mask) => mayDo(question, mask))).toEqual([false, false, true])
  for (const question of looks) expect([0x02b, 0x04f].map((mask) => mayDo(question, mask))).toEqual([true, false])
})

it('[RL108] knows what changes something', () => {
  expect([looks.some(isChange), changes.every(isChange), isChange(call('processes'))]).toEqual([false, true, false])
})
