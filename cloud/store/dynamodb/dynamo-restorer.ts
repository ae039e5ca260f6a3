import { BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand, ScanCommand, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { asStoredItem, isLogged, storeUnavailable } from '../item-rules.ts'
import type { PendingChange } from '../port.ts'
import { placeOf, type ItemRestorer } from '../restorer.ts'
import { contentAttributes, keyAttributes, outboxMarker, readAttributes, type Attributes } from './attributes.ts'
import { createClient, type DynamoPlace } from './client.ts'
import { createSender, type Outcome } from './sender.ts'

/** What one BatchWriteItem may hold, and one BatchGetItem. */
const writesAtOnce = 25
const readsAtOnce = 100
/** So many batches are under way at once. */
const batchesAtOnce = 8
const roundsMax = 50

/** A table made by {@link migrateDynamo}, for restoring. */
export function createDynamoRestorer(deps: DynamoPlace & { readonly clock: Clock; readonly log: Log }): ItemRestorer {
  const { table: TableName, clock, log } = deps
  const client = createClient(deps)
  const send = createSender({ clock, log, table: TableName })

  const attributesOf = (item: PendingChange): Attributes => ({
    ...keyAttributes(item),
    ...(item.isDeleted ? { k: { S: item.kind }, x: { N: '1' } } : contentAttributes(item, JSON.stringify(item.data))),
    r: { N: String(item.revision) },
    ...(isLogged(item.kind) ? outboxMarker(item, clock.nowMs()) : {}),
  })

  // The table takes what it can and answers the rest, which is asked again with growing pauses.
  const putBatch = async (items: readonly PendingChange[]) => {
    let waiting: WriteRequest[] = items.map((item) => ({ PutRequest: { Item: attributesOf(item) } }))
    for (let rounds = 0; waiting.length > 0; rounds++) {
      if (rounds === roundsMax) throw storeUnavailable('The metadata table leaves too much unprocessed.')
      if (rounds > 0) await sleep(Math.min(2_000, 25 * 2 ** rounds) * Math.random())
      const command = new BatchWriteItemCommand({ RequestItems: { [TableName]: waiting } })
      waiting = valueOf(await send((signal) => client.send(command, signal))).UnprocessedItems?.[TableName] ?? []
    }
  }

  return {
    async isEmpty() {
      const command = new ScanCommand({ TableName, ConsistentRead: true, Limit: 1 })
      return (valueOf(await send((signal) => client.send(command, signal))).Items ?? []).length === 0
    },
    async load(keys) {
      const found = new Map<string, PendingChange>()
      for (const some of slices(keys, readsAtOnce)) {
        let Keys: Attributes[] | undefined = some.map(keyAttributes)
        for (let rounds = 0; Keys !== undefined && Keys.length > 0; rounds++) {
          if (rounds === roundsMax) throw storeUnavailable('The metadata table leaves too much unprocessed.')
          const command: BatchGetItemCommand = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } })
          const { Responses, UnprocessedKeys } = valueOf(await send((signal) => client.send(command, signal)))
          for (const each of Responses?.[TableName] ?? []) {
            const item = readAttributes(each)
            found.set(placeOf(item), { ...asStoredItem(item), isDeleted: item.isDeleted })
          }
          Keys = UnprocessedKeys?.[TableName]?.Keys
        }
      }
      return found
    },
    async put(items) {
      for (const some of slices(slices(items, writesAtOnce), batchesAtOnce)) await Promise.all(some.map(putBatch))
    },
    async drop(key) {
      const command = new DeleteItemCommand({ TableName, Key: keyAttributes(key) })
      await send((signal) => client.send(command, signal))
    },
    async close() {
      client.destroy()
    },
  }
}

function slices<T>(all: readonly T[], size: number): T[][] {
  const found: T[][] = []
  for (let at = 0; at < all.length; at += size) found.push(all.slice(at, at + size))
  return found
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.held) throw storeUnavailable('The metadata table answered a read with a broken condition.')
  return outcome.value
}
