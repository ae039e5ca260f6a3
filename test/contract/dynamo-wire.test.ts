import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { createHash } from 'node:crypto'
import { createServer, request, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keyAttributes } from '../../cloud/store/dynamodb/attributes.ts'
import { jsonDictionary } from '../../cloud/store/dynamodb/dictionary.ts'
import { createDynamoStore } from '../../cloud/store/dynamodb/dynamo-store.ts'
import { migrateDynamo } from '../../cloud/store/dynamodb/migrate-dynamo.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { startDynalite, type DynaliteServer } from '../doubles/servers/dynalite-server.ts'
import { roomData } from '../doubles/stores/mapped-data.ts'

let server: DynaliteServer
let client: DynamoDBClient
beforeAll(async () => {
  server = await startDynalite()
  client = new DynamoDBClient({ endpoint: server.endpoint, region: server.region, credentials: server.credentials })
})
afterAll(async () => {
  client.destroy()
  await server.stop()
})

const place = (table: string, endpoint = server.endpoint) => ({
  endpoint,
  table,
  region: server.region,
  credentials: server.credentials,
  clock: systemClock,
  log: silentLog,
})
const key = { partition: 'space/1', sort: 'room/1' }
const room = { ...key, kind: 'room', data: roomData('one') } as const

/** A door before dynalite that passes requests on and swallows chosen answers by cutting the connection. */
async function startLossyDoor(loses: (target: string, nth: number) => boolean): Promise<{ endpoint: string; door: Server }> {
  const seen = new Map<string, number>()
  const door = createServer((incoming, outgoing) => {
    const target = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
    const nth = (seen.get(target) ?? 0) + 1
    seen.set(target, nth)
    const onward = request(`${server.endpoint}${incoming.url}`, { method: incoming.method, headers: incoming.headers }, (answer) => {
      if (loses(target, nth)) {
        answer.resume().on('end', () => outgoing.destroy())
        return
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  return { endpoint: `http://127.0.0.1:${(door.address() as AddressInfo).port}`, door }
}

it('[ST26] knows its own success when the answer to a conditional write got lost and the next try finds the condition broken', async () => {
  await migrateDynamo(place('lossy'))
  const { endpoint, door } = await startLossyDoor((target, nth) => nth === 1 && ['PutItem', 'UpdateItem', 'DeleteItem'].includes(target))
  const store = createDynamoStore(place('lossy', endpoint))
  expect(await store.write(room, 'absent')).toBe(1)
  expect(await store.write({ ...room, data: roomData('two') }, 1)).toBe(2)
  expect(await store.write({ ...room, data: roomData('other') }, 1)).toBeUndefined()
  const token = { partition: 'link/1', sort: 'link', kind: 'sign-in-link', data: { hash: 'h' } } as const
  await store.write(token, 'absent')
  expect(await store.remove(token, 1)).toBe(true)
  expect(await store.read(key)).toMatchObject({ data: { name: 'two' }, revision: 2 })
  await store.close()
  door.closeAllConnections()
  door.close()
})

it('[ST27] leaves the index key of a pending item as it is when the item is written again', async () => {
  await migrateDynamo(place('marker'))
  const store = createDynamoStore(place('marker'))
  const marker = async () => {
    const { Item } = await client.send(new GetItemCommand({ TableName: 'marker', Key: keyAttributes(key), ConsistentRead: true }))
    return { op: Item?.['op']?.S, os: Item?.['os']?.S }
  }
  await store.write(room, 'absent')
  const first = await marker()
  expect(first.os).toBeDefined()
  await store.write({ ...room, data: roomData('two') }, 1)
  await store.remove(key, 2)
  await store.write({ ...room, data: roomData('three') }, 'absent')
  expect(await marker()).toEqual(first)
  await store.settle(key, 4)
  expect(await marker()).toEqual({ op: undefined, os: undefined })
  await store.close()
})

it('[ST28] makes the table once, is harmless to repeat, and tolerates a server that cannot expire items', async () => {
  expect(await migrateDynamo(place('twice'))).toEqual({ created: true })
  expect(await migrateDynamo(place('twice'))).toEqual({ created: false })
})

it('[ST28] refuses a table of another program and names the command when there is none', async () => {
  await client.send(
    new CreateTableCommand({
      TableName: 'foreign',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  )
  await expect(migrateDynamo(place('foreign'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  const store = createDynamoStore(place('absent-table'))
  await expect(store.read(key)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'The metadata table absent-table does not exist; run "throughline migrate" first.',
  })
  await store.close()
})

it('[ST29] packs data with the dictionary that stored items were packed with', () => {
  // Changing the text makes every packed item unreadable: give the new one an attribute of its own and keep this one for reading.
  expect(createHash('sha256').update(jsonDictionary).digest('hex')).toBe('76365eb58f7e855ca2431f15373f8d37403da260a7f899cab9bad8a916978940')
})

it('[ST33] the DynamoDB wire of the tests survives a connection that is cut in the middle of a body', async () => {
  await migrateDynamo(place('reset'))
  const { hostname, port } = new URL(server.endpoint)
  const socket = connect(Number(port), hostname).on('error', () => {})
  await new Promise<void>((resolve) => socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half', () => resolve()))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.resetAndDestroy()
  await closed
  const store = createDynamoStore(place('reset'))
  expect(await store.write(room, 'absent')).toBe(1)
  await store.close()
})
