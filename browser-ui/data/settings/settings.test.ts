import { expect, it } from 'vitest'
import { roles } from '../../../src/domain/model.ts'
import { fieldsToSend, missingFields, type IntegrationField } from './channel-answers.ts'
import { nodeWords, personWords } from './count-words.ts'
import { sectionsFor } from './sections.ts'
import { leftWords, tokenTitle } from './token-answers.ts'

it('[PS4] the settings offer the parts that the role has something in', () => {
  const of = Object.fromEntries(roles.map((role) => [role, sectionsFor(role).map(({ id }) => id)]))
  const work = ['space', 'people', 'rooms', 'channels', 'messages', 'reachability', 'deleted', 'audit']
  expect(of).toEqual({
    admin: ['space', 'people', 'rooms', 'claim-tokens', 'sign-in', 'channels', 'messages', 'reachability', 'deleted', 'audit'],
    manager: work,
    troubleshooter: work,
    observer: work.filter((id) => id !== 'deleted'),
    member: ['space', 'people', 'rooms'],
    billing: ['space', 'people'],
  })
})

it('[PS30] a token says what is left of it, and what it is called', () => {
  expect([leftWords({ uses: 5, usesLeft: 5 }), leftWords({ uses: 5, usesLeft: 1 }), leftWords({ uses: 5, usesLeft: 0 })]).toEqual([
    'lets in 5 nodes of 5',
    'lets in 1 node of 5',
    'used up',
  ])
  expect([tokenTitle({ name: 'Rack 4', origin: 'hand' }), tokenTitle({ name: '', origin: 'rotation' })]).toEqual([
    'Rack 4',
    'Made by a program',
  ])
  expect([nodeWords(0), nodeWords(1), nodeWords(1200), personWords(2)]).toEqual(['no nodes', '1 node', '1,200 nodes', '2 people'])
})

const fields: readonly IntegrationField[] = [
  { name: 'url', label: 'Address', kind: 'url', isSecret: false, isRequired: true },
  { name: 'token', label: 'Token', kind: 'text', isSecret: true, isRequired: true },
  { name: 'room', label: 'Chat room', kind: 'text', isSecret: false, isRequired: false },
  { name: 'port', label: 'Port', kind: 'number', isSecret: false, isRequired: false },
]

it('[PS31] a secret that is kept stays when its field is left empty, and is replaced when something is typed', () => {
  const kept = { fields: { url: 'https://a.example', room: 'ops', port: 1 } }
  expect(fieldsToSend(fields, { url: 'https://a.example', token: '', room: '', port: '8080' }, kept)).toEqual({
    url: 'https://a.example',
    room: null,
    port: 8080,
  })
  expect(fieldsToSend(fields, { url: 'https://b.example', token: 'new' }, undefined)).toEqual({ url: 'https://b.example', token: 'new' })
  expect(missingFields(fields, { url: ' ' }, [])).toEqual(['Address', 'Token'])
  expect(missingFields(fields, { url: 'https://a.example' }, ['token'])).toEqual([])
})
