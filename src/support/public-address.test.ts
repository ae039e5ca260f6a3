import { expect, it } from 'vitest'
import { createAddressCheck } from './public-address.ts'

const inside = [
  '10.1.2.3',
  '127.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.168.1.1',
  '172.31.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
]
const inside6 = ['::1', '::', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1', 'fd00::1', 'fe80::1', 'ff02::1', '2001:db8::1']

it('[SI63] (N1) takes public addresses, and private ones only where the operator allows it', () => {
  const check = createAddressCheck([])
  expect([...inside, ...inside6].filter((address) => check(address))).toEqual([])
  expect(['8.8.8.8', '1.1.1.1', '2606:4700::1111'].filter((address) => check(address))).toHaveLength(3)
  expect(['', 'example.com', '8.8.8.8.8', '127.1'].filter((address) => check(address))).toEqual([])
  const allowing = createAddressCheck(['10.0.0.0/8', 'fd00::/8'])
  expect([...inside, ...inside6].filter((address) => allowing(address))).toEqual(['10.1.2.3', 'fd00::1'])
})
