import { X509Certificate, createPrivateKey, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { makeAuthority, makeLeaf, type CertificatePair } from './certificate-authority.ts'
import { certificateNames } from './host-names.ts'

/** The certificate we serve and the CA to trust for it. */
export interface TlsFiles extends CertificatePair {
  readonly caPem: string
}

export interface EnsureTlsDeps {
  /** Holds ca.pem, ca-key.pem, cert.pem, key.pem; made when absent. */
  readonly folder: string
  /** DNS names and IP addresses the certificate must hold. */
  readonly names: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

const renewBeforeMs = 30 * 24 * 3_600_000

/** Replaces a file in one step, so that a crash leaves the old or the new one, with its mode set before it has content. */
function replaceFile(path: string, text: string, mode: number): void {
  const draft = `${path}.draft`
  writeFileSync(draft, text, { mode, flush: true })
  chmodSync(draft, mode)
  renameSync(draft, path)
}

function readPair(
  folder: string,
  certName: string,
  keyName: string,
): (CertificatePair & { readonly certificate: X509Certificate }) | undefined {
  const [certPath, keyPath] = [join(folder, certName), join(folder, keyName)]
  if (!existsSync(certPath) || !existsSync(keyPath)) return undefined
  const pair = { certPem: readFileSync(certPath, 'utf8'), keyPem: readFileSync(keyPath, 'utf8') }
  const certificate = new X509Certificate(pair.certPem)
  return certificate.checkPrivateKey(createPrivateKey(pair.keyPem)) ? { ...pair, certificate } : undefined
}

const namesOf = (certificate: X509Certificate): string[] =>
  certificateNames((certificate.subjectAltName ?? '').split(', ').map((entry) => entry.replace(/^(DNS|IP Address):/, '')))

/** IPv6 has many spellings; certificates are read back in another one than addresses are given. */
const sameForm = (name: string): string => (isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name)

/**
 * The CA and certificate of this installation, made at first start and found again later. The certificate is renewed, by the same
 * CA, when it ends within 30 days or lacks a name; names it already has stay. Throws DATA_FOLDER_UNUSABLE in one sentence.
 */
export async function ensureTls({ folder, names, clock, log }: EnsureTlsDeps): Promise<TlsFiles> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const nowMs = clock.nowMs()
    const endsSoon = ({ validTo }: X509Certificate) => Date.parse(validTo) - nowMs < renewBeforeMs

    let authority: CertificatePair | undefined = readPair(folder, 'ca.pem', 'ca-key.pem')
    if (authority === undefined || endsSoon(new X509Certificate(authority.certPem))) {
      if (authority !== undefined || existsSync(join(folder, 'ca.pem'))) log.warn('tls_ca_replaced')
      authority = await makeAuthority(nowMs, randomBytes(4).toString('hex'))
      // The key first: a CA without its key could be handed out but never sign.
      replaceFile(join(folder, 'ca-key.pem'), authority.keyPem, 0o600)
      replaceFile(join(folder, 'ca.pem'), authority.certPem, 0o644)
    }

    const leaf = readPair(folder, 'cert.pem', 'key.pem')
    const had = leaf === undefined ? [] : namesOf(leaf.certificate).map(sameForm)
    const wanted = certificateNames(names).map(sameForm)
    const isGood =
      leaf !== undefined &&
      !endsSoon(leaf.certificate) &&
      wanted.every((name) => had.includes(name)) &&
      isSignedBy(leaf.certificate, new X509Certificate(authority.certPem))
    if (isGood) return { caPem: authority.certPem, certPem: leaf.certPem, keyPem: leaf.keyPem }

    const all = [...new Set([...wanted, ...had])].sort()
    const made = await makeLeaf(authority, all, nowMs)
    // A crash between the two leaves a pair that does not match, which the next start replaces.
    replaceFile(join(folder, 'key.pem'), made.keyPem, 0o600)
    replaceFile(join(folder, 'cert.pem'), made.certPem, 0o600)
    log.info('tls_certificate_made', { names: all.length })
    return { caPem: authority.certPem, ...made }
  } catch (cause) {
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The TLS files in ${folder} cannot be read or written; give the user that runs Throughline access to that folder, or remove damaged files from it.`,
      { cause },
    )
  }
}

const isSignedBy = (leaf: X509Certificate, authority: X509Certificate): boolean =>
  leaf.checkIssued(authority) && leaf.verify(authority.publicKey)
