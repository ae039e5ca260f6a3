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
      const items = await Promise.all([...new Set(hashes)].map((hash) => store.read(keys.alertConfig(spaceId, hash))))
      return items.flatMap((item) => {
        if (item === undefined) return []
        const { name, fields } = item.data as ConfigRecord
        return [{ hash: item.sort.slice('alert-config/'.length) as AlertConfigHash, name, fields }]
      })
    },
  }
}
