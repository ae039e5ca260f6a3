import { z } from 'zod'
import type { PersonId } from '../../src/domain/ids.ts'
import type { Person } from '../../src/domain/model.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { ItemKey, MetadataStore } from '../store/port.ts'
import { addressChangedMail, addressInUseMail, confirmAddressMail } from './account-mails.ts'
import { parseEmailAddress } from './email-address.ts'
import { identityLimits } from './limits.ts'
import type { LoginMail } from './login-mail.ts'
import type { Mailer } from './mailer.ts'
import { matchesHash, newSecret, packToken, secretHash, unpackToken } from './opaque-token.ts'
import { personPartition, type People } from './people.ts'

const changeData = z.object({ hash: z.string(), email: z.string() })
const keyOf = (personId: PersonId): ItemKey => ({ partition: personPartition(personId), sort: 'address-change' })

/** Another address for a person, after the new one has confirmed it. */
export interface AddressChanges {
  /**
   * Takes the wish and mails the new address, in the background and alike whether it is free or not (L3). Throws ADDRESS_INVALID, or
   * RATE_LIMITED.
   */
  request(personId: PersonId, email: string, ip: string): Promise<void>
  /** Uses the link up and moves the person. Throws SIGN_IN_LINK_REFUSED for a link that is not this person's newest, CONFLICT. */
  confirm(personId: PersonId, token: string): Promise<Person>
}

export function createAddressChanges(deps: {
  readonly store: MetadataStore
  readonly people: People
  readonly loginMail: Pick<LoginMail, 'inBackground' | 'admit'>
  readonly mailer: Mailer | undefined
  readonly clock: Clock
  readonly publicUrl: string
  readonly onLinkWithoutMail: (link: string) => void
}): AddressChanges {
  const { store, people, loginMail, mailer, clock, publicUrl, onLinkWithoutMail } = deps
  const refused = () =>
    new ThroughlineError(
      'SIGN_IN_LINK_REFUSED',
      'This link was used, replaced by a newer one, or is older than an hour; ask for a new one.',
    )

  const issue = async (personId: PersonId, email: string): Promise<string> => {
    const secret = newSecret()
    const expiresAtMs = clock.nowMs() + identityLimits.addressChangeMs
    for (;;) {
      const before = await store.read(keyOf(personId))
      const item = { ...keyOf(personId), kind: 'address-change' as const, data: { hash: secretHash(secret), email }, expiresAtMs }
      if ((await store.write(item, before?.revision ?? 'absent')) !== undefined) break
    }
    return `${publicUrl}/confirm-address#${packToken([personId], [secret])}`
  }

  return {
    async request(personId, email, ip) {
      const address = parseEmailAddress(email)
      await loginMail.inBackground(ip, async () => {
        if (!(await loginMail.admit(address))) return
        const owner = await people.find(address)
        if (owner !== undefined) {
          await mailer?.send(addressInUseMail(address, publicUrl))
          return
        }
        const link = await issue(personId, address)
        if (mailer === undefined) onLinkWithoutMail(link)
        else await mailer.send(confirmAddressMail(address, link))
      })
    },
    async confirm(personId, token) {
      const parts = unpackToken(token, 1, 1)
      const secret = parts?.secrets[0]
      if (parts?.ids[0] !== personId || secret === undefined) throw refused()
      const item = await store.read(keyOf(personId))
      if (item === undefined) throw refused()
      const { hash, email } = changeData.parse(item.data)
      if (!matchesHash(secret, hash) || !(await store.remove(item, item.revision))) throw refused()
      const before = await people.get(personId)
      const after = await people.moveTo(personId, email)
      if (before !== undefined && before.email !== after.email) await mailer?.send(addressChangedMail(before.email, publicUrl))
      return after
    },
  }
}
