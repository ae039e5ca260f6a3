import { expect, it } from 'vitest'
import { auditLimits } from '../../cloud/audit/limits.ts'
import { banLimits } from '../../cloud/bans/ban.ts'
import { configureLimits } from '../../cloud/configure/limits.ts'
import { identityLimits } from '../../cloud/identity/limits.ts'
import { retentionDaysMax } from '../../cloud/metadata/deleted/restorable.ts'
import { dataMap, type ItemKind } from '../../cloud/store/data-map/data-map.ts'
import { readConfig } from '../../src/config/read-config.ts'

it('[DM20] (D2) how long the map says that something stays is how long the code keeps it', () => {
  const kept = {
    'sign-in-link': identityLimits.signInLinkMs,
    'sign-in': identityLimits.refreshAbsoluteMs,
    'sign-in-flow': Math.max(identityLimits.flowMs, identityLimits.challengeMs),
    'address-change': identityLimits.addressChangeMs,
    'api-token': identityLimits.apiTokenMaxMs,
    ban: banLimits.maxMs,
    board: retentionDaysMax * 86_400_000,
    'alert-run': configureLimits.runKeptMs,
    'audit-entry': auditLimits.keptMs,
    'audit-head': auditLimits.keptMs,
  } satisfies Partial<Record<ItemKind, number>>
  expect(Object.fromEntries(Object.keys(kept).map((kind) => [kind, dataMap[kind as ItemKind].retentionMs]))).toEqual(kept)
  expect(dataMap['feed-event'].retentionMs).toBe(365 * 86_400_000)
  expect(() => readConfig({ THROUGHLINE_FEED_DAYS: '366' })).toThrow('THROUGHLINE_FEED_DAYS')
})
