import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../store/port.ts'
import { banKinds, banLimits, canonicalValue, type Ban, type BanKind } from './ban.ts'

const partition = 'bans'
const keyOf = (banId: string): ItemKey => ({ partition, sort: `ban/${banId}` })
const banData = z.object({
  kind: z.enum(banKinds),
  value: z.string(),
  reason: z.string(),
  atMs: z.number(),
  untilMs: z.number(),
  by: z.string(),
})

/** Who is kept out of this installation. */
export interface Bans {
  /** Those in force, newest first. */
  list(): Promise<readonly Ban[]>
  /** Throws BODY_UNPROCESSABLE for what cannot be banned, LIMIT_REACHED over 1,000 bans. */
  add(wish: { kind: BanKind; value: string; reason: string; forMs: number; by: string }): Promise<Ban>
  /** The ban that ended; undefined when there is no such. */
  remove(banId: string): Promise<Ban | undefined>
}

export function createBans({ store, clock }: { readonly store: MetadataStore; readonly clock: Clock }): Bans {
  const list = async () => {
    const bans: Ban[] = []
    let after: string | undefined
    do {
      const page = await store.list(partition, { prefix: 'ban/', ...(after === undefined ? {} : { after }) })
      bans.push(...page.items.map(banOf))
      after = page.next
    } while (after !== undefined)
    return bans.sort((a, b) => b.atMs - a.atMs)
  }
  return {
    list,
    async add({ kind, value, reason, forMs, by }) {
      const canonical = canonicalValue(kind, value)
      if ((await list()).length >= banLimits.bans)
        throw new ThroughlineError('LIMIT_REACHED', `There are ${banLimits.bans} bans; remove some first.`)
      const atMs = clock.nowMs()
      const untilMs = atMs + Math.min(Math.max(forMs, 1_000), banLimits.maxMs)
      const ban: Ban = { banId: randomUUID(), kind, value: canonical, reason: reason.slice(0, banLimits.reasonLength), atMs, untilMs, by }
      const { banId, ...data } = ban
      await store.write({ ...keyOf(banId), kind: 'ban', data, expiresAtMs: untilMs }, 'absent')
      return ban
    },
    async remove(banId) {
      const item = await store.read(keyOf(banId))
      if (item === undefined) return undefined
      return (await store.remove(item, item.revision)) ? banOf(item) : undefined
    },
  }
}

function banOf(item: StoredItem): Ban {
  return { banId: item.sort.slice('ban/'.length), ...banData.parse(item.data) }
}
