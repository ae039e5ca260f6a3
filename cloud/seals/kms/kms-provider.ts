import { DecryptCommand, EncryptCommand, KMSClient, ReEncryptCommand } from '@aws-sdk/client-kms'
import { createHash } from 'node:crypto'
import { dataKeyBytes, keysUnavailable, sealBroken, type KeyContext, type KeyProvider } from '../key-provider.ts'
import { createKmsSender, type KmsSenderDeps } from './kms-sender.ts'

/** Which key of which service. Without `endpoint` the region's own; without `credentials` the SDK's usual chain. */
export interface KmsPlace {
  /** Id, ARN or alias. */
  readonly key: string
  readonly region: string
  readonly endpoint?: string | undefined
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
}

const form = /^k1\.([0-9a-f]{16})\.([\w-]+)$/

/**
 * A master key in AWS KMS (or what speaks its protocol): data keys are made here and encrypted there, with their person or space and
 * the installation as encryption context, so that each use stands in the trail of the service and another context is refused.
 */
export function createKmsProvider(deps: KmsPlace & KmsSenderDeps): KeyProvider & { close(): void } {
  const { key: KeyId, region, endpoint, credentials } = deps
  const client = new KMSClient({
    region,
    // One try: the retry rule is ours.
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: { connectionTimeout: 2_000 },
  })
  const send = createKmsSender(deps)
  // The id of a key in KMS says whose account it is in: a hash of it names it here.
  const masterId = createHash('sha256').update(`throughline kms key\0${KeyId}`).digest('hex').slice(0, 16)
  const contextOf = ({ subject, installation }: KeyContext) => ({ subject, installation })
  const wrappedOf = (blob: Uint8Array | undefined): string => {
    if (blob === undefined) throw keysUnavailable('The key service gave no answer that makes sense.')
    return `k1.${masterId}.${Buffer.from(blob).toString('base64url')}`
  }
  const blobOf = (wrapped: string): Uint8Array => {
    const [, , body = ''] = form.exec(wrapped) ?? []
    if (body === '') throw sealBroken()
    return Buffer.from(body, 'base64url')
  }

  return {
    name: 'kms',
    currentMaster: () => masterId,
    masterOf: (wrapped) => form.exec(wrapped)?.[1],

    async wrap(dataKey, context) {
      const command = new EncryptCommand({ KeyId, Plaintext: dataKey, EncryptionContext: contextOf(context) })
      return wrappedOf((await send((options) => client.send(command, options))).CiphertextBlob)
    },

    async unwrap(wrapped, context) {
      // The service knows which of its keys wrapped it: one that was set before still unwraps.
      const command = new DecryptCommand({ CiphertextBlob: blobOf(wrapped), EncryptionContext: contextOf(context) })
      const { Plaintext } = await send((options) => client.send(command, options))
      if (Plaintext?.length !== dataKeyBytes) throw sealBroken()
      // A copy of its own, which can be cleared.
      return Uint8Array.from(Plaintext)
    },

    async rewrap(wrapped, context) {
      const EncryptionContext = contextOf(context)
      const command = new ReEncryptCommand({
        CiphertextBlob: blobOf(wrapped),
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: KeyId,
        DestinationEncryptionContext: EncryptionContext,
      })
      return wrappedOf((await send((options) => client.send(command, options))).CiphertextBlob)
    },

    close: () => client.destroy(),
  }
}
