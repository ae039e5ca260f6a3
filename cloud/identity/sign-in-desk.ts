import type { PersonId, SignInId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { agentText } from './agent-text.ts'
import type { Flows } from './flows.ts'
import { identityLimits } from './limits.ts'
import type { Passkeys } from './passkeys/passkeys.ts'
import type { People } from './people.ts'
import type { IdentitySpaces } from './ports.ts'
import type { FreshSignIn, SignInMethod, SignIns } from './sign-ins.ts'

/** What a person has proven, with which a sign-in may begin. */
export interface Proven {
  readonly personId: PersonId
  readonly method: SignInMethod
  /** Proven by a space's own provider: no other space is reached (L6). */
  readonly onlySpaceId?: SpaceId | undefined
  /** A passkey, which is two factors by itself, or a link of the operator's console, which helps somebody who lost theirs. */
  readonly isEnough?: boolean
  /** The sign-in of the same browser that this one replaces, when it is the same person's. */
  readonly replaces?: { readonly personId: PersonId; readonly signInId: SignInId } | undefined
}

/** A person who still has to show a passkey; the ticket goes into a cookie. */
export interface SecondFactorNeeded {
  readonly state: 'second-factor'
  readonly personId: PersonId
  readonly ticket: string
}

/** What follows after somebody proved who they are: the second factor if they want one, then the sign-in. */
export interface SignInDesk {
  /** Throws NOT_FOUND for a person who is no more. */
  admit(proven: Proven, userAgent: string): Promise<({ readonly state: 'signed-in' } & FreshSignIn) | SecondFactorNeeded>
  /** Whose second factor the ticket waits for. Throws SIGN_IN_FLOW_OVER. */
  waiting(ticket: string | undefined): Promise<Proven>
  /** Ends the wait, once. Throws SIGN_IN_FLOW_OVER. */
  afterSecondFactor(ticket: string | undefined, userAgent: string): Promise<{ readonly state: 'signed-in' } & FreshSignIn>
}

const purpose = 'second-factor'

export function createSignInDesk(deps: {
  readonly people: People
  readonly signIns: SignIns
  readonly flows: Flows
  readonly spaces: Pick<IdentitySpaces, 'spacesOf'>
  readonly passkeys: Pick<Passkeys, 'list'>
  readonly onEnded: (signInId: SignInId) => void
}): SignInDesk {
  const { people, signIns, flows, spaces, passkeys, onEnded } = deps
  const over = () => new ThroughlineError('SIGN_IN_FLOW_OVER', 'This sign-in took too long or was finished already; begin again.')

  const begin = async ({ personId, method, onlySpaceId, replaces }: Proven, userAgent: string) => {
    await people.markUsed(personId)
    const places = await spaces.spacesOf(personId)
    const home = onlySpaceId ?? places.find(({ member }) => member.invitation === undefined)?.spaceId
    const signIn = await signIns.start(personId, home, { method, agent: agentText(userAgent), onlySpaceId })
    if (replaces?.personId === personId && (await signIns.end(personId, replaces.signInId))) onEnded(replaces.signInId)
    return { state: 'signed-in' as const, ...signIn }
  }

  return {
    async admit(proven, userAgent) {
      const person = await people.get(proven.personId)
      if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
      if (!person.hasSecondFactor || proven.isEnough === true) return begin(proven, userAgent)
      // A wish that outlived the last passkey, by a crash or by two changes at the same moment, would shut its owner out for good.
      if ((await passkeys.list(proven.personId)).length === 0) return begin(proven, userAgent)
      const { personId, method, onlySpaceId, replaces } = proven
      const content = {
        personId: personId as string,
        method,
        ...(onlySpaceId === undefined ? {} : { onlySpaceId: onlySpaceId as string }),
        ...(replaces === undefined ? {} : { replaces: { personId: replaces.personId as string, signInId: replaces.signInId as string } }),
      }
      return { state: 'second-factor', personId, ticket: await flows.begin(purpose, content, identityLimits.challengeMs) }
    },
    async waiting(ticket) {
      const content = await flows.look(purpose, ticket)
      if (content === undefined) throw over()
      return content as Proven
    },
    async afterSecondFactor(ticket, userAgent) {
      const content = await flows.take(purpose, ticket)
      if (content === undefined) throw over()
      return begin(content as Proven, userAgent)
    },
  }
}
