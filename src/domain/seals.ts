import type { KeySubject } from './key-subject.ts'

/** Whose key seals a text, and which place of which item it is for. */
export interface SealPlace {
  readonly subject: KeySubject
  /** The place as text; a seal moved elsewhere does not open. */
  readonly boundTo: string
}

/**
 * Keeps secrets that have to be read again, such as the address of a webhook: what is stored is sealed with the key of its person or
 * space, and a seal opens only for the place it was made for (security requirement D1). Both throw KEYS_UNAVAILABLE when the keys
 * cannot be had now, and STORE_UNAVAILABLE; nothing is given out unsealed then.
 */
export interface Seals {
  /** Two seals of the same text differ. Throws ERASED when the key of the subject was destroyed. */
  seal(text: string, place: SealPlace): Promise<string>
  /**
   * The text of a seal. Throws SEAL_BROKEN when it was changed, was made for another place, or its key is no more; nothing of the
   * text is given away then.
   */
  open(sealed: string, place: SealPlace): Promise<string>
}
