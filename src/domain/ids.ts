import { ThroughlineError } from '../errors/throughline-error.ts'

declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

/** Many ids here are UUID strings; a type of its own for each lets the compiler catch a swap. */
export type SpaceId = Id<'space'>
export type RoomId = Id<'room'>
export type BoardId = Id<'board'>
export type NodeId = Id<'node'>
export type ClaimId = Id<'claim'>
export type MachineGuid = Id<'machine-guid'>
export type PersonId = Id<'person'>
export type SignInId = Id<'sign-in'>
/** A person's membership of one space; another space, or a return after leaving, has another id. */
export type MemberId = Id<'member'>
export type RuleId = Id<'rule'>
export type ChannelId = Id<'channel'>
export type SilenceId = Id<'silence'>
export type ClaimTokenId = Id<'claim-token'>
export type ApiTokenId = Id<'api-token'>
export type AlertConfigHash = Id<'alert-config'>

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The lower-case canonical form of a UUID of any version, or undefined. Security requirement C4. */
export function canonicalUuid(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length !== 36) return undefined
  const lower = text.toLowerCase()
  return uuidPattern.test(lower) ? lower : undefined
}

/** Reads an id from the outside; throws `code` when it is not a UUID. */
export function parseId<T extends string>(
  text: unknown,
  code: 'BODY_UNPROCESSABLE' | 'CLAIM_ID_INVALID' | 'NOT_FOUND' | 'LINK_PROTOCOL',
  what: string,
): T {
  const canonical = canonicalUuid(text)
  if (canonical === undefined) throw new ThroughlineError(code, `${what} is not a UUID.`)
  return canonical as T
}
