import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** Where the table is. Without `endpoint` the region's own; without `credentials` the SDK's usual chain. */
export interface DynamoPlace {
  readonly endpoint?: string | undefined
  readonly region: string
  readonly table: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
}

/** A client that tries once: the retry rule is ours (see sender.ts). */
export function createClient({ endpoint, region, credentials }: DynamoPlace): DynamoDBClient {
  return new DynamoDBClient({
    region,
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: {
      connectionTimeout: 2_000,
      httpAgent: { maxSockets: 64, keepAlive: true },
      httpsAgent: { maxSockets: 64, keepAlive: true },
    },
  })
}

/** The sparse index over pending items; its entries hold keys only. */
export const outboxIndex = 'outbox'
