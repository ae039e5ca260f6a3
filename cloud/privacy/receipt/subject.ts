/** A space that somebody is in. */
export interface OwnSpace {
  readonly spaceId: string
  readonly name: string
  readonly isAdmin: boolean
}

/** Who asks, as the rows may name them. */
export interface Subject {
  readonly personId: string
  /** Ids, addresses and hashes by which rows name the person. */
  readonly names: readonly string[]
  readonly spaces: readonly OwnSpace[]
}
