import { isIP } from 'node:net'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { canonicalUuid, type PersonId, type SignInId } from '../../../src/domain/ids.ts'
import type { Person } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MetadataStore } from '../../store/port.ts'
import type { Flows } from '../flows.ts'
import { identityLimits } from '../limits.ts'
import type { People } from '../people.ts'
import type { AssertionJson, AttestationJson } from './credential-schema.ts'
import { createPasskeyStore, passkeyIdOf, type Passkey, type StoredPasskey } from './passkey-store.ts'

/** A question to an authenticator: the options go to the page, the ticket into a cookie of the browser that asked. */
export interface PasskeyQuestion {
  readonly options: object
  readonly ticket: string
}

/** What an answer is for; a question asked for one is not answered for another. */
export type PasskeyUse =
  | { readonly for: 'sign-in' }
  | { readonly for: 'second-factor'; readonly personId: PersonId }
  | { readonly for: 'prove'; readonly personId: PersonId; readonly signInId: SignInId }

/** Passkeys: made for this host alone, always with the person verified; every question is asked once and answered within five minutes. */
export interface Passkeys {
  /** Browsers make passkeys for names only, not for IP addresses. */
  readonly isPossible: boolean
  list(personId: PersonId): Promise<Passkey[]>
  /** Throws LIMIT_REACHED. */
  askToCreate(person: Person): Promise<PasskeyQuestion>
  /** Throws PASSKEY_REFUSED, and CONFLICT for one that is there already. */
  create(personId: PersonId, ticket: string | undefined, name: string, credential: AttestationJson): Promise<Passkey>
  /** Throws NOT_FOUND alike for absent and foreign ones. */
  rename(personId: PersonId, passkeyId: string, name: string): Promise<void>
  /** The last one takes the second factor with it. Throws NOT_FOUND. */
  remove(personId: PersonId, passkeyId: string): Promise<void>
  /** Wants a passkey on top of other ways to sign in, or not. Throws PASSKEY_REFUSED when there is none. */
  setSecondFactor(personId: PersonId, isOn: boolean): Promise<void>
  ask(use: PasskeyUse): Promise<PasskeyQuestion>
  /** Who answered, and with which passkey. Throws PASSKEY_REFUSED. */
  answer(use: PasskeyUse, ticket: string | undefined, credential: AssertionJson): Promise<{ personId: PersonId; passkeyId: string }>
}

type AskedToCreate = { readonly personId: string; readonly challenge: string }
type Asked = { readonly challenge: string; readonly personId?: string; readonly signInId?: string }

export function createPasskeys(deps: {
  readonly store: MetadataStore
  readonly people: People
  readonly flows: Flows
  readonly clock: Clock
  /** The only origin whose pages are believed; its host is what passkeys are made for. */
  readonly publicUrl: string
}): Passkeys {
  const { store, people, flows, clock, publicUrl } = deps
  const rpID = new URL(publicUrl).hostname
  const kept = createPasskeyStore(store)
  const timeout = identityLimits.challengeMs
  const refused = (cause?: unknown) =>
    new ThroughlineError('PASSKEY_REFUSED', 'This passkey was not accepted; try again.', cause === undefined ? undefined : { cause })
  const absent = () => new ThroughlineError('NOT_FOUND', 'There is no such passkey.')
  const shown = ({ passkeyId, data: { name, createdAtMs, lastUsedAtMs } }: Pick<StoredPasskey, 'passkeyId' | 'data'>): Passkey => ({
    passkeyId,
    name,
    createdAtMs,
    lastUsedAtMs,
  })

  const registered = async (response: AttestationJson, expectedChallenge: string) => {
    try {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge,
        expectedOrigin: publicUrl,
        expectedRPID: rpID,
        requireUserVerification: true,
      })
      return verified ? registrationInfo.credential : undefined
    } catch (cause) {
      throw refused(cause)
    }
  }

  const counted = async (response: AssertionJson, expectedChallenge: string, { data }: StoredPasskey): Promise<number | undefined> => {
    const { credentialId: id, counter } = data
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge,
        expectedOrigin: publicUrl,
        expectedRPID: rpID,
        credential: { id, publicKey: new Uint8Array(Buffer.from(data.publicKey, 'base64url')), counter },
        requireUserVerification: true,
      })
      return verified ? authenticationInfo.newCounter : undefined
    } catch (cause) {
      throw refused(cause)
    }
  }

  return {
    isPossible: isIP(rpID.replaceAll(/[[\]]/g, '')) === 0,
    list: async (personId) => (await kept.list(personId)).map(shown),

    async askToCreate(person) {
      const mine = await kept.list(person.personId)
      if (mine.length >= identityLimits.passkeysPerPerson)
        throw new ThroughlineError('LIMIT_REACHED', `A person has at most ${identityLimits.passkeysPerPerson} passkeys.`)
      const options = await generateRegistrationOptions({
        rpName: 'Throughline',
        rpID,
        userName: person.email,
        userDisplayName: person.name ?? person.email,
        userID: new Uint8Array(Buffer.from(person.personId)),
        timeout,
        attestationType: 'none',
        excludeCredentials: mine.map(({ data: { credentialId: id, transports } }) => ({ id, transports })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
      const content: AskedToCreate = { personId: person.personId, challenge: options.challenge }
      return { options, ticket: await flows.begin('passkey-create', content, timeout) }
    },

    async create(personId, ticket, name, response) {
      const asked = (await flows.take('passkey-create', ticket)) as AskedToCreate | undefined
      if (asked?.personId !== personId) throw refused()
      const credential = await registered(response, asked.challenge)
      if (credential === undefined) throw refused()
      const data = {
        name,
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: (credential.transports ?? []).slice(0, 8),
        createdAtMs: clock.nowMs(),
      }
      if (!(await kept.add(personId, data))) throw new ThroughlineError('CONFLICT', 'This passkey is there already.')
      return shown({ passkeyId: passkeyIdOf(credential.id), data })
    },

    async rename(personId, passkeyId, name) {
      if ((await kept.edit(personId, passkeyId, (data) => ({ ...data, name }))) === undefined) throw absent()
    },

    async remove(personId, passkeyId) {
      if (!(await kept.remove(personId, passkeyId))) throw absent()
      // Looked at behind the removal: of several that go at the same moment the last one finds that none is left.
      if ((await kept.list(personId)).length === 0) await people.setSecondFactor(personId, false)
    },

    async setSecondFactor(personId, isOn) {
      if (isOn && (await kept.list(personId)).length === 0)
        throw new ThroughlineError('PASSKEY_REFUSED', 'Add a passkey first, then it can be asked for.')
      await people.setSecondFactor(personId, isOn)
    },

    async ask(use) {
      // Without a name: whoever asks learns nothing about whose passkeys exist (L3).
      const mine = use.for === 'sign-in' ? [] : await kept.list(use.personId)
      const options = await generateAuthenticationOptions({
        rpID,
        timeout,
        userVerification: 'required',
        allowCredentials: mine.map(({ data: { credentialId: id, transports } }) => ({ id, transports })),
      })
      const content = {
        challenge: options.challenge,
        ...('personId' in use ? { personId: use.personId as string } : {}),
        ...('signInId' in use ? { signInId: use.signInId as string } : {}),
      }
      return { options, ticket: await flows.begin(`passkey-${use.for}`, content, timeout) }
    },

    async answer(use, ticket, response) {
      const asked = (await flows.take(`passkey-${use.for}`, ticket)) as Asked | undefined
      if (asked === undefined) throw refused()
      if ('personId' in use && asked.personId !== use.personId) throw refused()
      if ('signInId' in use && asked.signInId !== use.signInId) throw refused()
      // The authenticator says whose key it is (the user handle we gave it); its signature then proves it.
      const handle = response.response.userHandle
      const named = handle === undefined || handle === null ? undefined : canonicalUuid(Buffer.from(handle, 'base64url').toString('utf8'))
      const personId = ('personId' in use ? use.personId : named) as PersonId | undefined
      if (personId === undefined || (named !== undefined && named !== personId)) throw refused()
      const passkeyId = passkeyIdOf(response.id)
      const passkey = await kept.read(personId, passkeyId)
      if (passkey === undefined) throw refused()
      const counter = await counted(response, asked.challenge, passkey)
      if (counter === undefined) throw refused()
      const before = await kept.edit(personId, passkeyId, (data) =>
        // Of two answers at the same moment with one count, one is a copy.
        counter === 0 || counter > data.counter ? { ...data, counter, lastUsedAtMs: clock.nowMs() } : undefined,
      )
      if (before === undefined) throw refused()
      return { personId, passkeyId }
    },
  }
}
