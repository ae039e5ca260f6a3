import type { ItemKind } from '../kinds.ts'

/**
 * Kinds that are not mirrored and yet go into the log of changes: what a restored backup must not lose by a day, because
 * somebody could get in no more, get in again, or an order would be forgotten. Never caches and hot state.
 */
export const alsoLogged: ReadonlySet<ItemKind> = new Set<ItemKind>([
  'api-token',
  'audit-delivery',
  'audit-entry',
  'audit-head',
  'ban',
  'channel',
  'claim-token',
  'claim-tokens',
  'egress-manifest',
  'erasure-certificate',
  'identity',
  'installation',
  'machine-guid',
  'membership',
  'passkey',
  'person-email',
  'person-identity',
  'privacy-request',
  'push-target',
  'retention-settings',
  'sign-in-provider',
])
