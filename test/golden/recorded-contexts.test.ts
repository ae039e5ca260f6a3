import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fromBinary } from '@bufbuild/protobuf'
import { ContextsSnapshotSchema } from '../../src/aclk/messages/index.ts'
import { claimAgent, startMetadata } from '../doubles/agents/metadata-agents.ts'

const fixtures = new URL('../../../shared/fixtures/aclk/', import.meta.url)

/** The payloads of every context snapshot in a recorded session. */
function snapshotsOf(agent: string): Uint8Array[] {
  const lines = readFileSync(new URL(`${agent}/first-connect.jsonl`, fixtures), 'utf8')
    .trim()
    .split('\n')
  return lines
    .map((line) => JSON.parse(line) as { dir: string; type?: string; payload?: string })
    .filter(({ dir, type }) => dir === 'agent' && type?.endsWith('ContextsSnapshot') === true)
    .map(({ payload }) => Buffer.from(payload ?? '', 'base64'))
}

describe('recorded context snapshots', () => {
  it.each(['1.37.1', '2.10.4', '2.11.0-84-nightly'])('[CTX16] those of %s are stored in full under the announced hash', async (version) => {
    expect(existsSync(fixtures), 'the recorded sessions are not beside the project, at ../shared/fixtures/aclk').toBe(true)
    const lab = await startMetadata()
    const agent = await claimAgent(lab.metadata, lab.spaceId)
    const snapshots = snapshotsOf(version)
    expect(snapshots.length).toBeGreaterThan(0)
    for (const payload of snapshots) {
      const wire = fromBinary(ContextsSnapshotSchema, payload)
      const contexts = wire.contexts.map((context) => ({
        id: context.id,
        version: context.version,
        firstEntryS: context.firstEntry,
        lastEntryS: context.lastEntry,
        title: context.title,
        priority: Number(context.priority),
        chartType: context.chartType,
        units: context.units,
        family: context.family,
      }))
      expect(await lab.metadata.contexts.snapshot(agent, agent.nodeId, contexts)).toBe(wire.version)
      const listed = await lab.metadata.contexts.list(lab.spaceId, agent.nodeId)
      expect(
        listed.map(({ id, title, units, family, priority, chartType }) => ({ id, title, units, family, priority, chartType })),
      ).toEqual(
        contexts
          .map(({ id, title, units, family, priority, chartType }) => ({ id, title, units, family, priority, chartType }))
          .sort((a, b) => (a.id < b.id ? -1 : 1)),
      )
    }
    await lab.dispose()
  })
})
