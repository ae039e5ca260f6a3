import { z } from 'zod'
import type { PersonId } from '../../src/domain/ids.ts'
import type { Person } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../store/port.ts'
import { identityLimits } from './limits.ts'
import { matchesHash, newSecret, packToken, secretHash, unpackToken } from './opaque-token.ts'
import { personPartition, type People } from './people.ts'

const linkData = z.object({
  hash: z.string(),
  isByOperator: z.literal(true).optional(),
  /** When the newest links were mailed. */
  mailedAtMs: z.array(z.number()).optional(),
})
const linkKey = (personId: PersonId): ItemKey => ({ partition: personPartition(personId), sort: 'sign-in-link' })
/** What is kept of a link is the hash of this: it counts for the address it was made for, so that one that went to a former address signs nobody in. */
const boundTo = ({ email }: Pick<Person, 'email'>, secret: Uint8Array) => Buffer.concat([secret, Buffer.from(email)])
const refused = () =>
  new ThroughlineError(
    'SIGN_IN_LINK_REFUSED',
    'This sign-in link was used, replaced by a newer one, or is older than ten minutes; ask for a new one.',
  )

/** One-time links: 256 bits, ten minutes, one use, only the newest of a person counts, only the hash is stored. */
export interface SignInLinks {
  /** The token stands after `#`, so it never is in a request URL, a log or a Referer. */
  issue(
    personId: PersonId,
    by?: { readonly isByOperator: boolean },
  ): Promise<{ readonly link: string; readonly token: string; readonly expiresAtMs: number }>
  /**
   * One to be mailed. Undefined, and nothing changes, when as many went out in the last minutes as may: counted where every process
   * finds it and no restart forgets it.
   */
  issueForMail(personId: PersonId): Promise<{ readonly link: string } | undefined>
  /** Whom the link signs in, without using it up. Throws SIGN_IN_LINK_REFUSED. */
  describe(token: string): Promise<Person>
  /**
   * Uses the link up, in one conditional removal. One that the operator handed out is enough by itself, for somebody who lost their
   * second factor. Throws SIGN_IN_LINK_REFUSED.
   */
  redeem(token: string): Promise<{ readonly person: Person; readonly isByOperator: boolean }>
}

export function createSignInLinks(deps: {
  readonly store: MetadataStore
  readonly people: People
  readonly clock: Clock
  readonly publicUrl: string
}): SignInLinks {
  const { store, people, clock, publicUrl } = deps

  const find = async (token: string): Promise<{ person: Person; item: StoredItem; isByOperator: boolean }> => {
    const parts = unpackToken(token, 1, 1)
    const [personId, secret] = [parts?.ids[0] as PersonId | undefined, parts?.secrets[0]]
    if (personId === undefined || secret === undefined) throw refused()
    const item = await store.read(linkKey(personId))
    if (item === undefined) throw refused()
    const { hash, isByOperator = false } = linkData.parse(item.data)
    const person = await people.get(personId)
    if (person === undefined || !matchesHash(boundTo(person, secret), hash)) throw refused()
    return { person, item, isByOperator }
  }

  /** Undefined: no more may be mailed now. */
  const issue = async (personId: PersonId, by: 'mail' | 'operator' | 'nobody') => {
    const secret = newSecret()
    const expiresAtMs = clock.nowMs() + identityLimits.signInLinkMs
    const { count, windowMs } = identityLimits.mailsPerAddress
    for (;;) {
      const before = await store.read(linkKey(personId))
      const person = await people.get(personId)
      if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
      const known = before === undefined ? [] : (linkData.parse(before.data).mailedAtMs ?? [])
      const lately = known.filter((atMs) => atMs > clock.nowMs() - windowMs)
      if (by === 'mail' && lately.length >= count) return undefined
      const mailedAtMs = by === 'mail' ? [...lately, clock.nowMs()] : lately
      const data = {
        hash: secretHash(boundTo(person, secret)),
        ...(by === 'operator' ? { isByOperator: true as const } : {}),
        ...(mailedAtMs.length > 0 ? { mailedAtMs } : {}),
      }
      const item = { ...linkKey(personId), kind: 'sign-in-link' as const, data, expiresAtMs }
      if ((await store.write(item, before?.revision ?? 'absent')) !== undefined) break
    }
    const token = packToken([personId], [secret])
    return { link: `${publicUrl}/sign-in#${token}`, token, expiresAtMs }
  }

  return {
    async issue(personId, { isByOperator } = { isByOperator: false }) {
      const issued = await issue(personId, isByOperator ? 'operator' : 'nobody')
      if (issued === undefined) throw new ThroughlineError('INTERNAL', 'Only mailed links are counted.')
      return issued
    },
    issueForMail: (personId) => issue(personId, 'mail'),
    async describe(token) {
      return (await find(token)).person
    },
    async redeem(token) {
      const { person, item, isByOperator } = await find(token)
      if (!(await store.remove(item, item.revision))) throw refused()
      return { person, isByOperator }
    },
  }
}
