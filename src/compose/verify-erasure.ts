import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { openCertificate, readPublicKeys } from '../../cloud/identity/certificates.ts'
import { certificateClaims, certificateIn, type CertificateClaims } from '../../cloud/privacy/certificate/claims.ts'
import { createLookFor, type LookFor } from '../../cloud/privacy/certificate/look-for.ts'
import { ledgerKeyFile, readLedgerKey } from '../../cloud/privacy/ledger.ts'
import { createSubjectHashes } from '../../cloud/privacy/ledger/subject-hashes.ts'
import { readCopy } from '../../cloud/store/sqlite/read-copy.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'

/** What a certificate is checked with and against; every path may be a copy on another machine. */
export interface VerifyErasureWish {
  readonly certificateFile: string
  /** The folder of keys of the installation. */
  readonly keysFolder: string
  /** In place of what lies in the folder of keys. */
  readonly publicKeyFile?: string | undefined
  readonly ledgerKeyFile?: string | undefined
  /** Folders with a metadata file in them, and files of the mirror. */
  readonly copies: readonly string[]
}

/** What came of it, in words; `problems` is empty when the certificate holds. */
export interface VerifiedErasure {
  readonly lines: readonly string[]
  readonly problems: readonly string[]
}

const metadataFile = 'metadata.db'
const refused = (sentence: string, cause?: unknown) =>
  new ThroughlineError('CERTIFICATE_REFUSED', sentence, cause === undefined ? undefined : { cause })
const moment = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
const rowsOf = (count: number) => `${count} ${count === 1 ? 'row' : 'rows'}`

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw refused(`${path} cannot be read.`, cause)
  }
}

/** The public halves of the signing keys in a folder; nothing is signed here. */
export async function keysOf(folder: string): Promise<ReadonlyMap<string, KeyObject>> {
  const found = new Map<string, KeyObject>()
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^signing-\d+\.pem$/.test(name)) : []
  if (names.length === 0)
    throw refused(`There are no signing keys in ${folder}; name the folder of keys with --keys, or a public key with --public-key.`)
  for (const name of names) {
    const pem = createPublicKey(createPrivateKey(readText(join(folder, name))))
      .export({ type: 'spki', format: 'pem' })
      .toString()
    for (const [kid, key] of await readPublicKeys(pem)) found.set(kid, key)
  }
  return found
}

/** Looks through one copy; answers one sentence and whether it is clean. */
async function lookThrough(path: string, look: LookFor): Promise<{ readonly line: string; readonly isClean: boolean }> {
  const isFolder = existsSync(join(path, metadataFile))
  try {
    if (isFolder) return lookThroughData(path, look)
    return await lookThroughMirror(path, look)
  } catch (cause) {
    const why = cause instanceof Error && cause.message.includes('no such file') ? 'there is no such file' : 'it cannot be read to its end'
    return { line: `${path}: damaged, ${why}.`, isClean: false }
  }
}

function lookThroughData(path: string, look: LookFor) {
  let [rows, found, damaged] = [0, 0, 0]
  for (const row of readCopy(join(path, metadataFile))) {
    rows += 1
    if (row.item === undefined) damaged += 1
    if (row.item === undefined ? look.text(row.text) : look.item(row.item)) found += 1
  }
  if (found > 0) return { line: `${path}: found ${rowsOf(found)} of who was erased, among ${rowsOf(rows)}.`, isClean: false }
  if (damaged > 0) return { line: `${path}: damaged, ${rowsOf(damaged)} of ${rows} cannot be read.`, isClean: false }
  return { line: `${path}: clean, ${rowsOf(rows)} looked through.`, isClean: true }
}

async function lookThroughMirror(path: string, look: LookFor) {
  if (!existsSync(path)) throw new Error('there is no such file')
  // Loaded only here: the engine of the mirror is heavy.
  const { textsOfFile } = await import('../../cloud/mirror/duckdb/texts-of-file.ts')
  let found = 0
  const { tables, rows } = await textsOfFile(path, (each) => {
    if (look.cell(each.text)) found += each.rows
  })
  if (found > 0) return { line: `${path}: found ${rowsOf(found)} of who was erased, in the mirror.`, isClean: false }
  return { line: `${path}: clean, ${rowsOf(rows)} in ${tables} tables of the mirror looked through.`, isClean: true }
}

function wordsOf(claims: CertificateClaims): string[] {
  const { kind, iss, requestedAtMs, doneAtMs, stores, keyDestroyedAtMs, tails } = claims
  const what = kind === 'person' ? 'A person' : 'A space'
  const table = stores.find(({ name }) => name === 'table')
  const mirror = stores.find(({ name }) => name === 'mirror')
  return [
    `The certificate is genuine: this installation (${iss}) signed it.`,
    `${what} was erased: asked for ${moment(requestedAtMs)}, done ${moment(doneAtMs)}.`,
    `${rowsOf(table?.rowsErased ?? 0)} went, ${rowsOf(table?.rowsUnnamed ?? 0)} of others lost the name, none was left.`,
    mirror?.state === 'clean' ? 'The mirror had no row left.' : 'There was no mirror.',
    keyDestroyedAtMs === null ? 'There was no key to destroy.' : `The key was destroyed ${moment(keyDestroyedAtMs)}.`,
    ...tails.map(({ what: left, untilMs }) => `Stays: ${left}, ${untilMs === null ? 'for good' : `until ${moment(untilMs)}`}.`),
  ]
}

/**
 * Checks a certificate of an erasure without a running cloud and without knowing whom it is about: its signature, and that no copy holds
 * a row of theirs. Throws CERTIFICATE_REFUSED when the certificate itself is not genuine, or a key is missing.
 */
export async function verifyErasure(wish: VerifyErasureWish): Promise<VerifiedErasure> {
  const jws = certificateIn(readText(wish.certificateFile))
  if (jws === undefined) throw refused('This is not a certificate of Throughline as it was handed out; a byte of it was changed.')
  const keys = wish.publicKeyFile === undefined ? await keysOf(wish.keysFolder) : await readPublicKeys(readText(wish.publicKeyFile))
  const parsed = certificateClaims.safeParse(await openCertificate(jws, keys))
  if (!parsed.success) throw refused('The certificate says something that this version of Throughline does not know.')
  const claims = parsed.data
  const keyFile = wish.ledgerKeyFile ?? ledgerKeyFile(wish.keysFolder)
  const key = readLedgerKey(keyFile)
  if (key === undefined) throw refused(`There is no key of erasures at ${keyFile}; without it nobody can be looked for.`)
  const hashes = createSubjectHashes(key)
  if (hashes.keyId !== claims.keyId) throw refused('The key of erasures is not the one this certificate was made with.')
  const look = createLookFor(claims, hashes)
  const lines = wordsOf(claims)
  const problems: string[] = []
  for (const copy of wish.copies) {
    const { line, isClean } = await lookThrough(copy, look)
    lines.push(line)
    if (!isClean) problems.push(line)
  }
  return { lines, problems }
}

/** What is looked through when nothing else is named: the data and the mirror of this installation. */
export function copiesIn(dataFolder: string): readonly string[] {
  const mirror = join(dataFolder, 'mirror.duckdb')
  return [...(existsSync(join(dataFolder, metadataFile)) ? [dataFolder] : []), ...(existsSync(mirror) ? [mirror] : [])]
}
