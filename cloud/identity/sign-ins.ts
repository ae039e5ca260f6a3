import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { ItemKey, ItemWrite, MetadataStore, StoredItem } from '../store/port.ts'
import { identityLimits } from './limits.ts'
import { matchesHash, newSecret, packToken, secretHash, unpackToken } from './opaque-token.ts'
import { personPartition } from './people.ts'

/** How somebody signed in. */
export const signInMethods = ['mail', 'google', 'github', 'oidc', 'passkey'] as const
export type SignInMethod = (typeof signInMethods)[number]

const signInData = z.object({
  spaceId: z.string().optional(),
  familyHash: z.string(),
  currentHash: z.string(),
  /** The hash of the token before, and the current one sealed under it: a tab that lost the race gets the same successor. */
  previous: z.object({ hash: z.string(), sealedCurrent: z.string() }).nullable(),
  createdAtMs: z.number(),
  rotatedAtMs: z.number(),
  accessExpiresAtMs: z.number(),
  method: z.enum(signInMethods).default('mail'),
  /** What the browser called itself, made short. */
  agent: z.string().default(''),
  /** When the person last proved who they are; signing in is a proof. */
  provenAtMs: z.number().optional(),
  /** Proven by a space's own provider: no other space is reached (L6). */
  onlySpaceId: z.string().optional(),
})
type SignInData = z.infer<typeof signInData>

const prefix = 'sign-in#'
const keyOf = (personId: PersonId, signInId: SignInId): ItemKey => ({ partition: personPartition(personId), sort: `${prefix}${signInId}` })
const ended = () => new ThroughlineError('SESSION_EXPIRED', 'The session has ended; sign in again.')

/** Hides `secret` under another 256-bit secret that is used for nothing else; the same call opens it again. */
function seal(secret: Uint8Array, under: Uint8Array): Buffer {
  const mask = createHash('sha256').update('throughline sign-in successor').update(under).digest()
  return mask.map((byte, at) => byte ^ (secret[at] ?? 0)) as Buffer
}

/** A signed-in browser: a family of refresh tokens of which one counts. */
export interface SignIn {
  readonly signInId: SignInId
  readonly personId: PersonId
  /** The space the person came to; undefined for one who is in none. */
  readonly spaceId: SpaceId | undefined
  readonly createdAtMs: number
  readonly lastUsedAtMs: number
  /** When the newest access token of this sign-in runs out. */
  readonly accessExpiresAtMs: number
  readonly method: SignInMethod
  /** The browser in a few words; hostile text, cut short. */
  readonly agent: string
  /** When the person last proved who they are. */
  readonly provenAtMs: number
  /** Undefined: no limit. Otherwise the only space this sign-in reaches. */
  readonly onlySpaceId: SpaceId | undefined
}

/** How and where a sign-in begins. */
export interface SignInStart {
  readonly method?: SignInMethod
  readonly agent?: string
  readonly onlySpaceId?: SpaceId | undefined
}

/** A sign-in with its refresh token, as handed to the browser. */
export interface FreshSignIn extends SignIn {
  readonly refreshToken: string
  readonly refreshExpiresAtMs: number
}

export interface SignIns {
  start(personId: PersonId, spaceId: SpaceId | undefined, how?: SignInStart): Promise<FreshSignIn>
  /** The person has just proven again who they are; answers whether the sign-in still is there. */
  prove(personId: PersonId, signInId: SignInId): Promise<boolean>
  /**
   * Rotates the refresh token. Within ten seconds of a rotation the token before is answered with the same successor; later its
   * use means that two hold it, so the sign-in ends and `onReuse` hears of it. Throws SESSION_EXPIRED.
   */
  refresh(token: string): Promise<FreshSignIn>
  get(personId: PersonId, signInId: SignInId): Promise<SignIn | undefined>
  list(personId: PersonId): Promise<SignIn[]>
  /** Ends one; answers whether it was there. */
  end(personId: PersonId, signInId: SignInId): Promise<boolean>
  /** Ends the sign-in a refresh token belongs to, whatever its age; strangers' tokens change nothing. */
  endByToken(token: string): Promise<SignIn | undefined>
}

export interface SignInsDeps {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly log: Log
  readonly onReuse: (signIn: SignIn) => void
}

export function createSignIns({ store, clock, log, onReuse }: SignInsDeps): SignIns {
  const signInOf = (personId: PersonId, signInId: SignInId, data: SignInData): SignIn => ({
    signInId,
    personId,
    spaceId: data.spaceId as SpaceId | undefined,
    createdAtMs: data.createdAtMs,
    lastUsedAtMs: data.rotatedAtMs,
    accessExpiresAtMs: data.accessExpiresAtMs,
    method: data.method,
    agent: data.agent,
    provenAtMs: data.provenAtMs ?? data.createdAtMs,
    onlySpaceId: data.onlySpaceId as SpaceId | undefined,
  })
  const expiryOf = (data: SignInData) =>
    Math.min(clock.nowMs() + identityLimits.refreshIdleMs, data.createdAtMs + identityLimits.refreshAbsoluteMs)
  const accessExpiry = (createdAtMs: number) =>
    Math.min(clock.nowMs() + identityLimits.accessTokenMs, createdAtMs + identityLimits.refreshAbsoluteMs)
  const itemOf = (personId: PersonId, signInId: SignInId, data: SignInData): ItemWrite => ({
    ...keyOf(personId, signInId),
    kind: 'sign-in',
    data,
    expiresAtMs: expiryOf(data),
  })
  const remove = async (personId: PersonId, signInId: SignInId): Promise<boolean> => {
    for (;;) {
      const item = await store.read(keyOf(personId, signInId))
      if (item === undefined) return false
      if (await store.remove(item, item.revision)) return true
    }
  }
  const list = async (personId: PersonId): Promise<SignIn[]> => {
    const { items } = await store.list(personPartition(personId), { prefix, limit: 200 })
    return items.map((item) => signInOf(personId, item.sort.slice(prefix.length) as SignInId, signInData.parse(item.data)))
  }

  const open = async (token: string) => {
    const parts = unpackToken(token, 2, 2)
    const [personId, signInId] = (parts?.ids ?? []) as [PersonId?, SignInId?]
    const [family, secret] = parts?.secrets ?? []
    if (personId === undefined || signInId === undefined || family === undefined || secret === undefined) return undefined
    const item = await store.read(keyOf(personId, signInId))
    if (item === undefined) return undefined
    const data = signInData.parse(item.data)
    return matchesHash(family, data.familyHash) ? { personId, signInId, family, secret, item, data } : undefined
  }
  type Opened = NonNullable<Awaited<ReturnType<typeof open>>>

  const fresh = (
    { personId, signInId, family }: Pick<Opened, 'personId' | 'signInId' | 'family'>,
    secret: Uint8Array,
    data: SignInData,
  ): FreshSignIn => ({
    ...signInOf(personId, signInId, data),
    refreshToken: packToken([personId, signInId], [family, secret]),
    refreshExpiresAtMs: expiryOf(data),
  })

  /** Undefined: somebody else wrote first, look again. */
  const rotate = async (opened: Opened, item: StoredItem): Promise<FreshSignIn | undefined> => {
    const { data, secret, personId, signInId } = opened
    const successor = newSecret()
    const rotated: SignInData = {
      ...data,
      currentHash: secretHash(successor),
      previous: { hash: data.currentHash, sealedCurrent: seal(successor, secret).toString('base64url') },
      rotatedAtMs: clock.nowMs(),
      accessExpiresAtMs: accessExpiry(data.createdAtMs),
    }
    const revision = await store.write(itemOf(personId, signInId, rotated), item.revision)
    return revision === undefined ? undefined : fresh(opened, successor, rotated)
  }

  return {
    list,
    end: remove,
    async prove(personId, signInId) {
      for (;;) {
        const item = await store.read(keyOf(personId, signInId))
        if (item === undefined) return false
        const { revision, expiresAtMs } = item
        const data: SignInData = { ...signInData.parse(item.data), provenAtMs: clock.nowMs() }
        if (
          (await store.write(
            { ...keyOf(personId, signInId), kind: 'sign-in', data, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) },
            revision,
          )) !== undefined
        )
          return true
      }
    },
    async start(personId, spaceId, { method = 'mail', agent = '', onlySpaceId } = {}) {
      const others = await list(personId)
      const surplus = others
        .sort((a, b) => a.lastUsedAtMs - b.lastUsedAtMs)
        .slice(0, Math.max(0, others.length + 1 - identityLimits.signInsPerPerson))
      for (const oldest of surplus) await remove(personId, oldest.signInId)

      const signInId = randomUUID() as string as SignInId
      const [family, secret] = [newSecret(), newSecret()]
      const nowMs = clock.nowMs()
      const data: SignInData = {
        ...(spaceId === undefined ? {} : { spaceId }),
        familyHash: secretHash(family),
        currentHash: secretHash(secret),
        previous: null,
        createdAtMs: nowMs,
        rotatedAtMs: nowMs,
        accessExpiresAtMs: accessExpiry(nowMs),
        method,
        agent,
        provenAtMs: nowMs,
        ...(onlySpaceId === undefined ? {} : { onlySpaceId }),
      }
      await store.write(itemOf(personId, signInId, data), 'absent')
      return fresh({ personId, signInId, family }, secret, data)
    },
    async refresh(token) {
      for (;;) {
        const opened = await open(token)
        if (opened === undefined) throw ended()
        const { data, secret, personId, signInId } = opened
        if (matchesHash(secret, data.currentHash)) {
          const rotated = await rotate(opened, opened.item)
          if (rotated !== undefined) return rotated
          continue
        }
        const isInGrace =
          data.previous !== null &&
          matchesHash(secret, data.previous.hash) &&
          clock.nowMs() - data.rotatedAtMs <= identityLimits.refreshGraceMs
        if (isInGrace && data.previous !== null)
          return fresh(opened, seal(Buffer.from(data.previous.sealedCurrent, 'base64url'), secret), data)
        // The family half proves that this was once a real token: two hold it, and one of them stole it (S3).
        await remove(personId, signInId)
        log.warn('sign_in_token_reused', { signInId })
        onReuse(signInOf(personId, signInId, data))
        throw ended()
      }
    },
    async get(personId, signInId) {
      const item = await store.read(keyOf(personId, signInId))
      return item === undefined ? undefined : signInOf(personId, signInId, signInData.parse(item.data))
    },
    async endByToken(token) {
      const opened = await open(token)
      if (opened === undefined) return undefined
      await remove(opened.personId, opened.signInId)
      return signInOf(opened.personId, opened.signInId, opened.data)
    },
  }
}
