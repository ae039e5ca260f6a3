import { BlockList, isIP } from 'node:net'
import { canonicalUuid } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

export const banKinds = ['ip', 'cidr', 'account', 'claim'] as const
export type BanKind = (typeof banKinds)[number]

/** Whom the operator keeps out, and until when. Times are epoch milliseconds. */
export interface Ban {
  readonly banId: string
  readonly kind: BanKind
  /** An address, a network, the id of a person, or a claim id; in its one canonical form. */
  readonly value: string
  readonly reason: string
  readonly atMs: number
  readonly untilMs: number
  /** Who made it: the id of a person, or `operator` for the command line. */
  readonly by: string
}

/** What a ban may hold; tests read the same numbers. */
export const banLimits = {
  bans: 1_000,
  reasonLength: 200,
  defaultMs: 7 * 24 * 3_600_000,
  maxMs: 3_650 * 24 * 3_600_000,
  /** The widest networks that can be banned at once: a slip must not shut the whole door. */
  widestV4: 8,
  widestV6: 16,
  /** How often a running cloud looks whether bans changed. */
  lookMs: 2_000,
} as const

/** The one form of what is banned. Throws BODY_UNPROCESSABLE in a sentence. */
export function canonicalValue(kind: BanKind, text: string): string {
  switch (kind) {
    case 'ip':
      return canonicalAddress(text) ?? refuse('Name an IPv4 or IPv6 address.')
    case 'cidr': {
      const [address = '', bits = '', ...more] = text.trim().split('/')
      const canonical = canonicalAddress(address)
      const width = canonical === undefined || isIP(canonical) === 4 ? 32 : 128
      const widest = width === 32 ? banLimits.widestV4 : banLimits.widestV6
      if (canonical === undefined || more.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > width)
        return refuse('Name a network such as 203.0.113.0/24.')
      if (Number(bits) < widest) return refuse(`That network is too wide to be banned at once; /${widest} is the widest.`)
      return `${canonical}/${Number(bits)}`
    }
    case 'account':
      return canonicalUuid(text.trim()) ?? refuse('Name a person by the id.')
    case 'claim':
      return canonicalUuid(text.trim()) ?? refuse('Name a claim by its id.')
  }
}

function refuse(sentence: string): never {
  throw new ThroughlineError('BODY_UNPROCESSABLE', sentence)
}

/** An address in lower case, without its IPv4-in-IPv6 dress and zone; undefined for what is none. */
function canonicalAddress(text: string): string | undefined {
  const plain = text.trim()
  if (isIP(plain) === 4) return plain
  if (isIP(plain) !== 6 || plain.includes('%')) return undefined
  const six = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  // However the IPv4 address in it was written, this is how it comes out.
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(six) ?? []
  if (high === undefined || low === undefined) return six
  return [high, low].flatMap((pair) => [Number.parseInt(pair, 16) >> 8, Number.parseInt(pair, 16) & 255]).join('.')
}

/** Who is kept out now. */
export interface BanSet {
  readonly isEmpty: boolean
  hasAddress(address: string): boolean
  hasAccount(personId: string): boolean
  hasClaim(claimId: string): boolean
}

/** The bans that are in force at this moment as something that can be asked. */
export function banSetOf(bans: readonly Ban[], nowMs: number): BanSet {
  const inForce = bans.filter(({ untilMs }) => untilMs > nowMs)
  const networks = new BlockList()
  for (const { kind, value } of inForce) {
    const [address = '', bits] = value.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (kind === 'ip') networks.addAddress(address, family)
    if (kind === 'cidr') networks.addSubnet(address, Number(bits), family)
  }
  const hasNetworks = inForce.some(({ kind }) => kind === 'ip' || kind === 'cidr')
  const idsOf = (wanted: BanKind) => new Set(inForce.filter(({ kind }) => kind === wanted).map(({ value }) => value))
  const [accounts, claims] = [idsOf('account'), idsOf('claim')]
  return {
    isEmpty: inForce.length === 0,
    hasAddress(text) {
      if (!hasNetworks) return false
      const address = canonicalAddress(text.replace(/%.*$/, ''))
      return address !== undefined && networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
    },
    hasAccount: (personId) => accounts.has(personId),
    hasClaim: (claimId) => claims.has(claimId),
  }
}
