import { apiBase } from '../route.ts'

/** Routes that belong together, as the document, its page and the README name them. */
export interface ApiGroup {
  readonly name: string
  /** One sentence. */
  readonly about: string
  /** How its addresses begin, without the space that may stand in one of ours. */
  readonly prefixes: readonly string[]
}

const own = (...names: readonly string[]) => names.map((name) => `${apiBase}/${name}`)

/** Every group, in the order they are read. A route is in the group with the longest beginning that fits. */
export const apiGroups: readonly ApiGroup[] = [
  {
    name: 'Installation',
    about: 'How the cloud is, what to trust, and this document.',
    prefixes: [...own('health', 'ca.pem', 'roles'), '/api/docs', '/.well-known'],
  },
  {
    name: 'Signing in',
    about: 'Links by mail, other services, passkeys, sessions.',
    prefixes: own('sign-in', 'sign-out', 'session', 'sign-ins'),
  },
  {
    name: 'Profile',
    about: 'The person who asks: address, ways to sign in, API tokens, invitations, and everything that is held about them.',
    prefixes: own('me', 'api-tokens', 'invitations', 'erasures', 'consent', 'privacy-requests'),
  },
  {
    name: 'Spaces and people',
    about: 'Spaces, their members, and their own way to sign in.',
    prefixes: own('space', 'spaces', 'members', 'sign-in-provider'),
  },
  {
    name: 'Rooms and boards',
    about: 'Rooms, who and what is in them, and the boards they share.',
    prefixes: own('rooms', 'boards', 'labels'),
  },
  { name: 'Nodes', about: 'Nodes, what they measure, and live data of one.', prefixes: own('nodes', 'contexts') },
  {
    name: 'Alerts and events',
    about: 'What is raised, how alerts are defined, and what happened lately.',
    prefixes: own('alerts', 'alert-facets', 'feed'),
  },
  {
    name: 'Alert configuration',
    about: 'How alerts are defined, the documents a space keeps, and putting them on nodes.',
    prefixes: own('alert-definitions', 'alert-documents', 'alert-config'),
  },
  { name: 'Connecting nodes', about: 'Claim tokens and what agents tried lately.', prefixes: own('claim-tokens', 'connect-attempts') },
  {
    name: 'Notification channels',
    about: 'Where alerts are told: channels of a space, browsers of its people.',
    prefixes: own('integrations', 'channels', 'messages', 'push'),
  },
  {
    name: 'Deleted content',
    about: 'What was deleted and can be restored, for how long, and purges that ask.',
    prefixes: own('deleted', 'retention', 'purges'),
  },
  { name: 'Silences', about: 'What is kept quiet, when and for whom.', prefixes: own('silences') },
  { name: 'Reachability', about: 'After how long nodes that are out of reach are told of.', prefixes: own('reach-settings') },
  {
    name: 'Written requests',
    about: 'What people asked of their data in writing, for whoever owns the installation.',
    prefixes: own('privacy-inbox', 'people'),
  },
  { name: 'Mirror', about: 'How far the mirror of metadata is behind, and what it refused.', prefixes: own('mirror') },
  {
    name: 'Proof by canaries',
    about: 'What the operator reads of the running cloud to prove that no value is kept.',
    prefixes: own('canary'),
  },
  { name: 'Bans', about: 'Addresses, accounts and agents that are kept out.', prefixes: own('bans') },
  { name: 'Audit', about: 'Who did what, and the proof that nothing was changed since.', prefixes: own('audit') },
  {
    name: 'Existing clients',
    about: 'What the Terraform provider, the Grafana plugin and scripts for this kind of cloud already speak.',
    prefixes: ['/api/v1', '/api/v2', '/api/v3'],
  },
  {
    name: 'Agents',
    about: 'How agents claim and log in; not for people.',
    prefixes: ['/api/v1/env', '/api/v1/auth/node', '/api/v1/spaces/nodes'],
  },
]

/** The group of an address as it is registered; undefined when it has none, which a test finds. */
export function groupOf(path: string): ApiGroup | undefined {
  const plain = path.replace(`${apiBase}/spaces/:spaceId/`, `${apiBase}/`)
  const fits = (prefix: string) => plain === prefix || plain.startsWith(`${prefix}/`)
  const longest = ({ prefixes }: ApiGroup) => Math.max(0, ...prefixes.filter(fits).map(({ length }) => length))
  const [best] = [...apiGroups].sort((a, b) => longest(b) - longest(a))
  return best !== undefined && longest(best) > 0 ? best : undefined
}
