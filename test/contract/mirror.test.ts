import { expect, it, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../src/support/clock.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { startMirrorBench } from '../doubles/benches/mirror-bench.ts'

const key = (n: number) => ({ partition: `space/${n % 3}`, sort: `room/${n}` })
const room = (n: number, name: string) =>
  ({ ...key(n), kind: 'room', data: { name, isAllNodes: false, createdAtMs: n, memberIds: [], rules: [] } }) as const

it.each(contractStoreNames)(
  '[MI1] [MI22] (D6) over %s every change is noted, shipped and forgotten as pending, and what is made anew counts',
  async (name) => {
    const store = (await contractStore(name, clock))()
    const bench = await startMirrorBench(store, clock)
    const mirror = await bench.open()
    onTestFinished(() => mirror.close())
    for (let n = 0; n < 30; n++) await store.write(room(n, 'first'), 'absent')
    await mirror.caughtUp(60_000)
    expect(await bench.differences()).toEqual([])
    for (let n = 0; n < 10; n++) await store.write(room(n, 'second'), 1)
    for (let n = 5; n < 20; n++) await store.remove(key(n), n < 10 ? 2 : 1)
    await mirror.caughtUp(60_000)
    // Written over a tombstone that was settled: the store begins to count anew.
    for (let n = 5; n < 8; n++) expect(await store.write(room(n, 'third'), 'absent')).toBe(1)
    await mirror.caughtUp(60_000)
    expect(await bench.differences()).toEqual([])
    expect(await store.pending(10)).toEqual([])
    expect(await bench.ask('SELECT count(*)::VARCHAR FROM rooms')).toEqual([['18']])
  },
)
