/**
 * Keeps secrets that have to be read again, such as the address of a webhook: what is stored is sealed, and a seal opens only for
 * the item it was made for (security requirement D1). Where the keys lie, in files or with a key service, is the implementation's.
 */
export interface Seals {
  /** Seals a text for one item: `boundTo` is that item's key as text. Two seals of the same text differ. */
  seal(text: string, boundTo: string): string
  /**
   * The text of a seal. Throws SEAL_BROKEN when it was changed, was made for another item, or its key is no more; nothing of the
   * text is given away then.
   */
  open(sealed: string, boundTo: string): string
}
