import { number, text, type Differs, type Field } from './field.ts'

/** In the mirror as a keyed hash. */
export const pseudonym = { mirror: 'pseudonym' } as const satisfies Differs
/** In the mirror as it is. */
export const same = { mirror: 'same' } as const satisfies Differs
/** In the mirror only by how many there are. */
export const count = { mirror: 'count' } as const satisfies Differs
/** Sealed with the key of the person it is about. */
export const byPerson = { seal: 'person' } as const satisfies Differs
/** Sealed with the key of the space it belongs to. */
export const bySpace = { seal: 'space' } as const satisfies Differs
/** Sealed with the key of the installation, for what belongs to nobody yet. */
export const byInstallation = { seal: 'installation' } as const satisfies Differs
/** Only a hash of it is kept. */
export const hashed = { seal: 'hash' } as const satisfies Differs

/** The id of a person, a space or a node. */
export const personId = (purpose: string, differs: Differs = {}): Field<string> => text(purpose, { names: 'person', ...differs })
export const spaceId = (purpose: string, differs: Differs = {}): Field<string> => text(purpose, { names: 'space', ...differs })
export const nodeId = (purpose: string, differs: Differs = {}): Field<string> => text(purpose, { names: 'node', ...differs })

/** A time in epoch milliseconds; so says its name. */
export const time = (purpose: string, differs: Differs = {}): Field<number> => number(purpose, differs)
