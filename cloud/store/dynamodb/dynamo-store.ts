import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { randomBytes } from 'node:crypto'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { asStoredItem, checkItem, checkKey, isLogged, storeUnavailable } from '../item-rules.ts'
import type { AnyItem, ItemKey, MetadataStore, PendingChange, StoredItem } from '../port.ts'
import {
  contentAttributes,
  keyAttributes,
  outboxMarker,
  outboxPartitions,
  readAttributes,
  type Attributes,
  type TableItem,
} from './attributes.ts'
import { createClient, outboxIndex, type DynamoPlace } from './client.ts'
import { overwriteExpression } from './expressions.ts'
import { createSender, type Outcome } from './sender.ts'

export interface DynamoStoreDeps extends DynamoPlace {
  readonly clock: Clock
  readonly log: Log
}

const listLimitDefault = 1000
const absentTriesMax = 8
const visible = 'attribute_not_exists(x) AND (attribute_not_exists(e) OR e > :now)'

/** The cloud's store: one DynamoDB table made by {@link migrateDynamo}. Reads are strong, retries follow F3. */
export function createDynamoStore(deps: DynamoStoreDeps): MetadataStore {
  const { table: TableName, clock, log } = deps
  const client = createClient(deps)
  const send = createSender({ clock, log, table: TableName })
  const inFlight = new Set<Promise<unknown>>()
  let isClosed = false

  const now = (): Attributes => ({ ':now': { N: String(clock.nowMs()) } })
  const isVisible = (item: TableItem) => !item.isDeleted && (item.expiresAtMs === undefined || item.expiresAtMs > clock.nowMs())

  const load = async (key: ItemKey): Promise<TableItem | undefined> => {
    const command = new GetItemCommand({ TableName, Key: keyAttributes(key), ConsistentRead: true })
    const { Item } = valueOf(await send((signal) => client.send(command, signal)))
    return Item === undefined ? undefined : readAttributes(Item)
  }

  /** Whether the write with this id happened although the answer to it got lost and the next try found its condition broken. */
  const didHappen = async (outcome: Outcome<unknown>, key: ItemKey, writeId: string): Promise<boolean> =>
    outcome.held || (outcome.tries > 1 && (await load(key))?.writeId === writeId)

  const create = async (item: AnyItem, json: string): Promise<boolean> => {
    const writeId = newWriteId()
    const Item: Attributes = {
      ...keyAttributes(item),
      ...contentAttributes(item, json),
      r: { N: '1' },
      w: { S: writeId },
      ...(isLogged(item.kind) ? outboxMarker(item, clock.nowMs()) : {}),
    }
    const command = new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' })
    return didHappen(await send((signal) => client.send(command, signal)), item, writeId)
  }

  /** Replaces what has this revision. `over`: a visible item, or the remains of one. */
  const overwrite = async (
    item: AnyItem,
    content: Attributes,
    from: { revision: number; over: 'visible' | 'remains' },
  ): Promise<boolean> => {
    const writeId = newWriteId()
    const marker = isLogged(item.kind) ? outboxMarker(item, clock.nowMs()) : {}
    const { UpdateExpression, values } = overwriteExpression({ ...content, r: { N: String(from.revision + 1) }, w: { S: writeId } }, marker)
    const condition = from.over === 'visible' ? visible : '(attribute_exists(x) OR e <= :now)'
    const command = new UpdateItemCommand({
      TableName,
      Key: keyAttributes(item),
      UpdateExpression,
      ConditionExpression: `r = :from AND ${condition}`,
      ExpressionAttributeValues: { ...values, ...now(), ':from': { N: String(from.revision) } },
    })
    return didHappen(await send((signal) => client.send(command, signal)), item, writeId)
  }

  const createOrRevive = async (item: AnyItem, json: string): Promise<number | undefined> => {
    for (let tries = 0; tries < absentTriesMax; tries++) {
      if (await create(item, json)) return 1
      const remains = await load(item)
      if (remains === undefined) continue
      if (isVisible(remains)) return undefined
      const { revision } = remains
      if (await overwrite(item, contentAttributes(item, json), { revision, over: 'remains' })) return revision + 1
    }
    throw storeUnavailable('An item of the metadata table changes too often to be written.')
  }

  /** Takes away what has this revision; logged kinds leave a tombstone without content. */
  const bury = async (item: TableItem, over: 'visible' | 'remains'): Promise<boolean> => {
    const { revision, kind } = item
    if (isLogged(kind)) {
      const { partition, sort } = item
      return overwrite({ partition, sort, kind, data: null }, { k: { S: kind }, x: { N: '1' } }, { revision, over })
    }
    const command = new DeleteItemCommand({
      TableName,
      Key: keyAttributes(item),
      ConditionExpression: `r = :from AND ${over === 'visible' ? visible : 'e <= :now'}`,
      ExpressionAttributeValues: { ...now(), ':from': { N: String(revision) } },
    })
    const outcome = await send((signal) => client.send(command, signal))
    return outcome.held || (outcome.tries > 1 && (await load(item)) === undefined)
  }

  const pendingKeys = async (limit: number): Promise<Attributes[]> => {
    const shards = outboxPartitions.map(async (shard) => {
      const command = new QueryCommand({
        TableName,
        IndexName: outboxIndex,
        KeyConditionExpression: 'op = :op',
        ExpressionAttributeValues: { ':op': { S: shard } },
        Limit: limit,
      })
      return valueOf(await send((signal) => client.send(command, signal))).Items ?? []
    })
    const entries = (await Promise.all(shards)).flat().sort((a, b) => ((a['os']?.S ?? '') < (b['os']?.S ?? '') ? -1 : 1))
    return entries.slice(0, limit).map(({ pk, sk }) => ({ pk, sk }) as Attributes)
  }

  /** Strong reads of many keys; the index lags, so what it names is looked up before it is believed. */
  const loadAll = async (keys: readonly Attributes[]): Promise<Map<string, TableItem>> => {
    const found = new Map<string, TableItem>()
    for (let at = 0; at < keys.length; at += 100) {
      let Keys: Attributes[] | undefined = keys.slice(at, at + 100)
      for (let rounds = 0; Keys !== undefined && Keys.length > 0; rounds++) {
        if (rounds === 100) throw storeUnavailable('The metadata table leaves too much unprocessed.')
        const command: BatchGetItemCommand = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } })
        const { Responses, UnprocessedKeys } = valueOf(await send((signal) => client.send(command, signal)))
        for (const each of Responses?.[TableName] ?? []) {
          const item = readAttributes(each)
          found.set(idOf(item), item)
        }
        Keys = UnprocessedKeys?.[TableName]?.Keys
      }
    }
    return found
  }

  const answering = <T>(work: () => Promise<T>): Promise<T> => {
    if (isClosed) return Promise.reject(storeUnavailable('The metadata store is closed.'))
    const running = work().catch((cause: unknown) => {
      throw cause instanceof ThroughlineError ? cause : storeUnavailable(undefined, cause)
    })
    const forget = () => void inFlight.delete(running)
    inFlight.add(running)
    running.then(forget, forget)
    return running
  }

  return {
    read: (key) =>
      answering(async () => {
        checkKey(key)
        const item = await load(key)
        return item !== undefined && isVisible(item) ? asStoredItem(item) : undefined
      }),

    write: (item, condition) =>
      answering(async () => {
        const json = checkItem(item)
        if (condition === 'absent') return createOrRevive(item, json)
        return (await overwrite(item, contentAttributes(item, json), { revision: condition, over: 'visible' })) ? condition + 1 : undefined
      }),

    remove: (key, revision) =>
      answering(async () => {
        checkKey(key)
        const item = await load(key)
        return item !== undefined && isVisible(item) && item.revision === revision && bury(item, 'visible')
      }),

    list: (partition, options = {}) =>
      answering(async () => {
        const limit = Math.max(1, options.limit ?? listLimitDefault)
        const range = listRange(partition, options.prefix ?? '', options.after)
        if (range === undefined) return { items: [], next: undefined }
        const items: StoredItem[] = []
        let ExclusiveStartKey = range.startKey
        do {
          const command: QueryCommand = new QueryCommand({
            TableName,
            ConsistentRead: true,
            KeyConditionExpression: range.condition,
            FilterExpression: visible,
            ExpressionAttributeValues: { ...range.values, ...now() },
            Limit: limit + 1 - items.length,
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
          })
          const answer = valueOf(await send((signal) => client.send(command, signal)))
          for (const each of answer.Items ?? []) items.push(asStoredItem(readAttributes(each)))
          ExclusiveStartKey = answer.LastEvaluatedKey
        } while (ExclusiveStartKey !== undefined && items.length <= limit)
        const page = items.slice(0, limit)
        return { items: page, next: items.length > limit ? page.at(-1)?.sort : undefined }
      }),

    pending: (limit) =>
      answering(async () => {
        const keys = await pendingKeys(limit)
        const found = await loadAll(keys)
        return keys.flatMap(({ pk, sk }): PendingChange[] => {
          const item = found.get(idOf({ partition: pk?.S ?? '', sort: sk?.S ?? '' }))
          return item?.isPending === true ? [{ ...asStoredItem(item), isDeleted: item.isDeleted }] : []
        })
      }),

    settle: (key, revision) =>
      answering(async () => {
        const at = { TableName, Key: keyAttributes(key), ExpressionAttributeValues: { ':r': { N: String(revision) } } }
        const clear = new UpdateItemCommand({
          ...at,
          UpdateExpression: 'REMOVE op, os',
          ConditionExpression: 'r = :r AND attribute_not_exists(x)',
        })
        if ((await send((signal) => client.send(clear, signal))).held) return
        const drop = new DeleteItemCommand({ ...at, ConditionExpression: 'r = :r AND attribute_exists(x)' })
        await send((signal) => client.send(drop, signal))
      }),

    everything: (options = {}) =>
      answering(async () => {
        const command = new ScanCommand({
          TableName,
          ConsistentRead: true,
          Limit: Math.max(1, options.limit ?? listLimitDefault),
          ...(options.after === undefined ? {} : { ExclusiveStartKey: keyAttributes(options.after) }),
        })
        const { Items = [], LastEvaluatedKey } = valueOf(await send((signal) => client.send(command, signal)))
        const items = Items.map((each): PendingChange => {
          const item = readAttributes(each)
          return { ...asStoredItem(item), isDeleted: item.isDeleted }
        })
        const { pk, sk } = LastEvaluatedKey ?? {}
        return { items, next: pk?.S === undefined || sk?.S === undefined ? undefined : { partition: pk.S, sort: sk.S } }
      }),

    // A scan, because an index over expiries would cost a write unit for each sign-in; call it once a day, TTL does the rest.
    purgeExpired: () =>
      answering(async () => {
        let purged = 0
        let ExclusiveStartKey: Attributes | undefined
        do {
          const command: ScanCommand = new ScanCommand({
            TableName,
            FilterExpression: 'e <= :now AND attribute_not_exists(x)',
            ExpressionAttributeValues: now(),
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
          })
          const answer = valueOf(await send((signal) => client.send(command, signal)))
          for (const each of answer.Items ?? []) if (await bury(readAttributes(each), 'remains')) purged++
          ExclusiveStartKey = answer.LastEvaluatedKey
        } while (ExclusiveStartKey !== undefined)
        return purged
      }),

    async close() {
      isClosed = true
      await Promise.allSettled(inFlight)
      client.destroy()
    },
  }
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.held) throw storeUnavailable('The metadata table answered a read with a broken condition.')
  return outcome.value
}

function newWriteId(): string {
  return randomBytes(6).toString('base64url')
}

function idOf({ partition, sort }: ItemKey): string {
  return JSON.stringify([partition, sort])
}

/** DynamoDB refuses a start key outside the prefix, so a place before it is dropped and one behind it answers nothing. */
function listRange(partition: string, prefix: string, after: string | undefined) {
  const values: Attributes = { ':pk': { S: partition } }
  const isInside = after !== undefined && after.startsWith(prefix)
  if (after !== undefined && !isInside && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) > 0) return undefined
  const startKey = isInside && after !== '' ? keyAttributes({ partition, sort: after }) : undefined
  if (prefix === '') return { condition: 'pk = :pk', values, startKey }
  return { condition: 'pk = :pk AND begins_with(sk, :prefix)', values: { ...values, ':prefix': { S: prefix } }, startKey }
}
