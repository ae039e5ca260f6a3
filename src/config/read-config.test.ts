import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeConfig, readConfig } from './read-config.ts'
import { withSettingsTable } from './readme-table.ts'

it('[CF1] an empty environment gives the documented defaults', () => {
  const config = readConfig({})
  expect(config).toMatchObject({
    port: 8443,
    store: 'sqlite',
    hostAgent: 'on',
    hostFunctions: 'on',
    publicUrl: 'https://localhost:8443',
    publicHost: 'localhost',
    publicPort: 8443,
  })
})

it('[CF1] an empty variable counts as unset', () => {
  expect(readConfig({ THROUGHLINE_PORT: '', THROUGHLINE_TLS_CERT: '' })).toMatchObject({ port: 8443, tlsCert: undefined })
})

it('[CF2] all problems are told at once, each with its name', () => {
  const env = { THROUGHLINE_PORT: '70000', THROUGHLINE_STORE: 'mysql', THROUGHLINE_PROT: '1', THROUGHLINE_TLS_CERT: 'a.pem' }
  let text = ''
  try {
    readConfig(env)
  } catch (error) {
    text = (error as Error).message
  }
  expect(text.split('\n').map((line) => line.split(':')[0])).toEqual([
    'THROUGHLINE_PORT',
    'THROUGHLINE_STORE',
    'THROUGHLINE_PROT',
    'THROUGHLINE_TLS_CERT',
  ])
})

it('[CF3] the public URL names host and port, and a default port is not written', () => {
  expect(readConfig({ THROUGHLINE_PUBLIC_URL: 'https://cloud.example' })).toMatchObject({
    publicUrl: 'https://cloud.example',
    publicPort: 443,
  })
  expect(readConfig({ THROUGHLINE_PORT: '9000' })).toMatchObject({ publicUrl: 'https://localhost:9000', publicPort: 9000 })
})

it.each(['http://cloud.example', 'https://cloud.example/netdata', 'https://[::1]:8443', 'cloud'])(
  '[CF3] refuses %s as public URL',
  (url) => {
    expect(() => readConfig({ THROUGHLINE_PUBLIC_URL: url })).toThrow(/^THROUGHLINE_PUBLIC_URL: /)
  },
)

it('[CF4] secrets are never printed, neither in the description nor in a problem', () => {
  const good = { THROUGHLINE_SMTP_URL: 'smtps://user:hunter2@mail.example:465' }
  expect(describeConfig(good).join('\n')).not.toContain('hunter2')
  expect(() => readConfig({ THROUGHLINE_SMTP_URL: 'ftp://user:hunter2@mail.example' })).toThrow(/^(?!.*hunter2)THROUGHLINE_SMTP_URL/)
})

it('[CF5] the README table of settings is the one the rows give', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  expect(withSettingsTable(readme)).toBe(readme)
})

it('[CF6] reads a secret from a file, and takes a provider only whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-'))
  const file = join(folder, 'secret')
  writeFileSync(file, 'words-nobody-may-read\n')
  const env = { THROUGHLINE_GOOGLE_CLIENT_ID: 'id', THROUGHLINE_GOOGLE_CLIENT_SECRET_FILE: file }
  expect(readConfig(env)).toMatchObject({
    googleClientId: 'id',
    googleClientSecret: 'words-nobody-may-read',
    googleIssuer: 'https://accounts.google.com',
  })
  expect(describeConfig(env).join()).not.toContain('nobody-may-read')
  expect(() => readConfig({ ...env, THROUGHLINE_GOOGLE_CLIENT_SECRET: 'x' })).toThrow('not both')
  expect(() => readConfig({ THROUGHLINE_GOOGLE_CLIENT_ID: 'id' })).toThrow('THROUGHLINE_GOOGLE_CLIENT_SECRET: set it together')
  expect(() => readConfig({ THROUGHLINE_OIDC_ISSUER: 'http://example.com' })).toThrow('must begin with https://')
  expect(() => readConfig({ THROUGHLINE_GITHUB_CLIENT_SECRET_FILE: '/nowhere', THROUGHLINE_GITHUB_CLIENT_ID: 'id' })).toThrow(
    'cannot be read',
  )
  expect(() => readConfig({ THROUGHLINE_PORT_FILE: file })).toThrow('no such setting')
  rmSync(folder, { recursive: true })
})

it('[CF6] a mirror in BigQuery needs its project', () => {
  expect(() => readConfig({ THROUGHLINE_MIRROR: 'bigquery' })).toThrow('THROUGHLINE_BIGQUERY_PROJECT: set it together with')
  expect(readConfig({ THROUGHLINE_MIRROR: 'bigquery', THROUGHLINE_BIGQUERY_PROJECT: 'my-project-1' })).toMatchObject({
    bigQueryProject: 'my-project-1',
    bigQueryDataset: 'throughline',
    bigQueryLocation: 'EU',
  })
})
