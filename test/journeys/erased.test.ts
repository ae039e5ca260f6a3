import Database from 'libsql'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { certificateFile } from '../../cloud/privacy/certificate/claims.ts'
import { mayNameErased } from '../../cloud/privacy/ledger/named-ids.ts'
import type { ItemKind } from '../../cloud/store/kinds.ts'
import { browserOf } from '../doubles/people/browser-of.ts'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { boardWith } from '../doubles/benches/board-documents.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import type { Answer } from '../doubles/people/read-answer.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const email = 'planted.ada@example.com'
const planted = ['planted.ada', 'Planted Lovelace', 'Planted quiet', 'Planted token', 'Planted later']

/** Every file under these folders. */
function filesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile()),
  )
}

/** Which files hold one of the words, as UTF-8 or UTF-16. */
const holding = (files: readonly string[], words: readonly string[]) =>
  files.filter((path) => {
    const bytes = readFileSync(path)
    return words.some((word) => bytes.includes(word) || bytes.includes(Buffer.from(word, 'utf16le')))
  })

/** The kinds of items in a data folder that hold a word in their key or their data. */
function kindsHolding(dataFolder: string, word: string): ItemKind[] {
  const database = new Database(join(dataFolder, 'metadata.db'), { readonly: true })
  const rows = database.prepare('select kind, partition, sort, data from items where is_deleted = 0').all() as {
    kind: ItemKind
    partition: Uint8Array
    sort: Uint8Array
    data: string | Uint8Array | null
  }[]
  database.close()
  const text = (bytes: string | Uint8Array | null) => (bytes === null ? '' : Buffer.from(bytes as Uint8Array).toString('utf8'))
  return [
    ...new Set(rows.filter((row) => [row.partition, row.sort, row.data].some((each) => text(each).includes(word))).map(({ kind }) => kind)),
  ]
}

it(
  '[ER21] [ER13] [ER15] [ER16] [BK9] (D4) killed in the middle of it twice, an erasure comes to its certificate, which holds for the data, the mirror and copies restored from a backup that was taken before; nothing of the person is in any file',
  { timeout: 300_000 },
  async () => {
    const root = temporaryFolder()
    const data = join(root, 'data')
    let cloud = await startInstallation({ THROUGHLINE_DATA: data })
    const { env } = cloud
    const run = (...args: string[]) => runThroughline(args, env)
    const start = async (settings: Readonly<Record<string, string>> = {}) => void (cloud = await startInstallation({ ...env, ...settings }))
    const owner = await cloudCaller(() => cloud)
    const ada = browserOf(() => cloud)

    // Somebody with an address, a name, a room with a board, a silence and a token.
    await owner('POST', '/members', { email, role: 'admin' })
    const link = (await run('sign-in-link', '--email', email)).out.trim()
    expect((await ada('POST', '/sign-in', { token: link.slice(link.indexOf('#') + 1) })).status).toBe(204)
    const me = (await ada('GET', '/me')).json as { personId: string; invitations: { spaceId: string; invitationId: string }[] }
    const [invitation] = me.invitations
    const accept = `/invitations/${invitation?.spaceId}/${invitation?.invitationId}/accept`
    const made: [string, string, unknown][] = [
      ['POST', accept, {}],
      ['PATCH', '/me', { name: 'Planted Lovelace' }],
      ['POST', '/rooms', { name: 'Kept room' }],
      ['POST', '/silences', { name: 'Planted quiet', startsAtMs: 0, scope: 'own' }],
      ['POST', '/api-tokens', { name: 'Planted token', scope: 'scope:all' }],
    ]
    const answers: Answer[] = []
    for (const [method, path, body] of made) answers.push(await ada(method, path, body))
    expect(answers.filter(({ status }) => status >= 300).map(({ json }) => json)).toEqual([])
    const { roomId } = (answers[2]?.json ?? {}) as { roomId: string }
    expect((await ada('POST', `/rooms/${roomId}/boards`, { document: boardWith([], 'Kept board') })).status).toBe(201)

    const taken = await run('backup')
    expect([taken.status, taken.err]).toEqual([0, ''])
    const backups = `${data}-backups`
    const name = readdirSync(backups).find((file) => file.endsWith('.backup')) ?? ''
    // Written after the backup: only the copies of changes have it.
    expect((await ada('PATCH', '/me', { name: 'Planted later' })).status).toBeLessThan(300)
    const beforeErasure = new Date().toISOString()
    // What is searched for below is there before.
    expect(kindsHolding(data, me.personId)).toContain('person')

    const deleted = await ada('DELETE', '/me', { email })
    expect(deleted.status).toBe(202)
    const { statusHref } = deleted.json as { statusHref: string }
    await cloud.end('SIGKILL')
    await start()
    const look = async () => (await ada('GET', `/erasures/${statusHref.split('/').at(-1)}`)).json as Shown
    await waitUntil(async () => (await look()).steps.some((step) => step.name === 'key' && step.doneAtMs !== null) || undefined)
    expect((await look()).certificate).toBe(null)
    await cloud.end('SIGKILL')
    await start()
    const { certificate, steps } = await waitUntil(async () => {
      const shown = await look()
      return shown.state === 'done' ? shown : undefined
    })
    expect(steps.filter(({ doneAtMs }) => doneAtMs === null)).toEqual([])
    expect((await ada('GET', '/me')).status).toBe(401)
    expect(JSON.stringify(await owner('GET', `/rooms/${roomId}/boards`))).toContain('Kept board')
    await cloud.end('SIGTERM')

    const path = join(root, 'certificate.json')
    writeFileSync(path, certificateFile(certificate ?? ''))
    const verify = (...more: readonly string[]) => run('verify-erasure', path, ...more)
    const good = await verify()
    expect([good.status, good.err]).toEqual([0, ''])
    expect(good.out).toContain(`${data}: clean`)
    expect(good.out).toContain(`${join(data, 'mirror.duckdb')}: clean`)

    // The backup as it was taken, and up to a moment at which nobody had asked for anything: both hold the person until they are cleared.
    const copies = [join(root, 'old'), join(root, 'until')]
    const wishes = [
      [name, '--into', join(root, 'old')],
      ['latest', '--until', beforeErasure, '--into', join(root, 'until')],
    ]
    for (const wish of wishes) {
      const restored = await run('restore', ...wish)
      expect([restored.status, restored.err.includes('Error')]).toEqual([0, false])
      expect(restored.out).toMatch(/[1-9]\d* who were erased since are not in it/)
    }
    for (const copy of copies) {
      const held = await verify('--backup', copy)
      expect([held.status, held.err]).toEqual([0, ''])
      expect(held.out).toContain(`${copy}: clean`)
      expect(kindsHolding(copy, me.personId).filter((kind) => !mayNameErased(kind))).toEqual([])
    }
    // A restored copy that serves makes its mirror anew, and brings nobody back there.
    await start({ THROUGHLINE_DATA: join(root, 'until'), THROUGHLINE_KEYS: `${data}-keys`, THROUGHLINE_BACKUPS: join(root, 'more') })
    const restoredEnv = cloud.env
    await waitUntil(async () => {
      const { waiting, lastLoadedAtMs } = JSON.parse((await runThroughline(['mirror', '--json'], restoredEnv)).out) as Mirrored
      return (waiting === 0 && lastLoadedAtMs !== null) || undefined
    })
    expect(JSON.stringify(await owner('GET', `/rooms/${roomId}/boards`))).toContain('Kept board')
    expect((await runThroughline(['sign-in-link', '--email', email], restoredEnv)).err).toContain('Nobody here has the address')
    await cloud.end('SIGTERM')
    const served = await verify(join(root, 'until'), join(root, 'until', 'mirror.duckdb'))
    expect([served.status, served.err]).toEqual([0, ''])

    // In no file is an address or a name; the id is only where ids prove: in the audit, and for 7 days in the log of changes.
    const files = filesIn(data, ...copies)
    expect(files.length).toBeGreaterThan(10)
    expect(holding(files, planted)).toEqual([])
    const mayHaveId = (file: string) => /[\\/](?:metadata\.db(?:-wal)?|outbox[\\/][^\\/]+)$/.test(file)
    expect(holding(files, [me.personId]).filter((file) => !mayHaveId(file))).toEqual([])
    for (const folder of [data, ...copies]) expect(kindsHolding(folder, me.personId).filter((kind) => !mayNameErased(kind))).toEqual([])
    expect(kindsHolding(data, me.personId)).toContain('audit-entry')
    // The old backup and the changes beside it are ciphertext.
    expect(holding(filesIn(backups), [...planted, me.personId, invitation?.spaceId ?? '', 'Kept'])).toEqual([])

    const whole = readFileSync(path)
    for (const at of [40, whole.length >> 1, whole.length - 8]) {
      writeFileSync(
        path,
        whole.map((byte, place) => (place === at ? byte ^ 1 : byte)),
      )
      expect((await verify()).status).toBe(1)
    }
    writeFileSync(path, whole)
    const database = new Database(join(root, 'old', 'metadata.db'))
    database
      .prepare(
        `INSERT INTO items (partition, sort, kind, revision, data, blob, expires_at_ms, is_deleted, pending_since_ms, checksum)
         VALUES (?, ?, 'person', 1, ?, NULL, NULL, 0, NULL, 0)`,
      )
      .run(Buffer.from(`person#${me.personId}`), Buffer.from('again'), JSON.stringify({ email }))
    database.close()
    const bad = await verify('--backup', join(root, 'old'))
    expect(bad.status).toBe(1)
    expect(bad.out).toContain('found 1 row of who was erased')
  },
)

interface Shown {
  readonly state: string
  readonly steps: { readonly name: string; readonly doneAtMs: number | null }[]
  readonly certificate: string | null
}

interface Mirrored {
  readonly waiting: number
  readonly lastLoadedAtMs: number | null
}
