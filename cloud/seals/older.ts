import type { Seals } from '../../src/domain/seals.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { ItemKey, MetadataStore } from '../store/port.ts'
import { createResealer, type Resealed } from './reseal.ts'
import type { KeyRing } from './subject-keys.ts'

/** Beside the data, so that a copy of before that is put back is sealed again. */
const place: ItemKey = { partition: 'seal-installation', sort: 'older-sealed' }
const tellEveryMs = 2_000

export interface OlderDeps {
  /** The items as they lie at rest. */
  readonly raw: MetadataStore
  readonly ring: KeyRing
  readonly seals: Seals
  readonly clock: Clock
  /** Hears how many items were looked at, now and then. */
  readonly tell?: (seen: number) => void
}

/** Seals all that an older version left in the open and takes away what has expired. May be repeated. Throws KEYS_UNAVAILABLE, STORE_UNAVAILABLE. */
export async function sealOlderItems({ raw, ring, seals, clock, tell = () => {} }: OlderDeps): Promise<Resealed> {
  // What has expired cannot be written any more, and so not be sealed.
  await raw.purgeExpired()
  let [seen, toldAtMs] = [0, clock.monotonicMs()]
  const all = await createResealer({ raw, ring, seals, until: 'sealed' }).all(undefined, async (page) => {
    seen += page.seen
    if (clock.monotonicMs() - toldAtMs < tellEveryMs) return
    toldAtMs = clock.monotonicMs()
    tell(seen)
  })
  const before = await raw.read(place)
  await raw.write({ ...place, kind: 'installation', data: { olderSealedAtMs: clock.nowMs() } }, before?.revision ?? 'absent')
  return all
}

/** As `sealOlderItems`, at the first start with this data alone: before the log of changes or a backup copies it. */
export async function sealOlderOnce(deps: OlderDeps): Promise<Resealed | undefined> {
  return (await deps.raw.read(place)) === undefined ? sealOlderItems(deps) : undefined
}
