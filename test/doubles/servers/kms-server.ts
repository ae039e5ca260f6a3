import { createServer } from 'node:http'
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { openBytes, sealBytes } from '../../../cloud/seals/aes-gcm.ts'

/** What the service does instead of answering. */
export type KmsTrouble = 'AccessDeniedException' | 'DisabledException' | 'ThrottlingException' | 'KMSInternalException' | 'hang' | 'cut'

export interface KmsServer {
  readonly place: {
    readonly endpoint: string
    readonly region: string
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
  /** Calls that came, by operation and context, without what they carried. */
  readonly calls: { readonly operation: string; readonly context: unknown }[]
  /** So many of the next calls meet this trouble; undefined: all are answered. */
  trouble(kind: KmsTrouble | undefined, times?: number): void
  stop(): Promise<void>
}

type Body = { readonly KeyId?: string; readonly [name: string]: unknown }

/** The three calls of KMS that we make, over its JSON 1.1 protocol: real AES-256-GCM, the sorted context as additional data, a key for each id. */
export async function startKmsServer(): Promise<KmsServer> {
  const masters = new Map<string, KeyObject>()
  const calls: { operation: string; context: unknown }[] = []
  let trouble: { kind: KmsTrouble; left: number } | undefined

  const masterOf = (id: string) => masters.get(id) ?? masters.set(id, createSecretKey(randomBytes(32))).get(id)
  const bound = (id: string, context: unknown) =>
    JSON.stringify([id, Object.entries(context ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))])
  const encrypt = (id: string, bytes: Uint8Array, context: unknown) => {
    const key = masterOf(id)
    if (key === undefined) throw new TypeError('no key')
    return Buffer.concat([Buffer.from(`${id}\0`), sealBytes(key, bytes, bound(id, context))]).toString('base64')
  }
  const decrypt = (blob: unknown, context: unknown) => {
    const bytes = Buffer.from(String(blob), 'base64')
    const id = bytes.subarray(0, Math.max(0, bytes.indexOf(0))).toString()
    const key = masters.get(id)
    if (key === undefined) throw new TypeError('no key')
    return openBytes(key, bytes.subarray(id.length + 1), bound(id, context))
  }
  const answer = (operation: string, body: Body): object => {
    const { KeyId = '', EncryptionContext: context } = body
    if (operation === 'Encrypt') return { KeyId, CiphertextBlob: encrypt(KeyId, Buffer.from(String(body['Plaintext']), 'base64'), context) }
    if (operation === 'Decrypt') return { KeyId, Plaintext: decrypt(body['CiphertextBlob'], context).toString('base64') }
    const opened = decrypt(body['CiphertextBlob'], body['SourceEncryptionContext'])
    const id = String(body['DestinationKeyId'])
    return { KeyId: id, CiphertextBlob: encrypt(id, opened, body['DestinationEncryptionContext']) }
  }

  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '')
    const refuse = (type: string, status = 400) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: type, message: 'no' }))
    const read = async () => {
      const json = await text(request)
      const body = JSON.parse(json) as Body
      calls.push({ operation, context: body['EncryptionContext'] ?? body['SourceEncryptionContext'] })
      const kind = trouble !== undefined && trouble.left-- > 0 ? trouble.kind : undefined
      if (kind === 'hang') return
      if (kind === 'cut') return void response.destroy()
      if (kind !== undefined) return void refuse(kind, kind === 'KMSInternalException' ? 500 : 400)
      let answered: string | undefined
      try {
        answered = JSON.stringify(answer(operation, body))
      } catch {
        return void refuse('InvalidCiphertextException')
      }
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(answered)
    }
    // Whoever is killed within a question gets no answer.
    read().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    place: { endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    calls,
    trouble: (kind, times = Infinity) => void (trouble = kind === undefined ? undefined : { kind, left: times }),
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => void server.close(() => resolve()))
    },
  }
}
