import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import Database from 'libsql'
import { expect, it } from 'vitest'
import { createCertificates } from '../../cloud/identity/certificates.ts'
import { ensureKeyRing } from '../../cloud/identity/signing-keys.ts'
import { certificateFile, type CertificateClaims } from '../../cloud/privacy/certificate/claims.ts'
import { ensureLedgerKey, ledgerKeyFile } from '../../cloud/privacy/ledger.ts'
import { createSubjectHashes } from '../../cloud/privacy/ledger/subject-hashes.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { mappedItem } from '../../test/doubles/stores/mapped-item.ts'
import { silentLog } from '../support/log.ts'
import { verifyErasure } from './verify-erasure.ts'
import { temporaryFolder } from '../../test/doubles/temporary-folder.ts'

/** An installation whose data hold other people, and a certificate of somebody who was erased there. */
async function bench() {
  const clock = createHandClock()
  const folder = temporaryFolder()
  const [data, keysFolder] = [join(folder, 'data'), join(folder, 'keys')]
  mkdirSync(data)
  const [gone, goneSignIn, other] = [randomUUID() as string, randomUUID() as string, randomUUID() as string]
  const store = createSqliteStore({ path: join(data, 'metadata.db'), clock, log: silentLog })
  const put = (partition: string, sort: string, kind: 'person' | 'audit-entry', fields: object) =>
    store.write(mappedItem(partition, sort, kind, fields), 'absent')
  await put(`person#${other}`, 'person', 'person', { email: 'bob@example.com' })
  await put('audit/installation', gone, 'audit-entry', {})
  await put(`person#${gone}`, 'person', 'person', { email: 'ada@example.com' })
  await store.remove({ partition: `person#${gone}`, sort: 'person' }, 1)
  await store.close()
  const certificates = createCertificates(await ensureKeyRing(keysFolder, clock.nowMs()))
  const hashes = createSubjectHashes(ensureLedgerKey(keysFolder))
  const atMs = clock.nowMs()
  const claims: CertificateClaims = {
    version: 1,
    iss: 'https://localhost:8443',
    jti: 'x',
    sub: hashes.hashOf({ kind: 'person', id: gone }),
    iat: 1,
    kind: 'person',
    requestedAtMs: atMs,
    notedAtMs: atMs,
    doneAtMs: atMs,
    stores: [{ name: 'table', state: 'clean', rowsErased: 4, rowsUnnamed: 1, rowsLeft: 0, atMs }],
    keyDestroyedAtMs: atMs,
    tails: [{ what: 'Audit entries', why: 'They prove who did what.', untilMs: atMs + 1 }],
    idHashes: [hashes.hashOfId(goneSignIn)],
    keyId: hashes.keyId,
  }
  const file = join(folder, 'certificate.json')
  writeFileSync(file, certificateFile(await certificates.sign(claims)))
  const verify = (wish: Partial<Parameters<typeof verifyErasure>[0]> = {}) =>
    verifyErasure({ certificateFile: file, keysFolder, copies: [data], ...wish })
  const insert = (partition: string, sort: string, fields: object) => {
    const database = new Database(join(data, 'metadata.db'))
    database
      .prepare(
        `INSERT INTO items (partition, sort, kind, revision, data, blob, expires_at_ms, is_deleted, pending_since_ms, checksum)
         VALUES (?, ?, 'room', 1, ?, NULL, NULL, 0, NULL, 0)`,
      )
      .run(Buffer.from(partition), Buffer.from(sort), JSON.stringify(fields))
    database.close()
  }
  return { folder, data, keysFolder, file, gone, goneSignIn, other, certificates, clock, verify, insert }
}

it('[ER15] says of a clean copy that it is clean, in words, with what stays until when', async () => {
  const { verify, data, certificates, folder, keysFolder } = await bench()
  const { lines, problems } = await verify()
  expect(problems).toEqual([])
  expect(lines[0]).toContain('https://localhost:8443')
  expect(lines.join('\n')).toContain('Stays: Audit entries, until ')
  expect(lines.at(-1)).toBe(`${data}: clean, 3 rows looked through.`)
  // On another machine: the public document, and the one key.
  const publicKeyFile = join(folder, 'keys.json')
  writeFileSync(publicKeyFile, JSON.stringify({ keys: certificates.publicKeys() }))
  copyFileSync(ledgerKeyFile(keysFolder), join(folder, 'e.key'))
  const away = { keysFolder: join(folder, 'nowhere'), publicKeyFile, ledgerKeyFile: join(folder, 'e.key') }
  expect((await verify(away)).problems).toEqual([])
  await expect(verify({ keysFolder: join(folder, 'nowhere') })).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
})

it('[ER16] one row that came back is found: under the id, naming the id, or under an id that was theirs alone', async () => {
  for (const at of ['key', 'field', 'own id'] as const) {
    const { insert, verify, gone, goneSignIn, data } = await bench()
    if (at === 'key') insert(`person#${gone}`, 'person2', {})
    else if (at === 'field') insert('space/x', 'room/x', { memberOf: [{ of: gone }] })
    else insert('space/x', `room/${goneSignIn}`, {})
    const { problems } = await verify()
    expect(problems, at).toEqual([`${data}: found 1 row of who was erased, among 4 rows.`])
  }
})

it('[ER16] a row of somebody else that is not as it was written makes the copy damaged, and so does half a file', async () => {
  const { insert, verify, data } = await bench()
  insert('space/x', 'room/x', { name: 'Room' })
  expect((await verify()).problems).toEqual([`${data}: damaged, 1 row of 4 cannot be read.`])
  truncateSync(join(data, 'metadata.db'), 5_000)
  expect((await verify()).problems).toEqual([expect.stringContaining('damaged')])
  expect((await verify({ copies: ['/nonexistent-copy'] })).problems).toEqual(['/nonexistent-copy: damaged, there is no such file.'])
})

it('[ER16] one flipped byte of the certificate, or the key of another installation, is refused', async () => {
  const { verify, file, folder } = await bench()
  const whole = readFileSync(file)
  for (const at of [0, 20, Math.floor(whole.length / 2), whole.length - 1]) {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(file, bytes)
    await expect(verify(), `byte ${at}`).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
  }
  writeFileSync(file, whole)
  expect((await verify()).problems).toEqual([])
  const other = await bench()
  await expect(verify({ keysFolder: other.keysFolder })).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
  await expect(verify({ ledgerKeyFile: ledgerKeyFile(other.keysFolder) })).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
  await expect(verify({ certificateFile: join(folder, 'none.json') })).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
})
