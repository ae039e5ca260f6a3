/**
 * The kinds of items that exist, and which of them the mirror carries. Nothing else can be stored: this is the root of the
 * data map. `holds` names what the item says, for the owner who asks.
 */
export const itemKinds = {
  space: { mirrored: true, holds: 'name of a space' },
  roster: { mirrored: true, holds: 'which people have which role in a space, who was invited, by whom and until when' },
  // Kept before there was a roster; read once, never written.
  member: { mirrored: true, holds: 'which person has which role in a space' },
  membership: { mirrored: false, holds: 'in which spaces a person is' },
  room: { mirrored: true, holds: 'name, description, members and rules of a room' },
  board: { mirrored: true, holds: 'name, texts, chosen charts and layout of a board, who made, changed or deleted it and when' },
  node: { mirrored: true, holds: 'hostname, operating system facts, labels, abilities and rooms of a node' },
  'machine-guid': { mirrored: false, holds: 'which node a machine guid is, in one space' },
  claim: { mirrored: true, holds: 'public key, machine guid and rooms of a claim' },
  'claim-token': { mirrored: false, holds: 'hash, expiry, uses and rooms of a claim token' },
  'claim-tokens': { mirrored: false, holds: 'names, makers, hashes and ends of the claim tokens of a space' },
  channel: { mirrored: false, holds: 'name, integration, rooms and sealed secrets of a notification channel' },
  'node-contexts': { mirrored: true, holds: 'which contexts a node has, and since when' },
  'context-sheet': { mirrored: true, holds: 'definitions of contexts, shared by the nodes of a space' },
  'node-alerts': { mirrored: true, holds: 'state and time of each alert of a node, without values' },
  'told-alerts': { mirrored: false, holds: 'which state of each alert of a node was told last' },
  'alert-config': { mirrored: true, holds: 'how an alert is defined' },
  'alert-run': {
    mirrored: false,
    holds: 'on which nodes a change of an alert configuration was asked for, by whom, when, and how each ended',
  },
  'alert-document': { mirrored: true, holds: 'versions of an alert configuration, who made them and when, on which nodes it runs' },
  'node-tale': { mirrored: false, holds: 'which state of a node and of its links the feed told last' },
  'feed-event': { mirrored: false, holds: 'which node or alert changed to which state and when, without values' },
  silence: { mirrored: true, holds: 'what is silenced, when, by whom and for whom' },
  'reach-settings': { mirrored: true, holds: 'after how long and how nodes that are out of reach are told of, by room' },
  'reach-state': { mirrored: false, holds: 'which nodes were in reach, and which of those that went were told of' },
  'push-target': { mirrored: false, holds: 'sealed address of a browser a person is notified on, and of what' },
  message: {
    mirrored: false,
    holds: 'which changes a message tells which target of, what a target knows, attempts and problems, without values',
  },
  person: { mirrored: true, holds: 'email address, name, time zone and theme of a person, and whether a passkey is asked for' },
  'person-email': { mirrored: false, holds: 'which person an email address belongs to, under its hash' },
  'sign-in-link': { mirrored: false, holds: 'hash and expiry of a one-time sign-in link' },
  'sign-in': { mirrored: false, holds: 'hash, times, method and short browser name of a sign-in' },
  'sign-in-flow': { mirrored: false, holds: 'hash, expiry and one-time values of a sign-in that is under way' },
  'address-change': { mirrored: false, holds: 'hash and expiry of a link that confirms a new address, and that address' },
  identity: { mirrored: false, holds: 'which person an account elsewhere signs in, under its hash' },
  'person-identity': { mirrored: false, holds: 'provider, address and hash of an account elsewhere that signs a person in' },
  passkey: { mirrored: false, holds: 'name, public key, counter and times of a passkey' },
  'sign-in-provider': { mirrored: false, holds: 'issuer, client, sealed secret and proven domains of a sign-in provider of a space' },
  unfinished: { mirrored: false, holds: 'ids of work that has to be completed after a crash, and of invitations that are open' },
  'api-token': { mirrored: false, holds: 'hash, scope and expiry of an API token' },
  ban: { mirrored: false, holds: 'which address, network, account or claim is kept out, why, by whom and until when' },
  'audit-entry': { mirrored: false, holds: 'who did what to which thing and when, by ids, chained by hashes' },
  'audit-delivery': { mirrored: false, holds: 'where the audit of a space is delivered, sealed, and how far that came' },
  'audit-head': { mirrored: false, holds: 'where the audit of a space begins and ends' },
  installation: { mirrored: false, holds: 'ids of the first space and its admin' },
} as const satisfies Record<string, { mirrored: boolean; holds: string }>

export type ItemKind = keyof typeof itemKinds
