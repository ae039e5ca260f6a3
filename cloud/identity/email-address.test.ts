import { expect, it } from 'vitest'
import { emailHash, parseEmailAddress } from './email-address.ts'

it.each([
  ['Ada@Example.COM', 'ada@example.com'],
  ['owner@localhost', 'owner@localhost'],
  ["o'brien+tag@mail.example.co", "o'brien+tag@mail.example.co"],
  ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
])('[ID1] reads %s as %s', (text, address) => {
  expect(parseEmailAddress(text)).toBe(address)
})

it.each([
  '',
  '@example.com',
  'ada',
  'ada@',
  'ada@example',
  'ada@example.123',
  'a b@example.com',
  'ada@example.com,eve@example.com',
  'Ada <ada@example.com>',
  '"ada"@example.com',
  'ada(comment)@example.com',
  'ada@[127.0.0.1]',
  '.ada@example.com',
  'ada..l@example.com',
  'ada@-example.com',
  'ada@example.com.',
  'ada@example.com\r\nBcc: eve@example.com',
  'ada@example.com\n',
  '\u212Aelvin@example.com',
  'ad\u0131@example.com',
  'ada@ex\u00E4mple.com',
  `${'a'.repeat(65)}@example.com`,
  `a@${'b.'.repeat(130)}com`,
])('[ID1] refuses %j', (text) => {
  expect(() => parseEmailAddress(text)).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }))
})

it('[ID3] names an address by its SHA-256', () => {
  expect(emailHash('ada@example.com')).toMatch(/^[0-9a-f]{64}$/)
})
