import type { Role } from '../../../src/domain/model.ts'

const everybody: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member']
const workers: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer']

interface Section {
  readonly id: string
  readonly href: string
  readonly title: string
  /** The roles it has something for. */
  readonly for: readonly Role[]
  /** More words it is found by in the palette. */
  readonly keywords: string
}

/** The parts of a space's settings, in the order of their navigation; addresses are relative to the space. */
export const settingsSections = [
  { id: 'space', href: '/settings/space', title: 'Space', for: everybody, keywords: 'name leave delete id plan' },
  { id: 'people', href: '/settings/people', title: 'People', for: everybody, keywords: 'members invite roles users team' },
  { id: 'rooms', href: '/settings/rooms', title: 'Rooms', for: [...workers, 'member'], keywords: 'rules groups labels nodes' },
  { id: 'claim-tokens', href: '/settings/claim-tokens', title: 'Claim tokens', for: ['admin'], keywords: 'connect claim keys revoke' },
  { id: 'sign-in', href: '/settings/sign-in', title: 'Sign-in', for: ['admin'], keywords: 'sso single sign-on oidc provider domain dns' },
  { id: 'channels', href: '/settings/channels', title: 'Channels', for: workers, keywords: 'notifications alerts mail webhook slack' },
  {
    id: 'messages',
    href: '/settings/messages',
    title: 'Messages',
    for: workers,
    keywords: 'notifications deliveries log failed queue retry',
  },
  {
    id: 'reachability',
    href: '/settings/reachability',
    title: 'Reachability',
    for: workers,
    keywords: 'unreachable offline delay notifications nodes down',
  },
  {
    id: 'deleted',
    href: '/settings/deleted',
    title: 'Deleted',
    for: ['admin', 'manager', 'troubleshooter'],
    keywords: 'restore undo bin trash retention days purge',
  },
  { id: 'audit', href: '/settings/audit', title: 'Audit', for: workers, keywords: 'events log history who did what' },
] as const satisfies readonly Section[]

export type SettingsSection = (typeof settingsSections)[number]

/** The parts that have something for a role; the cloud decides, this only leaves out what it would refuse. */
export const sectionsFor = (role: Role): readonly SettingsSection[] =>
  settingsSections.filter((section) => (section.for as readonly Role[]).includes(role))
