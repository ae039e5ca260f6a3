import type { KeySubject } from './key-subject.ts'
import type { SealPlace } from './seals.ts'

interface Key {
  readonly partition: string
  readonly sort: string
}

const spaceKey = (id: string): KeySubject => ({ kind: 'space', id })
const ofItem = ({ partition, sort }: Key) => `${partition}\n${sort}`
const spaceOf = ({ partition }: Key) => partition.slice('space/'.length)

/** Where the secrets of a channel are sealed. */
export const channelPlace = (key: Key): SealPlace => ({ subject: spaceKey(spaceOf(key)), boundTo: ofItem(key) })

/** Where the address of somebody's browser is sealed: with their key, though the item lies in the space. */
export const browserPlace = (key: Key, personId: string): SealPlace => ({
  subject: { kind: 'person', id: personId },
  boundTo: ofItem(key),
})

/** Where the secret of a space's sign-in provider is sealed. */
export const providerPlace = (spaceId: string): SealPlace => ({ subject: spaceKey(spaceId), boundTo: `sign-in-provider ${spaceId}` })

/** Where the address and the secret of an audit delivery are sealed. */
export const deliveryPlace = (spaceId: string, what: 'url' | 'secret'): SealPlace => ({
  subject: spaceKey(spaceId),
  boundTo: `audit-deliveries/${spaceId}/${what}`,
})

/** One field that its service seals itself, so that a list does not open it. */
export interface SelfSealed {
  readonly path: readonly string[]
  readonly placeOf: (item: Key & { readonly data: unknown }) => SealPlace
}

/** Every field that a service seals itself, by kind: the store leaves those alone, and a rotation finds them here. */
export const selfSealed: Readonly<Record<string, readonly SelfSealed[]>> = {
  channel: [{ path: ['sealed'], placeOf: channelPlace }],
  'push-target': [{ path: ['sealed'], placeOf: (item) => browserPlace(item, (item.data as { personId: string }).personId) }],
  'sign-in-provider': [{ path: ['sealedSecret'], placeOf: (item) => providerPlace(spaceOf(item)) }],
  'audit-delivery': [
    { path: ['webhook', 'sealedUrl'], placeOf: ({ sort }) => deliveryPlace(sort, 'url') },
    { path: ['webhook', 'sealedSecret'], placeOf: ({ sort }) => deliveryPlace(sort, 'secret') },
  ],
}
