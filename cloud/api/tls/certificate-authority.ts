import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** A certificate and its private key, both PEM. */
export interface CertificatePair {
  readonly certPem: string
  readonly keyPem: string
}

const dayMs = 24 * 3_600_000
/** Clocks of agents lag; a certificate that starts in their future would be refused. */
const backdateMs = dayMs

/** A private CA, ECDSA P-256, for ten years. It can sign end certificates only. */
export async function makeAuthority(nowMs: number, serial: string): Promise<CertificatePair> {
  const made = await generate([{ name: 'commonName', value: `Throughline CA ${serial}` }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - backdateMs),
    notAfterDate: new Date(nowMs + 3650 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { certPem: made.cert, keyPem: made.private }
}

/** A server certificate of this CA for the names, DNS and IP alike, ECDSA P-256, for 397 days (the most that browsers accept is 398). */
export async function makeLeaf(authority: CertificatePair, names: readonly string[], nowMs: number): Promise<CertificatePair> {
  const made = await generate([{ name: 'commonName', value: 'Throughline' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - backdateMs),
    notAfterDate: new Date(nowMs + 396 * dayMs),
    ca: { cert: authority.certPem, key: authority.keyPem },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name })),
      },
    ],
  })
  return { certPem: made.cert, keyPem: made.private }
}
