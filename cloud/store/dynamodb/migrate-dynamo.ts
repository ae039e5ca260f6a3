import { CreateTableCommand, DescribeTableCommand, UpdateTimeToLiveCommand, type TableDescription } from '@aws-sdk/client-dynamodb'
import { setTimeout as sleep } from 'node:timers/promises'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { storeUnavailable } from '../item-rules.ts'
import { createClient, outboxIndex, type DynamoPlace } from './client.ts'
import { createSender } from './sender.ts'

const activeWithinMs = 5 * 60_000

/**
 * Makes the table with its outbox index, waits until it is usable and switches the purge of expired items on. Safe to repeat.
 * Throws CONFIG_INVALID when the table is not ours, STORE_UNAVAILABLE when it cannot be made.
 */
export async function migrateDynamo(options: DynamoPlace & { clock: Clock; log: Log }): Promise<{ created: boolean }> {
  const { table, clock, log } = options
  const client = createClient(options)
  const send = createSender({ clock, log, table })
  try {
    const created = await create()
    await untilActive()
    await expireByServer()
    return { created }
  } finally {
    client.destroy()
  }

  async function create(): Promise<boolean> {
    const command = new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'op', 'os'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: outboxIndex,
          KeySchema: [
            { AttributeName: 'op', KeyType: 'HASH' },
            { AttributeName: 'os', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    })
    const outcome = await send((signal) =>
      client.send(command, signal).then(
        () => true,
        (cause: unknown) => {
          if (cause instanceof Error && cause.name === 'ResourceInUseException') return false
          throw cause
        },
      ),
    )
    return outcome.held && outcome.value
  }

  async function untilActive(): Promise<void> {
    const deadlineMs = clock.monotonicMs() + activeWithinMs
    for (;;) {
      const outcome = await send((signal) => client.send(new DescribeTableCommand({ TableName: table }), signal))
      const description = outcome.held ? outcome.value.Table : undefined
      const index = description?.GlobalSecondaryIndexes?.find((each) => each.IndexName === outboxIndex)
      if (description?.TableStatus === 'ACTIVE') {
        if (!isOurs(description) || index === undefined) {
          throw new ThroughlineError('CONFIG_INVALID', `The table ${table} exists but was not made by Throughline; name another one.`)
        }
        if (index.IndexStatus === 'ACTIVE') return
      }
      if (clock.monotonicMs() > deadlineMs) throw storeUnavailable(`The table ${table} did not become active within five minutes.`)
      log.info('store_table_waiting', { status: description?.TableStatus ?? 'unknown' })
      await sleep(500)
    }
  }

  async function expireByServer(): Promise<void> {
    const command = new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: { AttributeName: 't', Enabled: true } })
    try {
      await client.send(command)
    } catch (cause) {
      // Emulators do not know it, and a repeat is refused by the real one. Reads hide expired items and purgeExpired removes
      // them either way, so this is a saving and no condition.
      log.info('store_table_expiry_unchanged', { reason: cause instanceof Error ? cause.name : 'unknown' })
    }
  }
}

function isOurs({ KeySchema }: TableDescription): boolean {
  const names = KeySchema?.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).sort()
  return names?.join(',') === 'HASH pk,RANGE sk'
}
