import type { AlertConfig } from '../../../src/domain/model.ts'
import type { AlertConfigHash, ClaimId, SpaceId } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore } from '../../store/port.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import type { Ownership } from '../nodes/ownership.ts'
import { cleanText } from '../text-rules.ts'

/** How alerts are defined, once in a space under the hash agents give them. */
export interface AlertConfigs {
  /** Which of these are neither stored nor refused. */
  missing(agent: ClaimedAgent, hashes: readonly AlertConfigHash[]): Promise<AlertConfigHash[]>
  /** Stores a configuration once. One over 16 KiB, or over the 4,000 for each node of an agent, is dropped and not asked for again. */
  put(agent: ClaimedAgent, config: AlertConfig): Promise<void>
  get(spaceId: SpaceId, hashes: readonly AlertConfigHash[]): Promise<AlertConfig[]>
}

type ConfigRecord = { name: string; fields: { [name: string]: string | number } }

/** What is kept of a configuration (aclk §6.7, `AlarmConfiguration`; security requirement P3). */
const keptFields = new Set(
  (
    'alarm template on_chart classification type component os hosts plugin module charts families lookup every units green red ' +
    'calculation_expr warning_expr critical_expr recipient exec delay repeat info options host_labels p_db_lookup_after ' +
    'p_db_lookup_before p_db_lookup_dimensions p_db_lookup_method p_db_lookup_options p_update_every chart_labels summary'
  ).split(' '),
)

const settledMax = 50_000
/** Definitions that lists ask for again and again; they never change under their hash. Characters of text. */
const rememberedChars = 8 * 1024 * 1024

export function createAlertConfigs({ store, ownership, log }: { store: MetadataStore; ownership: Ownership; log: Log }): AlertConfigs {
  /** Pairs of space and hash that need no question: stored, or refused since this process started. */
  const settled = new Set<string>()
  /** Written since this process started, by the claim they came through. */
  const storedThrough = new Map<ClaimId, number>()
  const pair = (spaceId: SpaceId, hash: AlertConfigHash) => `${spaceId}/${hash}`
  const settle = (spaceId: SpaceId, hash: AlertConfigHash) => {
    if (settled.size >= settledMax) settled.clear()
    settled.add(pair(spaceId, hash))
  }

  /** By space and hash, the one asked for longest ago first. */
  const remembered = new Map<string, { readonly config: AlertConfig; readonly chars: number }>()
  let chars = 0
  const remember = (spaceId: SpaceId, config: AlertConfig): void => {
    const size = JSON.stringify(config).length
    const key = pair(spaceId, config.hash)
    if (!remembered.has(key)) chars += size
    remembered.set(key, { config, chars: size })
    for (const [oldest, { chars: freed }] of remembered) {
      if (chars <= rememberedChars) break
      remembered.delete(oldest)
      chars -= freed
    }
  }
  const recall = (spaceId: SpaceId, hash: AlertConfigHash): AlertConfig | undefined => {
    const key = pair(spaceId, hash)
    const known = remembered.get(key)
    if (known === undefined) return undefined
    remembered.delete(key)
    remembered.set(key, known)
    return known.config
  }

  return {
    async missing({ spaceId }, hashes) {
      const missing: AlertConfigHash[] = []
      for (const hash of new Set(hashes)) {
        if (missing.length === metadataLimits.alertConfigs) break
        if (canonicalUuid(hash) !== hash || settled.has(pair(spaceId, hash))) continue
        if ((await store.read(keys.alertConfig(spaceId, hash))) === undefined) missing.push(hash)
        else settle(spaceId, hash)
      }
      return missing
    },

    async put(agent, { hash, name, fields }) {
      const { spaceId, claimId } = agent
      if (canonicalUuid(hash) !== hash || settled.has(pair(spaceId, hash))) return
      const kept = Object.entries(fields).filter(
        ([field, value]) => keptFields.has(field) && (typeof value === 'string' || Number.isFinite(value)),
      )
      const record: ConfigRecord = { name: cleanText(name, metadataLimits.factBytes), fields: Object.fromEntries(kept) }
      const stored = storedThrough.get(claimId) ?? 0
      const most = metadataLimits.alertConfigs * Math.max(1, ownership.count(agent))
      const isTooLarge = Buffer.byteLength(JSON.stringify(record)) > metadataLimits.alertConfigBytes
      if (isTooLarge || stored >= most) {
        log.warn('alert_config_dropped', { reason: isTooLarge ? 'size' : 'count' })
      } else {
        // Counted before the write: many may be under way at once.
        storedThrough.set(claimId, stored + 1)
        await store.write({ ...keys.alertConfig(spaceId, hash), kind: 'alert-config', data: record }, 'absent')
      }
      settle(spaceId, hash)
    },

    async get(spaceId, hashes) {
      const found = await Promise.all(
        [...new Set(hashes)].map(async (hash): Promise<AlertConfig | undefined> => {
          const known = recall(spaceId, hash)
          if (known !== undefined) return known
          const item = await store.read(keys.alertConfig(spaceId, hash))
          if (item === undefined) return undefined
          const { name, fields } = item.data as ConfigRecord
          const config = { hash, name, fields }
          remember(spaceId, config)
          return config
        }),
      )
      return found.filter((config) => config !== undefined)
    },
  }
}
