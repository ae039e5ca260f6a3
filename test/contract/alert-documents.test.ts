import { describe, expect, it } from 'vitest'
import { createUnfinished } from '../../cloud/metadata/unfinished.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import { isSameAlert } from '../../src/health/same-alert.ts'
import { createConfigureBench, until } from '../doubles/benches/configure-bench.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { alertDocument } from '../doubles/agents/dyncfg-agent.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'

const before = alertDocument('load', {}, 1)
const kept = alertDocument('load', {}, 2)

/** One node whose agent runs the stock alert, and a document of that name, on a store that can die. */
async function lab(store: MetadataStore, clock: ReturnType<typeof createHandClock>) {
  const failing = createFailingStore(store)
  const bench = createConfigureBench({ store: failing, clock })
  const { nodeId, agent, disconnect } = bench.connect([before])
  const comeBack = () => void bench.connect([], nodeId, agent)
  const { documentId } = await bench.make(kept)
  const unfinished = createUnfinished(store)
  /** The process ends where the store did; another one begins, and goes on until nothing is left to do. */
  const restart = async () => {
    await bench.configure.close()
    failing.heal()
    const configure = await bench.restart(store)
    await until(async () => {
      configure.look()
      return (await unfinished.list('alert-')).length === 0
    })
    return configure
  }
  /** Begins a run on a store that dies at its nth write; whether it did. */
  const dieAt = async (nth: number, when: 'before' | 'after', action: 'apply' | 'restore') => {
    failing.failAt(nth, when)
    const { configure, spaceId, personId } = bench
    const started = await configure.start(spaceId, { documentId, action, nodeIds: [nodeId], by: personId }).catch(() => undefined)
    if (started !== undefined)
      await until(async () => failing.left() <= 0 || (await configure.run(spaceId, started.runId).catch(() => undefined))?.isDone === true)
    return failing.left() <= 0
  }
  return { ...bench, nodeId, agent, disconnect, comeBack, documentId, restart, dieAt, failing }
}

const runs = (document: typeof kept, running: typeof kept | undefined) => running !== undefined && isSameAlert(document, running)

describe.each(contractStoreNames)('alert documents on %s', (name) => {
  it('[AC7] are made, saved against a race, listed and deleted alike', async () => {
    const clock = createHandClock()
    const { configure, spaceId, personId } = createConfigureBench({ store: (await contractStore(name, clock))(), clock })
    const { documentId } = await configure.create(spaceId, { document: kept, by: personId, note: '' })
    const twice = await Promise.allSettled(
      Array.from({ length: 4 }, () => configure.create(spaceId, { document: alertDocument('twice'), by: personId, note: '' })),
    )
    expect(twice.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const save = (n: number) =>
      configure.save(spaceId, documentId, { document: alertDocument('load', {}, 10 + n), by: newUuid<PersonId>(), note: '', version: 1 })
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => save(n)))
    expect(outcomes.filter((outcome) => outcome?.isSaved)).toHaveLength(1)
    expect((await configure.get(spaceId, documentId))?.version).toBe(2)
    expect(await configure.version(spaceId, documentId, 1)).toEqual(kept)
    expect((await configure.list(spaceId)).map((head) => head.name)).toEqual(['load', 'twice'])
    await configure.remove(spaceId, documentId, new Set())
    expect(await configure.get(spaceId, documentId)).toBeUndefined()
    expect((await configure.create(spaceId, { document: before, by: personId, note: '' })).version).toBe(1)
  })

  it('[AC13] a process that ends at any write of applying leaves nothing unseen, and what ran before can be put back', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    let deaths = 0
    for (const when of ['before', 'after'] as const)
      for (let nth = 1; ; nth++) {
        const { dieAt, restart, agent, stateOf, documentId, nodeId, run, spaceId } = await lab(store, clock)
        const hasDied = await dieAt(nth, when, 'apply')
        const configure = await restart()
        const state = await stateOf(documentId, nodeId)
        if (runs(kept, agent.running('load'))) {
          expect(state, `${when} write ${nth}`).toMatchObject({ state: 'applied', applied: 1, original: 'was' })
          // However often the process ended, the alert was made anew once.
          expect(agent.restartsOf('load')).toBe(1)
          await run(documentId, 'restore', [nodeId])
        } else expect(state?.original ?? 'none', `${when} write ${nth}`).toBe('none')
        expect(runs(before, agent.running('load')), `${when} write ${nth}`).toBe(true)
        expect(await configure.remove(spaceId, documentId, new Set([nodeId]))).toBeDefined()
        if (!hasDied) break
        deaths++
      }
    expect(deaths).toBeGreaterThan(10)
  })

  it('[AC13] a process that ends at any write of restoring puts back what ran before', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    let deaths = 0
    for (const when of ['before', 'after'] as const)
      for (let nth = 1; ; nth++) {
        const { dieAt, restart, agent, stateOf, documentId, nodeId, run } = await lab(store, clock)
        await run(documentId, 'apply', [nodeId])
        const hasDied = await dieAt(nth, when, 'restore')
        await restart()
        const state = await stateOf(documentId, nodeId)
        const isBack = runs(before, agent.running('load'))
        expect(state, `${when} write ${nth}`).toMatchObject(
          isBack ? { state: 'restored', original: 'none' } : { state: 'applied', original: 'was' },
        )
        if (!isBack) await run(documentId, 'restore', [nodeId])
        expect(runs(before, agent.running('load'))).toBe(true)
        if (!hasDied) break
        deaths++
      }
    expect(deaths).toBeGreaterThan(6)
  })

  it('[AC11] a wish for a node that is away outlives the process, at whatever write that ends', async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    let deaths = 0
    for (let nth = 1; ; nth++) {
      const { dieAt, restart, agent, stateOf, documentId, nodeId, disconnect, comeBack } = await lab(store, clock)
      disconnect()
      const hasDied = await dieAt(nth, 'after', 'apply')
      comeBack()
      await restart()
      const state = await stateOf(documentId, nodeId)
      // Whatever was noted comes true; a request that failed before is nobody's wish.
      expect(state?.state ?? 'none', `write ${nth}`).toBe(runs(kept, agent.running('load')) ? 'applied' : 'none')
      if (!hasDied) {
        expect(state?.state).toBe('applied')
        break
      }
      deaths++
    }
    expect(deaths).toBeGreaterThan(4)
  })
})
