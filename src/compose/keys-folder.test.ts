import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { ensureKeysFolder } from './keys-folder.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

function setUp() {
  const data = join(temporaryFolder(), 'data')
  const [older, folder] = [join(data, 'keys'), `${data}-keys`]
  mkdirSync(data)
  const put = (at: string, files: Readonly<Record<string, string>>) => {
    mkdirSync(at, { recursive: true })
    for (const [name, content] of Object.entries(files)) writeFileSync(join(at, name), content)
  }
  const contentOf = (at: string) => Object.fromEntries(readdirSync(at).map((name) => [name, readFileSync(join(at, name), 'utf8')]))
  return { data, older, folder, put, contentOf, ensure: () => ensureKeysFolder(readConfig({ THROUGHLINE_DATA: data })) }
}
const keys = { 'seal-1.key': 'one', 'signing-1.pem': 'two', 'apart.db': 'three' }

it('[SL11] (D1) keys lie beside the data folder, in a folder of mode 0700, and never inside it', () => {
  const { folder, data, ensure } = setUp()
  ensure()
  ensure()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(() => readConfig({ THROUGHLINE_DATA: data, THROUGHLINE_KEYS: join(data, 'k') })).toThrow('THROUGHLINE_KEYS')
})

it('[SL11] keys of an older version move out of the data folder, also into a folder that is there and empty', () => {
  for (const isThere of [false, true]) {
    const { older, folder, put, contentOf, ensure } = setUp()
    put(older, keys)
    if (isThere) mkdirSync(folder)
    ensure()
    expect(contentOf(folder)).toEqual(keys)
    expect(existsSync(older)).toBe(false)
  }
})

it('[SL11] a move that was cut off is completed, wherever that was', () => {
  const names = Object.entries(keys)
  for (let copied = 1; copied <= names.length; copied++) {
    const { older, folder, put, contentOf, ensure } = setUp()
    put(older, keys)
    put(folder, { ...Object.fromEntries(names.slice(0, copied)), 'seal-1.key.moving': 'half' })
    ensure()
    expect(contentOf(folder)).toMatchObject(keys)
    expect(existsSync(older)).toBe(false)
  }
  for (let left = 0; left < names.length; left++) {
    const { older, folder, put, contentOf, ensure } = setUp()
    put(older, Object.fromEntries(names.slice(0, left)))
    put(folder, keys)
    ensure()
    expect(contentOf(folder)).toEqual(keys)
    expect(existsSync(older)).toBe(false)
  }
})

it('[SL11] two different sets of keys are refused in words, and both stay as they are', () => {
  for (const there of [{ 'seal-1.key': 'another' }, { 'signing-9.pem': 'more' }]) {
    const { older, folder, put, contentOf, ensure } = setUp()
    put(older, keys)
    put(folder, there)
    expect(ensure).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE', message: expect.stringContaining('THROUGHLINE_KEYS') }))
    expect(contentOf(older)).toEqual(keys)
    expect(contentOf(folder)).toEqual(there)
  }
})
