import { describe, expect, it } from 'vitest'
import { createConfigureBench, until } from '../../test/doubles/benches/configure-bench.ts'
import { alertDocument, createDyncfgAgent, dyncfgCapabilities } from '../../test/doubles/agents/dyncfg-agent.ts'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import type { AlertConfigHash, ClaimId, NodeId, PersonId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { isSameAlert } from '../../src/health/same-alert.ts'

const changed = (name: string, threshold: number) => alertDocument(name, {}, threshold)

describe('documents', () => {
  it('[AC7] a space keeps one document a name, with versions: who made each, when, and its text', async () => {
    const { configure, make, spaceId, personId, clock } = createConfigureBench()
    const made = await make(changed('load', 1), 'first')
    expect(made).toMatchObject({ name: 'load', version: 1, changedBy: personId, document: changed('load', 1) })
    await expect(make(changed('load', 2))).rejects.toMatchObject({ code: 'CONFLICT' })
    clock.advance(5)
    const bob = newUuid<PersonId>()
    const wish = { document: changed('load', 2), by: bob, note: 'higher', version: 1 }
    const saved = await configure.save(spaceId, made.documentId, wish)
    expect(saved).toMatchObject({ isSaved: true, kept: { version: 2, changedBy: bob, changedAtMs: clock.nowMs() } })
    // The same again, as after an answer that got lost, and one who was slower.
    expect(await configure.save(spaceId, made.documentId, wish)).toMatchObject({ isSaved: true, kept: { version: 2 } })
    const slower = await configure.save(spaceId, made.documentId, { ...wish, document: changed('load', 3) })
    expect(slower).toMatchObject({ isSaved: false, kept: { version: 2, document: changed('load', 2) } })
    const kept = await configure.get(spaceId, made.documentId)
    expect(kept?.versions.map(({ version, by, note, isKept }) => [version, by, note, isKept])).toEqual([
      [2, bob, 'higher', true],
      [1, personId, 'first', true],
    ])
    expect(await configure.version(spaceId, made.documentId, 1)).toEqual(changed('load', 1))
    await expect(configure.save(spaceId, made.documentId, { ...wish, document: changed('other', 1), version: 2 })).rejects.toMatchObject({
      code: 'BODY_UNPROCESSABLE',
    })
    expect(await configure.save(spaceId, newUuid(), wish)).toBeUndefined()
    expect((await configure.list(spaceId)).map(({ name }) => name)).toEqual(['load'])
  })

  it('[AC7] of many versions the newest texts are kept, and of the others who made them', async () => {
    const { configure, make, spaceId, personId } = createConfigureBench()
    const { documentId } = await make(changed('load', 0))
    for (let n = 1; n < 60; n++)
      await configure.save(spaceId, documentId, { document: changed('load', n), by: personId, note: `n${n}`, version: n })
    const kept = await configure.get(spaceId, documentId)
    expect(kept).toMatchObject({ version: 60 })
    expect(kept?.versions.filter(({ isKept }) => isKept)).toHaveLength(50)
    expect(kept?.versions).toHaveLength(60)
    expect(await configure.version(spaceId, documentId, 1)).toBeUndefined()
    expect(await configure.version(spaceId, documentId, 11)).toEqual(changed('load', 10))
  })

  it('[AC7] what no agent would take is refused with the member that is wrong', async () => {
    const { make } = createConfigureBench()
    const broken = alertDocument('load', { conditions: { warning_condition: '$this >', critical_condition: '' } })
    await expect(make(broken)).rejects.toThrow(/rules\.0\.conditions\.warning_condition/)
    const { value } = alertDocument('x').rules[0]?.config ?? { value: undefined }
    await expect(make(alertDocument('load', { value: { ...value, calculation: '' } as never }))).rejects.toThrow(/computes nothing/)
  })
})

describe('at agents', () => {
  it('[AC8] a new alert is added, one that is there is replaced, each with who asks and the rights of their role', async () => {
    const { connect, make, run, personId, stateOf, rights } = createConfigureBench()
    const { nodeId, agent } = connect([changed('stock', 1)])
    const own = await make(changed('own', 5))
    const stock = await make(changed('stock', 9))
    expect(await run(own.documentId, 'apply', [nodeId])).toEqual([{ nodeId, viaNodeId: null, state: 'done', status: 202, problem: null }])
    await run(stock.documentId, 'apply', [nodeId])
    expect(agent.running('own')).toEqual(changed('own', 5))
    expect(agent.running('stock')).toEqual(changed('stock', 9))
    const changes = agent.asked.filter(({ action }) => action !== 'tree' && action !== 'get')
    const who = { permissions: 0x7ff, role: 'admin', accountId: personId, userName: 'Throughline admin' }
    expect(changes).toEqual([
      { action: 'add', id: 'health:alert:prototype', name: 'own', ...who },
      { action: 'update', id: 'health:alert:prototype:stock', name: '', ...who },
    ])
    expect(await stateOf(own.documentId, nodeId)).toMatchObject({
      state: 'applied',
      wanted: 1,
      applied: 1,
      by: personId,
      original: 'was-not',
    })
    rights.set(personId, { role: 'observer', permissions: 0x3b })
    const third = await make(changed('third', 1))
    expect(await run(third.documentId, 'apply', [nodeId])).toMatchObject([{ state: 'failed', status: 403 }])
    expect(await stateOf(third.documentId, nodeId)).toMatchObject({ state: 'failed', original: 'none' })
  })

  it('[AC8] what already runs is not sent again, so that its instances do not start over', async () => {
    const { connect, make, run } = createConfigureBench()
    const { nodeId, agent } = connect()
    const { documentId } = await make(changed('load', 1))
    await run(documentId, 'apply', [nodeId])
    expect(await run(documentId, 'apply', [nodeId, nodeId])).toMatchObject([{ state: 'done', status: 200 }])
    expect(agent.restartsOf('load')).toBe(1)
  })

  it('[AC8] an alert that is switched off on the agent, and a document the agent refuses, are said so', async () => {
    const { connect, make, run, stateOf } = createConfigureBench()
    const { nodeId, agent } = connect([changed('stock', 1)])
    agent.answer({
      method: 'GET',
      target: '/api/v1/config?action=disable&id=health:alert:prototype:stock',
      timeoutMs: 1,
      asker: { permissions: 0x7ff, role: 'admin' },
    })
    const { documentId } = await make(changed('stock', 2))
    expect(await run(documentId, 'apply', [nodeId])).toMatchObject([
      { state: 'done', status: 298, problem: 'It is in place, and switched off on this agent.' },
    ])
    agent.moods.before = ({ action }) => {
      if (action === 'add')
        agent.answer({
          method: 'POST',
          target: '/api/v1/config?action=add&id=health:alert:prototype&name=late',
          timeoutMs: 1,
          asker: { permissions: 0x7ff, role: 'admin' },
          body: { contentType: '', text: JSON.stringify(changed('late', 7)) },
        })
    }
    // Somebody adds the name between the look and the change: 400, and nothing is known to be ours.
    const late = await make(changed('late', 1))
    expect(await run(late.documentId, 'apply', [nodeId])).toMatchObject([{ state: 'failed', status: 400 }])
    expect(agent.running('late')).toEqual(changed('late', 7))
    expect(await stateOf(late.documentId, nodeId)).toMatchObject({ state: 'failed', original: 'none' })
  })

  it('[AC9] what ran before is kept before the first change is sent, and put back whatever was applied since', async () => {
    const { connect, make, run, configure, spaceId, personId, stateOf } = createConfigureBench()
    const before = changed('stock', 1)
    const { nodeId, agent } = connect([before])
    const { documentId } = await make(changed('stock', 2))
    let keptBefore: unknown
    agent.moods.before = async ({ action }) => {
      if (action === 'update') keptBefore = (await stateOf(documentId, nodeId))?.original
    }
    await run(documentId, 'apply', [nodeId])
    expect(keptBefore).toBe('was')
    await configure.save(spaceId, documentId, { document: changed('stock', 3), by: personId, note: '', version: 1 })
    await run(documentId, 'apply', [nodeId])
    expect(agent.running('stock')).toEqual(changed('stock', 3))
    expect(await run(documentId, 'restore', [nodeId])).toMatchObject([{ state: 'done', status: 202, problem: null }])
    const back = agent.running('stock')
    expect(back !== undefined && isSameAlert(before, back)).toBe(true)
    expect(await stateOf(documentId, nodeId)).toMatchObject({ state: 'restored', wanted: null, applied: null, original: 'none' })
    // From now on something else may run there, and that is what counts as before.
    agent.edit('stock', () => changed('stock', 42))
    await run(documentId, 'apply', [nodeId])
    await run(documentId, 'restore', [nodeId])
    expect(agent.running('stock')?.rules[0]?.config.conditions.warning_condition).toBe('$this > 42')
  })

  it('[AC9] what we added is taken away again, also when somebody else took it away before', async () => {
    const { connect, make, run, stateOf } = createConfigureBench()
    const { nodeId, agent } = connect()
    const { documentId } = await make(changed('own', 2))
    await run(documentId, 'apply', [nodeId])
    expect(await run(documentId, 'restore', [nodeId])).toMatchObject([{ state: 'done', status: 200, problem: null }])
    expect(agent.running('own')).toBeUndefined()
    await run(documentId, 'apply', [nodeId])
    agent.answer({
      method: 'GET',
      target: '/api/v1/config?action=remove&id=health:alert:prototype:own',
      timeoutMs: 1,
      asker: { permissions: 0x7ff, role: 'admin' },
    })
    expect(await run(documentId, 'restore', [nodeId])).toMatchObject([{ state: 'done', problem: null }])
    expect(await stateOf(documentId, nodeId)).toMatchObject({ state: 'restored' })
    expect(await run(documentId, 'restore', [newUuid<NodeId>()])).toMatchObject([
      { state: 'failed', problem: 'Nothing of this document was put on this node.' },
    ])
  })

  it('[AC9] an alert with settings that cannot be kept is not touched', async () => {
    const { connect, make, run } = createConfigureBench()
    const { nodeId, agent } = connect([changed('stock', 1)])
    agent.edit('stock', (document) => {
      const [rule] = document.rules
      if (rule === undefined) throw new Error('a rule')
      const lookup = { ...rule.config.value.database_lookup, after: -60, time_group: 'mode' as never }
      return { ...document, rules: [{ ...rule, config: { ...rule.config, value: { ...rule.config.value, database_lookup: lookup } } }] }
    })
    const { documentId } = await make(changed('stock', 2))
    expect(await run(documentId, 'apply', [nodeId])).toMatchObject([
      { state: 'failed', problem: expect.stringContaining('cannot be kept here') },
    ])
    expect(agent.asked.filter(({ action }) => action === 'update')).toEqual([])
  })

  it('[AC10] nodes that cannot be configured say why, and agents are not asked', async () => {
    const { bus, make, run, configure, owners, spaceId } = createConfigureBench()
    const agent = createDyncfgAgent()
    const node = (change: Partial<Parameters<typeof agent.serve>[1]> = {}) => {
      const nodeId = newUuid<NodeId>()
      agent.serve(bus, { nodeId, spaceId, ...change })
      return nodeId
    }
    const without = (name: string) => dyncfgCapabilities.filter((capability) => capability.name !== name)
    const old = node({ capabilities: [{ name: 'funcs', version: 1, enabled: true }] })
    const early = node({
      capabilities: [
        { name: 'http_api_v2', version: 6, enabled: true },
        { name: 'dyncfg', version: 1, enabled: true },
      ],
    })
    const off = node({ capabilities: without('dyncfg') })
    const deaf = node({ capabilities: [...without('health'), { name: 'health', version: 2, enabled: false }] })
    const parentClaim = newUuid<ClaimId>()
    const orphan = node({ hops: 1, claimId: parentClaim })
    const away = newUuid<NodeId>()
    const whyOf = (nodeId: NodeId) => configure.placeOf(nodeId).why
    expect([old, early, off, deaf, orphan, away].map(whyOf)).toEqual([
      'too-old',
      'too-old',
      'no-capability',
      'no-health',
      'not-live',
      'not-live',
    ])
    const { documentId } = await make(changed('load', 1))
    const results = await run(documentId, 'apply', [old, off, deaf])
    expect(results.map(({ state, problem }) => [state, problem])).toEqual([
      ['failed', 'The agent of this node cannot be configured from afar; agents from 1.45 on can.'],
      ['failed', 'The agent of this node has switched configuration from afar off.'],
      ['failed', 'The agent of this node evaluates no alerts.'],
    ])
    expect(agent.asked).toEqual([])
    // A child is configured at its parent, under the parent's own node.
    const parent = node({ claimId: parentClaim })
    owners.set(parentClaim, parent)
    expect(configure.placeOf(orphan)).toEqual({ ownNodeId: parent })
    expect(await run(documentId, 'apply', [orphan, parent])).toMatchObject([
      { nodeId: orphan, viaNodeId: parent, state: 'done' },
      { nodeId: parent, viaNodeId: null, state: 'done' },
    ])
    expect(agent.restartsOf('load')).toBe(1)
  })

  it('[AC11] a node that is away gets what is wished when it is back, under the rights its wisher has then', async () => {
    const { clock, configure, connect, make, run, stateOf, rights, personId } = createConfigureBench()
    const [one, two] = [newUuid<NodeId>(), newUuid<NodeId>()]
    const { documentId } = await make(changed('load', 1))
    expect(await run(documentId, 'apply', [one, two])).toMatchObject([
      { state: 'waiting', problem: 'The node is not connected; it is changed when it comes back.' },
      { state: 'waiting' },
    ])
    const back = connect([], one)
    configure.look()
    await until(async () => (await stateOf(documentId, one))?.state === 'applied')
    expect(back.agent.running('load')).toEqual(changed('load', 1))
    rights.delete(personId)
    const late = connect([], two)
    clock.advance(10_000)
    await until(async () => (await stateOf(documentId, two))?.state === 'failed')
    expect(late.agent.running('load')).toBeUndefined()
    expect(await stateOf(documentId, two)).toMatchObject({ problem: 'Whoever asked for this may no longer change alerts.' })
  })

  it('[AC11] a wish is taken back by restoring, and ends after 30 days', async () => {
    const { clock, make, run, stateOf, connect, configure } = createConfigureBench()
    const [one, two] = [newUuid<NodeId>(), newUuid<NodeId>()]
    const { documentId } = await make(changed('load', 1))
    await run(documentId, 'apply', [one, two])
    expect(await run(documentId, 'restore', [one])).toMatchObject([{ state: 'done' }])
    expect(await stateOf(documentId, one)).toMatchObject({ state: 'restored' })
    clock.advance(32 * 86_400_000)
    await until(async () => (await stateOf(documentId, two))?.state === 'failed')
    expect(await stateOf(documentId, two)).toMatchObject({ problem: 'The node did not come back within 30 days.' })
    const back = connect([], two)
    configure.look()
    expect(back.agent.asked).toEqual([])
  })

  it('[AC11] an agent that goes while it is asked is not lost: the wish stands', async () => {
    const { connect, configure, make, run, stateOf, clock } = createConfigureBench()
    const { nodeId, agent, disconnect } = connect([changed('stock', 1)])
    agent.moods.after = ({ action }) => {
      if (action !== 'update') return
      agent.moods.after = undefined
      throw new ThroughlineError('AGENT_UNREACHABLE', 'The link ended.')
    }
    const { documentId } = await make(changed('stock', 2))
    expect(await run(documentId, 'apply', [nodeId])).toMatchObject([{ state: 'waiting' }])
    disconnect()
    clock.advance(60_000)
    expect(await stateOf(documentId, nodeId)).toMatchObject({ state: 'waiting', original: 'was' })
    connect([], nodeId, agent)
    configure.look()
    await until(async () => (await stateOf(documentId, nodeId))?.state === 'applied')
    // It had taken the change already: it is not sent again, and what ran before is still known.
    expect(agent.restartsOf('stock')).toBe(1)
    await run(documentId, 'restore', [nodeId])
    expect(agent.running('stock')?.rules[0]?.config.conditions.warning_condition).toBe('$this > 1')
  })

  it('[AC12] a check tells what an agent runs differently, and that it is as kept again', async () => {
    const { connect, make, run, stateOf } = createConfigureBench()
    const { nodeId, agent, disconnect } = connect()
    const { documentId } = await make(changed('load', 1))
    await run(documentId, 'apply', [nodeId])
    agent.edit('load', () => changed('load', 99))
    const drifted = [{ state: 'done', problem: 'It was changed on the agent: rules.0.conditions.warning_condition.' }]
    expect(await run(documentId, 'check', [])).toMatchObject(drifted)
    expect(await stateOf(documentId, nodeId)).toMatchObject({ state: 'drifted', applied: 1, problem: drifted[0]?.problem })
    agent.edit('load', () => changed('load', 1))
    expect(await run(documentId, 'check', [nodeId])).toMatchObject([{ state: 'done', problem: null }])
    expect(await stateOf(documentId, nodeId)).toMatchObject({ state: 'applied', problem: null })
    agent.answer({
      method: 'GET',
      target: '/api/v1/config?action=remove&id=health:alert:prototype:load',
      timeoutMs: 1,
      asker: { permissions: 0x7ff, role: 'admin' },
    })
    await run(documentId, 'check', [nodeId])
    expect(await stateOf(documentId, nodeId)).toMatchObject({ state: 'drifted', problem: 'The agent no longer has this alert.' })
    disconnect()
    expect(await run(documentId, 'check', [nodeId])).toMatchObject([{ state: 'failed', problem: 'The node is not connected.' }])
    expect(await stateOf(documentId, nodeId)).toMatchObject({ state: 'drifted' })
  })

  it('[AC12] a definition that an agent tells of anew brings a check by itself; known ones, and alerts of which nothing is kept, do not', async () => {
    const { connect, configure, make, run, stateOf, clock, spaceId } = createConfigureBench()
    const { nodeId, agent } = connect()
    const { documentId } = await make(changed('load', 1))
    await run(documentId, 'apply', [nodeId])
    const tell = (name: string, configHash: AlertConfigHash) => configure.seen(spaceId, nodeId, [{ name, configHash }])
    const [first, second] = [newUuid<AlertConfigHash>(), newUuid<AlertConfigHash>()]
    const looks = () => agent.asked.filter(({ action }) => action === 'get').length
    agent.edit('load', () => changed('load', 99))
    // The first time the agent cannot be asked; it is asked again.
    let isBusy = true
    agent.moods.before = () => {
      if (!isBusy) return
      isBusy = false
      throw new ThroughlineError('AGENT_TIMEOUT', 'Busy.')
    }
    tell('load', first)
    await until(async () => {
      clock.advance(3_000)
      return (await stateOf(documentId, nodeId))?.state === 'drifted'
    })
    const before = looks()
    tell('load', first)
    tell('other', second)
    clock.advance(10_000)
    await configure.close()
    expect(looks()).toBe(before)
    expect(agent.asked.at(-1)).toMatchObject({ permissions: 0x2b, accountId: undefined })
  })

  it('[AC13] many nodes are changed a few at a time, and one after the other at one agent', async () => {
    const { connect, make, run } = createConfigureBench()
    let [atOnce, most] = [0, 0]
    const nodes = Array.from({ length: 30 }, () => {
      const node = connect()
      node.agent.moods.before = async () => {
        most = Math.max(most, ++atOnce)
        await new Promise(setImmediate)
        atOnce--
      }
      return node
    })
    const { documentId } = await make(changed('load', 1))
    const results = await run(
      documentId,
      'apply',
      nodes.map(({ nodeId }) => nodeId),
    )
    expect(results.map(({ state }) => state)).toEqual(nodes.map(() => 'done'))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(8)
  })

  it('[AC14] a document goes only when it runs nowhere', async () => {
    const { connect, make, run, configure, spaceId } = createConfigureBench()
    const { nodeId } = connect()
    const { documentId } = await make(changed('load', 1))
    await run(documentId, 'apply', [nodeId])
    await expect(configure.remove(spaceId, documentId, new Set([nodeId]))).rejects.toMatchObject({ code: 'CONFLICT' })
    // A node that is no more cannot be restored.
    await run(documentId, 'restore', [nodeId])
    expect(await configure.remove(spaceId, documentId, new Set([nodeId]))).toMatchObject({ name: 'load' })
    expect(await configure.list(spaceId)).toEqual([])
    expect(await configure.states(spaceId)).toEqual([])
    expect(await configure.remove(spaceId, documentId, new Set())).toBeUndefined()
    const again = await make(changed('load', 2))
    await run(again.documentId, 'apply', [nodeId])
    expect(await configure.remove(spaceId, again.documentId, new Set())).toMatchObject({ version: 1 })
    await expect(
      configure.start(spaceId, { documentId, action: 'apply', nodeIds: [nodeId], by: newUuid<PersonId>() }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
