import type { Role } from '../../../src/domain/model.ts'

const everybody: readonly Role[] = ['admin', 'manager', 'troubleshooter', 'observer', 'billing', 'member']

/** The parts of a space's settings, in the order of their navigation; addresses are relative to the space. */
export const settingsSections = [{ id: 'space', href: '/settings/space', title: 'Space', for: everybody }] as const satisfies readonly {
  id: string
  href: string
  title: string
  for: readonly Role[]
}[]

export type SettingsSection = (typeof settingsSections)[number]

/** The parts that have something for a role; the cloud decides, this only leaves out what it would refuse. */
export const sectionsFor = (role: Role): readonly SettingsSection[] => settingsSections.filter((section) => section.for.includes(role))
