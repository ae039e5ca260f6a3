import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>

/** The few shapes of CBOR (RFC 8949) that an authenticator writes. */
function cbor(value: Cbor): Buffer {
  const head = (major: number, count: number) =>
    count < 24
      ? Buffer.from([(major << 5) | count])
      : count < 256
        ? Buffer.from([(major << 5) | 24, count])
        : Buffer.from([(major << 5) | 25, count >> 8, count & 0xff])
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, inner]) => [cbor(key), cbor(inner)])])
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()

/** What a test may let the authenticator do wrong. */
export interface AuthenticatorFaults {
  readonly origin?: string
  readonly rpId?: string
  readonly isUserVerified?: boolean
  /** The count it tells; otherwise one more each time. */
  readonly count?: number
  readonly hasWrongSignature?: boolean
  readonly userHandle?: string
}

interface Options {
  readonly challenge: string
}

/** An authenticator in software that holds one discoverable EC P-256 passkey, as WebAuthn level 3 §6 describes it. */
export function createSoftAuthenticator(defaults: { readonly origin: string; readonly rpId: string }) {
  const credentialId = randomBytes(32)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let userHandle = ''
  let count = 0

  const clientData = (type: string, { challenge }: Options, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const head = (rpId: string, isUserVerified: boolean, hasKey: boolean, counter: number) => {
    const bytes = Buffer.alloc(37)
    sha256(rpId).copy(bytes)
    bytes.writeUInt8(0x01 | (isUserVerified ? 0x04 : 0) | (hasKey ? 0x40 : 0), 32)
    bytes.writeUInt32BE(counter, 33)
    return bytes
  }
  const shell = { id: credentialId.toString('base64url'), rawId: credentialId.toString('base64url'), type: 'public-key' as const }

  return {
    credentialId: shell.id,
    /** Makes the passkey: `navigator.credentials.create(…)`. */
    create(options: Options & { readonly user: { readonly id: string } }, faults: AuthenticatorFaults = {}) {
      const { origin, rpId, isUserVerified = true } = { ...defaults, ...faults }
      userHandle = options.user.id
      const authData = Buffer.concat([
        head(rpId, isUserVerified, true, faults.count ?? count),
        Buffer.alloc(16),
        Buffer.from([0, credentialId.length]),
        credentialId,
        cbor(coseKey(publicKey)),
      ])
      const attestationObject = cbor(
        new Map<string, Cbor>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData],
        ]),
      )
      const response = {
        clientDataJSON: clientData('webauthn.create', options, origin).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      }
      return { ...shell, response, clientExtensionResults: {}, authenticatorAttachment: 'platform' }
    },
    /** Answers a question: `navigator.credentials.get(…)`. */
    get(options: Options, faults: AuthenticatorFaults = {}) {
      const { origin, rpId, isUserVerified = true, hasWrongSignature = false } = { ...defaults, ...faults }
      count = faults.count ?? count + 1
      const authenticatorData = head(rpId, isUserVerified, false, count)
      const client = clientData('webauthn.get', options, origin)
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(client)]), hasWrongSignature ? otherKey() : privateKey)
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: faults.userHandle ?? userHandle,
      }
      return { ...shell, response, clientExtensionResults: {}, authenticatorAttachment: 'platform' }
    },
  }
}

const otherKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

/** RFC 9053 §7.1: kty EC2, alg ES256, crv P-256. */
function coseKey(key: KeyObject): ReadonlyMap<number, Cbor> {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ])
}
