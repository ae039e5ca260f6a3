import { nodeWords } from './count-words.ts'

/** A claim token as it is listed: never its secret. */
export interface ClaimTokenRow {
  readonly tokenId: string
  readonly name: string
  readonly createdAtMs: number
  readonly createdBy: { readonly personId: string; readonly email: string | null } | null
  readonly expiresAtMs: number
  readonly uses: number
  readonly usesLeft: number
  /** Empty: nodes that join with it come into no room but "All nodes". */
  readonly roomIds: readonly string[]
  readonly origin: 'hand' | 'rotation' | 'host'
  readonly state: 'active' | 'grace' | 'ended'
}

/** What a new claim token may do. */
export interface ClaimTokenWish {
  readonly name: string
  readonly validForMs: number
  readonly uses: number
  readonly roomIds: readonly string[]
}

const hourMs = 3_600_000
/** For how long a claim token can be made, in words. */
export const lifeChoices: readonly { readonly validForMs: number; readonly words: string }[] = [
  { validForMs: hourMs, words: '1 hour' },
  { validForMs: 24 * hourMs, words: '1 day' },
  { validForMs: 7 * 24 * hourMs, words: '7 days' },
  { validForMs: 30 * 24 * hourMs, words: '30 days' },
]

export const stateWords: Readonly<Record<ClaimTokenRow['state'], string>> = {
  active: 'Active',
  grace: 'Replaced, still works',
  ended: 'Ended',
}

/** What is left of a token, in words. */
export const leftWords = ({ uses, usesLeft }: Pick<ClaimTokenRow, 'uses' | 'usesLeft'>): string =>
  usesLeft === 0 ? 'used up' : `lets in ${nodeWords(usesLeft)} of ${uses}`

const originWords: Readonly<Record<ClaimTokenRow['origin'], string>> = {
  hand: 'Claim token',
  rotation: 'Made by a program',
  host: 'This host’s own agent',
}

/** What a token is called: its name, or where it comes from. */
export const tokenTitle = ({ name, origin }: Pick<ClaimTokenRow, 'name' | 'origin'>): string => (name === '' ? originWords[origin] : name)
