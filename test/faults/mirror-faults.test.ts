import { expect, it } from 'vitest'
import { systemClock as clock } from '../../src/support/clock.ts'
import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { startMirrorBench } from '../doubles/benches/mirror-bench.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'

const changes = 100_000
const rounds = 50
/** Each of them fails once before and once after its effect; then chance decides. */
const calls = ['pending', 'create', 'append', 'sync', 'settle', 'load', 'write', 'everything', 'migrate']
const items = 8_000
const keyOf = (n: number) => ({ partition: `space/${n % 20}`, sort: `room/${n}` })

for (const seed of seedsOf(1)) {
  it(`[MI26] (D6) a hundred thousand changes arrive exactly once, whatever fails and dies in between (FUZZ_SEED=${seed})`, async () => {
    const random = createSeeded(seed)
    const store = createMemoryStore(clock)
    const bench = await startMirrorBench(store, clock, { idleMs: 60_000 })
    const revisions = new Map<number, number>()
    const change = async (at: number) => {
      const n = random.below(items)
      const known = revisions.get(n)
      if (known !== undefined && random.chance(0.25)) {
        expect(await store.remove(keyOf(n), known)).toBe(true)
        revisions.delete(n)
        return
      }
      const data = { name: `Room ${at}`, isAllNodes: false, createdAtMs: at, memberIds: [], rules: [] }
      const revision = await store.write({ ...keyOf(n), kind: 'room', data }, known ?? 'absent')
      expect(revision).toBeDefined()
      revisions.set(n, revision ?? 0)
    }

    const failed = new Map<string, number>()
    let deaths = 0
    let mirror = await bench.open()
    for (let round = 0; round < rounds; round++) {
      for (let n = 0; n < changes / rounds; n++) await change(round * rounds + n)
      // Some rounds a call fails here and there, some end with the death of the program at some call, some are quiet.
      const forced = round < 2 * calls.length ? calls[round % calls.length] : undefined
      const mode = forced === undefined ? random.pick(['faults', 'faults', 'death', 'quiet']) : 'forced'
      const forcedWhen = round < calls.length ? 'before' : 'after'
      let isForced = false
      let left = random.below(600)
      bench.setFault((call) => {
        if (mode === 'forced') {
          if (call !== forced || isForced) return undefined
          isForced = true
          failed.set(`${call} ${forcedWhen}`, 1)
          return forcedWhen
        }
        const isRare = call === 'settle' || call === 'read'
        const now = mode === 'death' ? --left < 0 : mode === 'faults' && random.chance(isRare ? 0.0005 : 0.15)
        if (!now) return undefined
        const when = random.pick(['before', 'after'] as const)
        failed.set(`${call} ${when}`, (failed.get(`${call} ${when}`) ?? 0) + 1)
        return when
      })
      await mirror.caughtUp(0).catch(() => undefined)
      if (mode === 'death' || mode === 'forced') {
        deaths++
        await bench.dropSinks()
        bench.setFault(undefined)
        mirror = await bench.open()
      }
    }
    bench.setFault(undefined)
    await mirror.caughtUp(600_000)
    expect(mirror.status()).toMatchObject({ waiting: 0, deadLetters: 0, isReachable: true })
    await mirror.close()
    await bench.dropSinks()
    expect(await bench.differences()).toEqual([])
    expect(revisions.size).toBeGreaterThan(items / 2)
    expect(deaths).toBeGreaterThan(calls.length)
    for (const call of calls.filter((each) => each !== 'everything')) expect([...failed.keys()], call).toContain(`${call} after`)
  }, 600_000)
}
