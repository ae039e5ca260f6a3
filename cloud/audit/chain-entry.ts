import { createHash } from 'node:crypto'
import { auditDetails, type AuditDetails } from '../../src/domain/audit-details.ts'
import type { AuditAction, AuditEvent, AuditSubject } from '../../src/domain/audit.ts'
import type { ClaimId, NodeId, PersonId, RoomId, SpaceId } from '../../src/domain/ids.ts'
import { auditLimits } from './limits.ts'

/** The chain of a space, or of the installation for what belongs to no space. */
export type ChainId = SpaceId | 'installation'

/** One link of a chain: an event, where it stands, and the hashes that hold it there. Ids only. */
export interface ChainEntry {
  /** Counts from 1. */
  readonly seq: number
  readonly atMs: number
  /** Random; the same for every delivery of this entry. */
  readonly id: string
  readonly action: AuditAction
  readonly personId?: PersonId
  readonly via: AuditEvent['via']
  readonly subject?: AuditSubject
  readonly roomIds?: readonly RoomId[]
  readonly nodeId?: NodeId
  readonly claimId?: ClaimId
  readonly details?: AuditDetails
  /** Hash of the entry before; of the first one {@link firstPrev}. */
  readonly prev: string
  /** SHA-256 in hex, see {@link hashOf}. */
  readonly hash: string
}

/** Where a chain stands, or where it began. */
export interface ChainPlace {
  readonly seq: number
  readonly hash: string
  readonly atMs: number
}

/** What stands before the first entry. */
export const firstPrev = '0'.repeat(64)
export const beforeFirst: ChainPlace = { seq: 0, hash: firstPrev, atMs: 0 }

/** The chain an event belongs to. */
export function chainOf(event: Pick<AuditEvent, 'spaceId'>): ChainId {
  return event.spaceId ?? 'installation'
}

/**
 * SHA-256 over `throughline-audit-1`, a line feed, the chain's id, a line feed, and the entry without its hash as JSON whose members
 * are in the order of their names at every depth. Whoever has an export can work it out again.
 */
export function hashOf(chainId: string, entry: Readonly<Record<string, unknown>>): string {
  const content = Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'hash'))
  return createHash('sha256')
    .update(`throughline-audit-1\n${chainId}\n${canonicalJson(content)}`)
    .digest('hex')
}

/** JSON without white space, members by the order of their names, undefined ones left out. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

/** The event as the entry after `tail`. Its time never goes back, so that a chain can be searched by time. */
export function linkEntry(chainId: ChainId, tail: ChainPlace, id: string, event: AuditEvent, nowMs: number): ChainEntry {
  const { action, personId, via, subject, roomIds, nodeId, claimId, details } = event
  const entry = {
    seq: tail.seq + 1,
    atMs: Math.max(nowMs, tail.atMs),
    id,
    action,
    via,
    ...(personId === undefined ? {} : { personId }),
    ...(subject === undefined ? {} : { subject: { kind: subject.kind, id: subject.id.slice(0, 256) } }),
    ...(roomIds === undefined || roomIds.length === 0 ? {} : { roomIds: roomIds.slice(0, 100) }),
    ...(nodeId === undefined ? {} : { nodeId }),
    ...(claimId === undefined ? {} : { claimId }),
    ...(details === undefined ? {} : { details: cutDetails(details) }),
    prev: tail.hash,
  }
  return { ...entry, hash: hashOf(chainId, entry) }
}

/** What a caller without types may have brought besides is left out, and so is what is too much. */
function cutDetails(details: AuditDetails): AuditDetails {
  return Object.fromEntries(
    Object.entries(details)
      .filter(([name, value]) => Object.hasOwn(auditDetails, name) && value !== undefined)
      .slice(0, auditLimits.details)
      .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, auditLimits.detailLength) : value]),
  )
}
