import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { claimAgent, nodeInfo, someContexts, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import { dataMap, leavesOf } from '../../store/data-map/data-map.ts'
import type { MetadataStore, PendingChange } from '../../store/port.ts'
import { misfitOf } from '../check-row.ts'
import { createPseudonym } from './pseudonyms.ts'
import { createRowMaker } from './row-maker.ts'
import { mirroredKinds, mirrorTables } from './tables.ts'
import { mirrorViews, viewsWanted } from './views.ts'

const pseudonym = createPseudonym(Buffer.alloc(32, 1))
const placed = (change: PendingChange) => ({ change, order: 5, atMs: 1_800_000_000_000 })
const spaceId = '7c9a4a52-5d0a-4c42-9d39-0f9ce5f7f9a1'
const personId = '0b5c1f0e-6a7b-4c8d-9e0f-112233445566'

it('[MI30] a table stands for each mirrored kind, and no column for what the data map does not give to the mirror', () => {
  expect(mirrorTables.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'people',
      'spaces',
      'rosters',
      'rooms',
      'nodes',
      'claims',
      'node_contexts',
      'context_sheets',
      'alert_states',
      'alert_configs',
      'boards',
      'silences',
    ]),
  )
  for (const { kind, table, leaves } of mirroredKinds.values()) {
    const names = table.columns.map(({ name }) => name)
    expect(new Set(['key', 'revision', 'changed_at', ...names]).size, kind).toBe(names.length + 3)
    const secret = new Set(leavesOf(kind).flatMap(({ path, facts }) => (facts.mirror === 'none' ? [path] : [])))
    expect(leaves.filter(({ path }) => secret.has(path))).toEqual([])
    // What is sealed, what is a hash and what names somebody never leaves as it is.
    const clear = leavesOf(kind).filter(({ facts }) => facts.mirror === 'same' && (facts.seal !== 'none' || facts.names !== undefined))
    expect(clear, kind).toEqual([])
  }
  expect(mirrorViews.map(({ name }) => name)).toEqual(viewsWanted)
})

it('[MI31] (D6) a person’s row has neither address nor name nor id, and a roster names its people by pseudonyms', async () => {
  const makeRow = createRowMaker({ pseudonym, store: createMemoryStore(createHandClock()) })
  const person = await makeRow(
    placed({
      partition: `person#${personId}`,
      sort: 'person',
      kind: 'person',
      revision: 3,
      data: { email: 'ada@example.org', name: 'Ada Lovelace', createdAtMs: 1_700_000_000_000, hasSecondFactor: true },
      isDeleted: false,
    }),
  )
  expect(person).toEqual({
    table: 'people',
    key: pseudonym('item', `person#${personId}\nperson`),
    revision: 5,
    changedAtMs: 1_800_000_000_000,
    isDeleted: false,
    cells: {
      person: pseudonym('person', personId),
      created_at: 1_700_000_000_000,
      is_unused: null,
      has_second_factor: true,
      item_revision: 3,
    },
  })
  const invitation = { invitationId: 'secret', byPersonId: personId, expiresAtMs: 1 }
  const roster = await makeRow(
    placed({
      partition: `space/${spaceId}`,
      sort: 'roster',
      kind: 'roster',
      revision: 1,
      data: {
        members: [
          { memberId: 'm1', personId, role: 'admin', sinceMs: 1 },
          { memberId: 'm2', personId: 'other', role: 'observer', sinceMs: 1, invitation },
        ],
      },
      isDeleted: false,
    }),
  )
  expect(roster?.cells).toMatchObject({
    space: pseudonym('space', spaceId),
    members_person: [pseudonym('person', personId), pseudonym('person', 'other')].sort(),
    members_role: ['admin', 'observer'],
    members_count: 2,
    admins_count: 1,
    invitations_count: 1,
  })
  expect(JSON.stringify([person, roster])).not.toMatch(/ada[@ ]|lovelace|example|secret|0b5c1f0e|7c9a4a52/i)
})

it('[MI31] (D6) nothing that an agent told of its host but facts, names of contexts and counts is in any row', async () => {
  let store: MetadataStore | undefined
  const lab = await startMetadata((real) => (store = real))
  const { metadata, spaceId: space } = lab
  const { token } = await metadata.claimTokens.issue({ spaceId: space, roomIds: [], validForMs: 3_600_000, uses: 1 })
  const agent = await claimAgent(metadata, space, { token, hostname: 'payroll-db-7' })
  await metadata.nodes.nodeOf(agent, { machineGuid: agent.machineGuid, hostname: 'payroll-db-7', hops: 0 })
  await metadata.nodes.info(agent, agent.machineGuid, nodeInfo('payroll-db-7'))
  await metadata.contexts.snapshot(agent, agent.nodeId, someContexts(30, 1_795_296_434))
  if (store === undefined) throw new Error('no store')
  const makeRow = createRowMaker({ pseudonym, store })
  const { items } = await store.everything()
  const rows = []
  for (const item of items) {
    const row = await makeRow(placed(item))
    expect(row === undefined).toBe(!dataMap[item.kind].mirrored)
    if (row === undefined) continue
    expect(
      misfitOf(
        row,
        mirrorTables.find(({ name }) => name === row.table),
      ),
    ).toBeUndefined()
    rows.push(row)
  }
  const contexts = rows.find(({ table }) => table === 'node_contexts')
  expect(contexts?.cells).toMatchObject({ node: pseudonym('node', agent.nodeId), contexts: 30 })
  expect(contexts?.cells['context_names']).toHaveLength(30)
  const node = rows.find(({ table }) => table === 'nodes')
  expect(node?.cells).toMatchObject({ hostname: pseudonym('hostname', 'payroll-db-7'), info_os_name: nodeInfo('x').osName })
  const text = JSON.stringify(rows)
  expect(text).not.toContain('payroll')
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/i)
  await lab.dispose()
})

it('[MI31] what is deleted has a row without content, and a damaged blob tells nothing instead of holding up the rest', async () => {
  const makeRow = createRowMaker({ pseudonym, store: createMemoryStore(createHandClock()) })
  const gone = await makeRow(
    placed({ partition: `space/${spaceId}`, sort: 'node/1', kind: 'node', revision: 3, data: null, isDeleted: true }),
  )
  expect(gone).toMatchObject({ table: 'nodes', isDeleted: true, cells: {} })
  const damaged = await makeRow(
    placed({
      partition: `space/${spaceId}`,
      sort: 'alerts/1/2',
      kind: 'node-alerts',
      revision: 3,
      data: { alerts: 3, version: '1', sequenceId: '1' },
      blob: Uint8Array.of(1, 2, 3),
      isDeleted: false,
    }),
  )
  expect(damaged?.cells).toMatchObject({ alerts: 3, item_revision: 3 })
})
