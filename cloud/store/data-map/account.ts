import { themes } from '../../../src/domain/model.ts'
import { group, list, mark, nullable, number, oneOf, optional, text } from './field.ts'
import { days, kind, minutes } from './kind-facts.ts'
import { byInstallation, byPerson, hashed, personId, same, spaceId, time } from './words.ts'

const account = { class: 'account', subject: 'person', mirrored: false } as const
const withAccount = 'until you delete your account'
const goesWithAccount = 'It goes with your account: its row is deleted, and the key that seals it is destroyed.'
/** What an API token may do, by its scope (cloud-api §1.1). */
const tokenScopes = ['scope:all', 'scope:read-only', 'scope:grafana-plugin', 'scope:mcp', 'scope:agent-ui'] as const
const methods = ['mail', 'google', 'github', 'oidc', 'passkey'] as const

/** What is kept of people and of how they sign in. */
export const accountKinds = {
  person: kind({
    ...account,
    mirrored: true,
    logged: true,
    holds: 'email address, name, time zone and theme of a person, and whether a passkey is asked for',
    retention: withAccount,
    erasure: goesWithAccount,
    data: group({
      email: text('sign you in by mail and write to you', byPerson),
      createdAtMs: time('say since when there is this account', same),
      name: optional(text('call you what you want to be called', byPerson)),
      timeZone: optional(text('show times as you read them', byPerson)),
      theme: optional(oneOf(themes, 'show the page as you like it')),
      isUnused: mark('forget who was invited and never came', same),
      hasSecondFactor: mark('ask for a passkey when you sign in', same),
      moving: optional(text('finish a change of your address', byPerson)),
      formerEmail: optional(text('give your old address free after a change', byPerson)),
      isLeaving: mark('let nobody in while the account is erased'),
    }),
  }),
  'person-email': kind({
    ...account,
    logged: true,
    holds: 'which person an email address belongs to, under its hash',
    retention: withAccount,
    erasure: 'It goes with your account or with the address: its row is deleted.',
    data: group({
      personId: personId('find the account of an address when somebody signs in'),
      createdAtMs: time('give an account that was only half made its first day'),
    }),
  }),
  'sign-in-link': kind({
    ...account,
    logged: false,
    inBackup: false,
    holds: 'hash and expiry of a one-time sign-in link, and when the newest ones were mailed',
    retention: 'ten minutes, or until it is used',
    retentionMs: minutes(10),
    erasure: 'It goes with your account: its row is deleted.',
    data: group({
      hash: text('know the link when it comes back', hashed),
      isByOperator: mark('let the operator help somebody who lost their passkey'),
      mailedAtMs: optional(list(time('send no more than three links to an address in ten minutes'))),
    }),
  }),
  'sign-in': kind({
    ...account,
    logged: false,
    inBackup: false,
    holds: 'hash, times, method and short browser name of a sign-in',
    retention: 'until you sign out, after a week without use, at the latest after 30 days',
    retentionMs: days(30),
    erasure: goesWithAccount,
    data: group({
      spaceId: optional(spaceId('open the space you came to')),
      familyHash: text('know that a browser is signed in', hashed),
      currentHash: text('know the newest key of that browser', hashed),
      previous: nullable(
        group({
          hash: text('know the key before, for a tab that was slow', hashed),
          sealedCurrent: text('give a slow tab the same new key', hashed),
        }),
      ),
      createdAtMs: time('end a sign-in after 30 days'),
      rotatedAtMs: time('show when it was last used, and end it after a week without use'),
      accessExpiresAtMs: time('know until when the page may go on without asking'),
      method: oneOf(methods, 'show you how somebody signed in'),
      agent: text('show you which browser it is', byPerson),
      provenAtMs: optional(time('ask again who you are before what cannot be taken back')),
      onlySpaceId: optional(spaceId('keep a sign-in of one space out of the others')),
    }),
  }),
  'sign-in-flow': kind({
    ...account,
    subject: 'installation',
    logged: false,
    inBackup: false,
    holds: 'hash, expiry and one-time values of a sign-in that is under way',
    retention: 'ten minutes, or until it is used',
    retentionMs: minutes(10),
    erasure: 'It is used up by the sign-in, or gone after ten minutes.',
    data: group({
      purpose: text('use a ticket only for what it was made for'),
      hash: text('know the browser that began', hashed),
      content: group({
        providerId: optional(text('know to which provider the browser went')),
        state: optional(text('know the answer of the provider', byInstallation)),
        nonce: optional(text('know the answer of the provider', byInstallation)),
        codeVerifier: optional(text('prove to the provider that it is us', byInstallation)),
        returnTo: optional(text('go on where you were', byInstallation)),
        link: optional(
          group({
            personId: personId('link an account elsewhere to the person who asked'),
            signInId: text('link it only from the browser that asked'),
          }),
        ),
        replaces: optional(
          group({
            personId: personId('end the sign-in that the new one takes the place of'),
            signInId: text('end the sign-in that the new one takes the place of'),
          }),
        ),
        personId: optional(personId('know whose passkey is asked for')),
        method: optional(oneOf(methods, 'say how the sign-in began')),
        onlySpaceId: optional(spaceId('keep a sign-in of one space out of the others')),
        challenge: optional(text('know the answer of the passkey', byInstallation)),
        signInId: optional(text('know which sign-in is proven again')),
      }),
    }),
  }),
  'address-change': kind({
    ...account,
    logged: false,
    inBackup: false,
    holds: 'hash and expiry of a link that confirms a new address, and that address',
    retention: 'an hour, or until it is used',
    retentionMs: minutes(60),
    erasure: goesWithAccount,
    data: group({
      hash: text('know the link when it comes back', hashed),
      email: text('know the address that is to be confirmed', byPerson),
    }),
  }),
  identity: kind({
    ...account,
    logged: true,
    holds: 'which person an account elsewhere signs in, under its hash',
    retention: 'until you unlink it or delete your account',
    erasure: 'It goes with your account: its row is deleted.',
    data: group({
      personId: personId('find your account when you sign in elsewhere'),
      linkedAtMs: time('show since when it is linked'),
    }),
  }),
  'person-identity': kind({
    ...account,
    logged: true,
    holds: 'provider, address and hash of an account elsewhere that signs a person in',
    retention: 'until you unlink it or delete your account',
    erasure: goesWithAccount,
    data: group({
      providerId: text('say which provider it is'),
      name: text('show what the provider was called'),
      label: text('show you which account it is, by its address there', byPerson),
      hash: text('find the linked account again', hashed),
      linkedAtMs: time('show since when it is linked'),
    }),
  }),
  passkey: kind({
    ...account,
    logged: true,
    holds: 'name, public key, counter and times of a passkey',
    retention: 'until you remove it or delete your account',
    erasure: goesWithAccount,
    data: group({
      name: text('show you which passkey it is', byPerson),
      credentialId: text('ask your device for this passkey', byPerson),
      publicKey: text('check what your device signs'),
      counter: number('notice a passkey that was copied'),
      transports: list(text('tell your browser how to reach the passkey')),
      createdAtMs: time('show since when it is there'),
      lastUsedAtMs: optional(time('show when it was last used')),
    }),
  }),
  'api-token': kind({
    ...account,
    logged: true,
    holds: 'name, hash, scope and expiry of an API token',
    retention: 'until its end, at most ten years, or until you revoke it',
    retentionMs: days(3_650),
    erasure: goesWithAccount,
    data: group({
      spaceId: optional(spaceId('know which space a program means')),
      name: optional(text('show you which token it is', byPerson)),
      scope: oneOf(tokenScopes, 'bound what a program may do'),
      hash: text('know the token when it is used', hashed),
      createdAtMs: time('show since when it is there'),
      lastUsedAtMs: optional(time('show whether it is used at all')),
    }),
  }),
  consent: kind({
    ...account,
    logged: true,
    holds: 'whether a person agreed to a provider of analytics, and when',
    retention: withAccount,
    erasure: 'It goes with your account: its row is deleted.',
    data: group({
      choice: oneOf(['granted', 'withdrawn'], 'load nothing of others without your consent'),
      atMs: time('prove when you chose'),
      provider: text('ask again when it is another provider'),
    }),
  }),
  'export-file': kind({
    ...account,
    logged: false,
    inBackup: false,
    holds: 'hash of a one-time link to an export, for whom and until when',
    retention: '24 hours, or until it is fetched',
    retentionMs: days(1),
    erasure: 'It goes with your account: its row is deleted.',
    data: group({
      hash: text('know the link when it is used', hashed),
      format: oneOf(['json', 'csv'], 'write the file in the form you asked for'),
      scope: oneOf(['me', 'space'], 'write what you asked for'),
      spaceId: optional(spaceId('write what you asked for')),
      createdAtMs: time('show when you asked for it'),
    }),
  }),
}
