import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, linkSync, writeFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { calculateJwkThumbprint } from 'jose'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** A key pair for ES256 and the id under which tokens name it (RFC 7638 thumbprint). */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** The fixed map of keys a process trusts: the newest signs, all verify, so that a rotation overlaps. */
export interface KeyRing {
  readonly current: SigningKey
  /** Oldest first. */
  readonly all: readonly SigningKey[]
  find(kid: string): SigningKey | undefined
}

const keyFile = /^signing-\d{15}\.pem$/
const unusable = (folder: string, cause: unknown) =>
  new ThroughlineError(
    'DATA_FOLDER_UNUSABLE',
    `The signing keys in ${folder} cannot be read or written; give the user that runs Throughline access to that folder.`,
    { cause },
  )

/** Puts one more key beside those in the folder, mode 0600; processes that load the ring from then on sign with it. */
export function addSigningKey(folder: string, nowMs: number): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const path = join(folder, `signing-${String(nowMs).padStart(15, '0')}.pem`)
  const draft = `${path}.${process.pid}.draft`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Written aside and linked into place: a crash never leaves half a key under a name that counts.
    writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx', flush: true })
    linkSync(draft, path)
    unlinkSync(draft)
  } catch (cause) {
    throw unusable(folder, cause)
  }
}

async function readKey(path: string): Promise<SigningKey> {
  const privateKey = createPrivateKey(readFileSync(path, 'utf8'))
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError(`${path} is not a P-256 key`)
  const publicKey = createPublicKey(privateKey)
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return { kid: await calculateJwkThumbprint({ kty, crv, x, y }), privateKey, publicKey }
}

/** Reads all keys of the folder. Throws DATA_FOLDER_UNUSABLE when there is none or one cannot be read. */
export async function loadKeyRing(folder: string): Promise<KeyRing> {
  let keys: SigningKey[]
  try {
    const names = readdirSync(folder).filter((name) => keyFile.test(name))
    keys = await Promise.all(names.sort().map((name) => readKey(join(folder, name))))
  } catch (cause) {
    throw unusable(folder, cause)
  }
  const current = keys.at(-1)
  if (current === undefined)
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `There is no signing key in ${folder}; start Throughline once with this data folder.`,
    )
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  return { current, all: keys, find: (kid) => byKid.get(kid) }
}

/** The ring of the folder, with a first key made when it is empty. */
export async function ensureKeyRing(folder: string, nowMs: number): Promise<KeyRing> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!readdirSync(folder).some((name) => keyFile.test(name))) addSigningKey(folder, nowMs)
  } catch (cause) {
    throw cause instanceof ThroughlineError ? cause : unusable(folder, cause)
  }
  return loadKeyRing(folder)
}
