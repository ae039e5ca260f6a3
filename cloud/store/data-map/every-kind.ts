import { accountKinds } from './account.ts'
import { alertKinds } from './alert-configuration.ts'
import { auditKinds } from './audit.ts'
import { channelKinds } from './channel-secret.ts'
import { contextKinds } from './contexts.ts'
import type { Of } from './field.ts'
import type { KindFacts } from './kind-facts.ts'
import { nodeKinds } from './node.ts'
import { operationKinds } from './operations.ts'
import { privacyKinds } from './privacy.ts'
import { spaceKinds } from './spaces.ts'

const drawn = {
  ...accountKinds,
  ...spaceKinds,
  ...nodeKinds,
  ...contextKinds,
  ...alertKinds,
  ...channelKinds,
  ...auditKinds,
  ...operationKinds,
  ...privacyKinds,
}

/** What an item is about. Nothing else can be stored: this is the one list of kinds there is. */
export type ItemKind = keyof typeof drawn

/** What may be written in an item of a kind. */
export type DataOfKind<K extends ItemKind> = Of<(typeof drawn)[K]['data']>

/** The data map: everything that can be stored, once (D2). */
export const dataMap: Readonly<Record<ItemKind, KindFacts>> = drawn

export const kindNames = Object.keys(drawn) as readonly ItemKind[]
