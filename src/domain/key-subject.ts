/** Whose key seals something, and what an erasure is about. */
export interface KeySubject {
  readonly kind: 'person' | 'space' | 'installation'
  /** A person id or a space id; 'installation' for the installation. */
  readonly id: string
}

/**
 * The keys of people and spaces, as erasing sees them. A destroyed key is gone for good: nothing sealed with it opens again, in
 * no copy of the data, and nothing is sealed with it any more. All of it may be repeated. Throws KEYS_UNAVAILABLE.
 */
export interface SubjectKeys {
  destroy(subject: KeySubject): Promise<void>
  state(subject: KeySubject): Promise<'none' | 'usable' | 'destroyed'>
}
