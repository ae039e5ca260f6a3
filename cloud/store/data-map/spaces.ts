import { roles } from '../../../src/domain/model.ts'
import { group, list, mark, nullable, number, oneOf, optional, text } from './field.ts'
import { kind } from './kind-facts.ts'
import { bySpace, hashed, personId, pseudonym, same, spaceId, time } from './words.ts'

const ofSpace = { class: 'account', subject: 'space', logged: true } as const
const withSpace = 'until the space is deleted'
const goesWithSpace = 'It goes with the space: its row is deleted, and the key that seals it is destroyed.'

/** What is kept of spaces and of who is in them. */
export const spaceKinds = {
  space: kind({
    ...ofSpace,
    mirrored: true,
    holds: 'name and description of a space',
    retention: withSpace,
    erasure: goesWithSpace,
    data: group({
      name: text('call the space what its people call it', bySpace),
      createdAtMs: time('say since when there is this space', same),
      description: optional(text('say what the space is for', bySpace)),
    }),
  }),
  roster: kind({
    ...ofSpace,
    mirrored: true,
    holds: 'which people have which role in a space, who was invited, by whom and until when',
    retention: 'until somebody leaves, and at the latest until the space is deleted',
    erasure: 'A person is struck out of it when they leave or delete their account; it goes with the space.',
    data: group({
      members: list(
        group({
          memberId: text('tell a membership from another one', pseudonym),
          personId: personId('know who may see the space', pseudonym),
          role: oneOf(roles, 'know who may do what', same),
          sinceMs: time('show since when somebody is in the space', same),
          invitation: optional(
            group({
              invitationId: text('know the invitation when it is answered'),
              byPersonId: personId('show who invited', pseudonym),
              expiresAtMs: time('end an invitation after a week', same),
            }),
          ),
          capitals: optional(text('show an address with the capital letters it was typed with')),
        }),
      ),
      isClosed: mark('let nobody into a space that is being deleted', same),
    }),
  }),
  member: kind({
    ...ofSpace,
    subject: 'person',
    mirrored: true,
    holds: 'which person has which role in a space; older than rosters, read once and never written',
    retention: withSpace,
    erasure: 'It goes with the space: its row is deleted.',
    data: group({
      role: oneOf(roles, 'bring members of before there were rosters into one', same),
      sinceMs: time('bring members of before there were rosters into one', same),
    }),
  }),
  membership: kind({
    ...ofSpace,
    subject: 'person',
    mirrored: false,
    holds: 'in which spaces a person is',
    retention: 'until you leave the space or delete your account',
    erasure: 'It goes when you leave, and with your account: its row is deleted.',
    data: group({ sinceMs: time('list your spaces, the oldest first') }),
  }),
  'sign-in-provider': kind({
    ...ofSpace,
    class: 'channel-secret',
    mirrored: false,
    holds: 'issuer, client, sealed secret and proven domains of a sign-in provider of a space',
    retention: 'until an admin removes it, and at the latest until the space is deleted',
    erasure: goesWithSpace,
    data: group({
      issuer: text('send people of the space to their own sign-in', bySpace),
      clientId: text('say who we are to that server', bySpace),
      sealedSecret: text('prove who we are to that server', { seal: 'space', sealedBy: 'service' }),
      name: text('name the way to sign in on the page', bySpace),
      domains: list(
        group({
          domain: text('let in only addresses of domains that are the space’s', bySpace),
          token: text('find the proof of a domain in the DNS', bySpace),
          provenAtMs: nullable(time('ask the DNS again after a day')),
        }),
      ),
    }),
  }),
  'retention-settings': kind({
    ...ofSpace,
    class: 'operations',
    mirrored: false,
    holds: 'for how many days what is deleted in a space can be restored',
    retention: withSpace,
    erasure: 'It goes with the space: its row is deleted.',
    data: group({
      days: group({
        account: optional(number('purge what was deleted when its owners want it')),
        node: optional(number('purge what was deleted when its owners want it')),
        contexts: optional(number('purge what was deleted when its owners want it')),
        'alert-configuration': optional(number('purge what was deleted when its owners want it')),
        'channel-secret': optional(number('purge what was deleted when its owners want it')),
      }),
    }),
  }),
  'claim-token': kind({
    ...ofSpace,
    class: 'node',
    mirrored: false,
    holds: 'end, uses and rooms of a claim token, under its hash',
    retention: 'a day beyond the end of the token, at most a year, or until it is revoked',
    erasure: 'It goes with the space, which ends every token: its row is deleted.',
    data: group({
      spaceId: spaceId('bring an agent into the space that let it in'),
      tokenId: optional(text('find the token among those of the space')),
      roomIds: list(text('let an agent only into rooms that the token is for')),
      uses: number('show how often it may be used'),
      usesLeft: number('let in only as many agents as were meant'),
      reserved: list(
        group({
          claimId: text('let an agent try again when its claim broke off'),
          machineGuid: text('let an agent try again when its claim broke off'),
        }),
      ),
      validUntilMs: optional(time('end the token')),
    }),
  }),
  'claim-tokens': kind({
    ...ofSpace,
    class: 'node',
    mirrored: false,
    holds: 'names, makers, hashes and ends of the claim tokens of a space',
    retention: 'each token a day beyond its end, or until it is revoked',
    erasure: 'It goes with the space: its row is deleted. Of a person who leaves, only a random id stays as the maker.',
    data: group({
      tokens: list(
        group({
          tokenId: text('tell a token from another one'),
          hash: text('know the token when it is used', hashed),
          name: text('show which token it is', bySpace),
          origin: oneOf(['hand', 'rotation', 'host'], 'tell tokens that programs rotate from others'),
          createdBy: optional(personId('show who made it')),
          createdAtMs: time('show when it was made'),
          endsAtMs: time('end the token'),
          uses: number('show how often it may be used'),
          isGrace: mark('let a rotated token go on for a day'),
        }),
      ),
    }),
  }),
}
