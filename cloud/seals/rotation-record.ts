import { z } from 'zod'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { ItemKey, ItemWrite, MetadataStore } from '../store/port.ts'

const cursor = z.object({ partition: z.string(), sort: z.string() }).nullable()

const running = z.object({
  startedAtMs: z.number(),
  stage: z.enum(['keys', 'items', 'drop']),
  isDataKeys: z.boolean(),
  /** The master that everything is being wrapped with; another one begins the walk again. */
  master: z.string().nullable(),
  after: cursor,
  /** Something was found that a key sealed which was to be dropped. */
  hasFound: z.boolean(),
})

const past = z.object({ ended: z.array(z.object({ startedAtMs: z.number(), endedAtMs: z.number() })) })

/** A rotation that has not ended, and how far it is. */
export type Rotation = z.output<typeof running>
/** A rotation of data keys that ended: from `endedAtMs` on nothing was sealed any more with keys made before `startedAtMs`. */
export type PastRotation = z.output<typeof past>['ended'][number]

const runningPlace: ItemKey = { partition: 'seal-rotation', sort: 'running' }
const pastPlace: ItemKey = { partition: 'seal-rotation', sort: 'past' }

/** What is noted of rotations, apart from the data. */
export interface RotationRecords {
  running(): Promise<Rotation | undefined>
  /** The one that runs: this one, or one that began before and has not ended. */
  begin(rotation: Rotation): Promise<Rotation>
  /** Notes how far it is. Throws CONFLICT when another process has ended it meanwhile. */
  note(rotation: Rotation): Promise<void>
  past(): Promise<readonly PastRotation[]>
  /** Notes what ended; the list replaces the one before. */
  notePast(ended: readonly PastRotation[]): Promise<void>
  /** Nothing is running any more. */
  end(): Promise<void>
}

export function createRotationRecords(apart: MetadataStore): RotationRecords {
  const itemOf = (place: ItemKey, data: Rotation | z.output<typeof past>): ItemWrite => ({ ...place, kind: 'seal-key', data })
  const read = async () => {
    const item = await apart.read(runningPlace)
    return item && { revision: item.revision, rotation: running.parse(item.data) }
  }
  return {
    running: async () => (await read())?.rotation,
    async begin(rotation) {
      for (;;) {
        const before = await read()
        if (before !== undefined) return before.rotation
        await apart.write(itemOf(runningPlace, rotation), 'absent')
      }
    },
    async note(rotation) {
      for (;;) {
        const before = await read()
        if (before?.rotation.startedAtMs !== rotation.startedAtMs)
          throw new ThroughlineError('CONFLICT', 'Another process has ended this rotation; npx throughline keys shows how the keys are.')
        if ((await apart.write(itemOf(runningPlace, rotation), before.revision)) !== undefined) return
      }
    },
    async past() {
      const item = await apart.read(pastPlace)
      return item === undefined ? [] : past.parse(item.data).ended
    },
    async notePast(ended) {
      for (;;) {
        const before = await apart.read(pastPlace)
        if ((await apart.write(itemOf(pastPlace, { ended: [...ended] }), before?.revision ?? 'absent')) !== undefined) return
      }
    },
    async end() {
      for (;;) {
        const before = await read()
        if (before === undefined || (await apart.remove(runningPlace, before.revision))) return
      }
    },
  }
}
