import { X509Certificate, createPrivateKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { CertificatePair } from './certificate-authority.ts'
import { ensureTls } from './ensure-tls.ts'

/** Where the edge gets its certificate from, at start and whenever it changes. */
export interface TlsProvider {
  /** The CA people must trust; undefined when the certificate is their own. */
  readonly caPem: string | undefined
  /** SHA-256 of that CA as `AB:CD:…`. */
  readonly caFingerprint: string | undefined
  /** The pair to serve now. Throws CONFIG_INVALID or DATA_FOLDER_UNUSABLE. */
  load(): Promise<CertificatePair>
  /** Calls when another pair should be loaded; the answer stops it. */
  onChange(listener: () => void): () => void
}

export interface TlsProviderDeps {
  readonly folder: string
  readonly names: readonly string[]
  /** Own certificate chain and key, PEM files; they take the place of the private CA. */
  readonly own?: { readonly certFile: string; readonly keyFile: string } | undefined
  readonly clock: Clock
  readonly log: Log
}

const lookAtOwnFilesMs = 10_000
const lookAtOurFilesMs = 12 * 3_600_000

/** Throws TypeError with the reason when a pair cannot be served. */
export function checkPair({ certPem, keyPem }: CertificatePair, nowMs: number): void {
  const certificate = new X509Certificate(certPem)
  if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) throw new TypeError('the key is not the one of the certificate')
  if (Date.parse(certificate.validTo) <= nowMs) throw new TypeError('the certificate has expired')
  createSecureContext({ cert: certPem, key: keyPem })
}

function readOwn({ certFile, keyFile }: { certFile: string; keyFile: string }, nowMs: number): CertificatePair {
  try {
    const pair = { certPem: readFileSync(certFile, 'utf8'), keyPem: readFileSync(keyFile, 'utf8') }
    checkPair(pair, nowMs)
    return pair
  } catch (cause) {
    const reason = cause instanceof TypeError ? cause.message : 'one of the files cannot be read as PEM'
    throw new ThroughlineError('CONFIG_INVALID', `The certificate ${certFile} with the key ${keyFile} cannot be served: ${reason}.`, {
      cause,
    })
  }
}

const stampOf = (path: string): string => {
  const { mtimeMs, size, ino } = statSync(path)
  return `${mtimeMs} ${size} ${ino}`
}

/** The certificate of the configuration, or else the one this installation makes for itself; watched for changes either way. */
export async function createTlsProvider({ folder, names, own, clock, log }: TlsProviderDeps): Promise<TlsProvider> {
  if (own === undefined) {
    const load = () => ensureTls({ folder, names, clock, log })
    const { caPem } = await load()
    return {
      caPem,
      caFingerprint: new X509Certificate(caPem).fingerprint256,
      load,
      // Loading renews what ends soon; to load twice a day is all that long uptimes need.
      onChange: (listener) => clock.every(lookAtOurFilesMs, listener),
    }
  }
  readOwn(own, clock.nowMs())
  return {
    caPem: undefined,
    caFingerprint: undefined,
    load: async () => readOwn(own, clock.nowMs()),
    onChange(listener) {
      const look = () => {
        try {
          return `${stampOf(own.certFile)} ${stampOf(own.keyFile)}`
        } catch {
          // Renewing tools replace files: for a moment one may be missing.
          return undefined
        }
      }
      let known = look()
      return clock.every(lookAtOwnFilesMs, () => {
        const now = look()
        if (now === undefined || now === known) return
        known = now
        listener()
      })
    },
  }
}
