import type { Seals } from '../../src/domain/seals.ts'
import { sealBroken } from './key-provider.ts'
import type { SealKey } from './master-keys.ts'
import { isOldSeal, openOldSeal } from './old-seals.ts'
import { keyIdOf, openText, sealText } from './seal-text.ts'
import { keyToOpen, type KeyRing } from './subject-keys.ts'

/**
 * Seals with AES-256-GCM: a fresh nonce each, bound to their place, with the newest key of their subject; all its keys open.
 * `oldKeys` answers the keys that older versions sealed with, which still open.
 */
export function createSeals(ring: KeyRing, oldKeys: () => readonly SealKey[] = () => []): Seals {
  return {
    async seal(text, place) {
      return sealText(text, await ring.sealing(place.subject), place)
    },

    async open(sealed, place) {
      if (isOldSeal(sealed)) return openOldSeal(sealed, place.boundTo, oldKeys())
      const keyId = keyIdOf(sealed)
      if (keyId === undefined) throw sealBroken()
      return openText(sealed, keyToOpen(await ring.opening(place.subject, keyId)), place)
    },
  }
}
