import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { ensureTls } from './ensure-tls.ts'
import { certificateNames, ownNames } from './host-names.ts'
import { temporaryFolder } from '../../../test/doubles/temporary-folder.ts'

const names = ['localhost', 'throughline.example', '127.0.0.1', '::1', 'fd00:0:0:0:0:0:0:5']
const day = 24 * 3_600_000
const here = (folder: string, wanted: readonly string[] = names) => ensureTls({ folder, names: wanted, clock: systemClock, log: silentLog })
const altNames = (certPem: string) => new X509Certificate(certPem).subjectAltName

it('[TL1] makes a certificate that the CA vouches for under each name', async () => {
  const files = await here(temporaryFolder())
  const server = createServer({ cert: files.certPem, key: files.keyPem }, (_request, response) => void response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const authorized = (name: string, ca: string | undefined) =>
    new Promise<string>((resolve) => {
      const socket = connect({
        host: '127.0.0.1',
        port,
        ...(ca === undefined ? {} : { ca }),
        ...(/^[\d.:a-f]+$/.test(name) ? { host: '127.0.0.1' } : { servername: name }),
      })
      socket.on('secureConnect', () => {
        resolve('trusted')
        socket.destroy()
      })
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
    })
  expect(await authorized('localhost', files.caPem)).toBe('trusted')
  expect(await authorized('throughline.example', files.caPem)).toBe('trusted')
  expect(await authorized('127.0.0.1', files.caPem)).toBe('trusted')
  expect(await authorized('elsewhere.example', files.caPem)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(await authorized('localhost', undefined)).not.toBe('trusted')
})

it('[TL1] uses ECDSA P-256 throughout, and the CA signs end certificates only', async () => {
  const { caPem, certPem } = await here(temporaryFolder())
  const [ca, leaf] = [new X509Certificate(caPem), new X509Certificate(certPem)]
  expect([ca, leaf].map(({ publicKey }) => publicKey.asymmetricKeyDetails?.namedCurve)).toEqual(['prime256v1', 'prime256v1'])
  expect([ca.ca, leaf.ca]).toEqual([true, false])
  expect(names.map((name) => (name.includes(':') || /^\d/.test(name) ? leaf.checkIP(name) : leaf.checkHost(name)))).not.toContain(undefined)
  expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(398 * day)
})

it('[TL2] lets nobody else read keys', async () => {
  const folder = join(temporaryFolder(), 'tls')
  await here(folder)
  const mode = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)
  expect(['.', 'ca.pem', 'ca-key.pem', 'cert.pem', 'key.pem'].map(mode)).toEqual(['700', '644', '600', '600', '600'])
})

it('[TL3] finds its files again', async () => {
  const folder = temporaryFolder()
  const first = await here(folder)
  expect(await here(folder)).toEqual(first)
  expect(await here(folder, ['localhost', 'FD00::5'])).toEqual(first)
})

it('[TL4] renews what ends soon, by the same CA', async () => {
  const folder = temporaryFolder()
  const clock = createHandClock()
  const first = await ensureTls({ folder, names, clock, log: silentLog })
  clock.advance(360 * day)
  expect((await ensureTls({ folder, names, clock, log: silentLog })).certPem).toBe(first.certPem)
  clock.advance(10 * day)
  const renewed = await ensureTls({ folder, names, clock, log: silentLog })
  expect(renewed.certPem).not.toBe(first.certPem)
  expect(renewed.caPem).toBe(first.caPem)
})

it('[TL4] adds a name and keeps the others', async () => {
  const folder = temporaryFolder()
  const first = await here(folder)
  const grown = await here(folder, ['new.example'])
  expect(grown.caPem).toBe(first.caPem)
  expect(altNames(grown.certPem)).toBe(`${altNames(first.certPem)?.replace('DNS:throughline', 'DNS:new.example, DNS:throughline')}`)
})

it('[TL5] mends a pair that a crash left unmatched, and keeps the CA', async () => {
  const folder = temporaryFolder()
  const first = await here(folder)
  const other = await here(temporaryFolder())
  writeFileSync(join(folder, 'key.pem'), other.keyPem)
  const mended = await here(folder)
  expect(mended.caPem).toBe(first.caPem)
  expect(new X509Certificate(mended.certPem).checkIssued(new X509Certificate(first.caPem))).toBe(true)
  rmSync(join(folder, 'cert.pem'))
  expect((await here(folder)).caPem).toBe(first.caPem)
  rmSync(join(folder, 'ca-key.pem'))
  const fresh = await here(folder)
  expect(fresh.caPem).not.toBe(first.caPem)
  expect(readFileSync(join(folder, 'ca.pem'), 'utf8')).toBe(fresh.caPem)
  expect(await here(folder)).toEqual(fresh)
})

it('[TL6] tells of a folder or file it cannot use', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  const unusable = expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE' })
  await expect(here(join(folder, 'file', 'tls'))).rejects.toEqual(unusable)
  const damaged = join(folder, 'damaged')
  mkdirSync(damaged)
  writeFileSync(join(damaged, 'ca.pem'), 'nonsense')
  writeFileSync(join(damaged, 'ca-key.pem'), 'nonsense')
  await expect(here(damaged)).rejects.toEqual(unusable)
})

it('[TL9] takes only names', () => {
  expect(
    certificateNames(['B.example', 'b.example', 'a.example', '[::1]', 'fe80::1%eth0', '<b>', 'a b', '', '-x', '*.c.example', '10.0.0.1']),
  ).toEqual(['10.0.0.1', '*.c.example', '::1', 'a.example', 'b.example', 'fe80::1'].sort())
  expect(ownNames()).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1']))
  expect(ownNames().join(' ')).not.toContain('%')
})
