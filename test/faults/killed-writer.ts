import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import type { MetadataStore } from '../../cloud/store/port.ts'

/** The last acknowledged fact about an item. */
interface Fact {
  readonly revision: number
  readonly state: string
}

/** Runs writer.ts until it acknowledged so much, kills it with SIGKILL, and answers what it had acknowledged by then. */
export async function runAndKill(
  kind: 'sqlite' | 'dynamodb',
  place: string,
  round: number,
  acknowledgements: number,
): Promise<Map<string, Fact>> {
  const child = spawn(process.execPath, ['--import', 'tsx', new URL('writer.ts', import.meta.url).pathname, kind, place, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  })
  const facts = new Map<string, Fact>()
  let lines = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [sort = '', revision = '', state = ''] = line.split(' ')
    if (state !== '') facts.set(sort, { revision: Number(revision), state })
    if (++lines === acknowledgements) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
  expect(child.signalCode).toBe('SIGKILL')
  return facts
}

/** Every acknowledged fact holds (or a later write of the same item, which was under way), and the outbox says what items say. */
export async function expectNothingLost(store: MetadataStore, facts: ReadonlyMap<string, Fact>): Promise<void> {
  const partition = 'space/faults'
  const changes = (await store.pending(100_000)).filter((change) => change.partition === partition)
  const pending = new Map(changes.map((change) => [change.sort, change]))
  const live = new Map<string, number>()
  let after: string | undefined
  do {
    const page = await store.list(partition, after === undefined ? {} : { after })
    for (const { sort, revision } of page.items) live.set(sort, revision)
    after = page.next
  } while (after !== undefined)

  const wrong: string[] = []
  for (const [sort, { revision, state }] of facts) {
    const known = live.get(sort) ?? pending.get(sort)?.revision
    if (state === 'gone') {
      if (live.has(sort) || pending.get(sort)?.isDeleted !== true) wrong.push(`${sort} came back`)
    } else if (known === undefined || known < revision) wrong.push(`${sort} lost revision ${revision}`)
    if (state === 'settled' && live.get(sort) === revision && pending.has(sort)) wrong.push(`${sort} is pending again`)
    // Only items whose number leaves 0 after division by 3 are ever settled.
    if (Number(sort.split('/')[2]) % 3 !== 0 && !pending.has(sort)) wrong.push(`${sort} lost its marker`)
  }
  for (const [sort, { revision, isDeleted }] of pending) {
    if (isDeleted ? live.has(sort) : live.get(sort) !== revision)
      wrong.push(`${sort} is pending at ${revision} but stored at ${live.get(sort)}`)
  }
  expect(wrong).toEqual([])
  expect(facts.size).toBeGreaterThan(0)
}
