import type { Storable } from '../../../src/domain/storable.ts'

/** What is kept, by the promise it falls under. */
export const dataClasses = ['account', 'node', 'contexts', 'alert-configuration', 'channel-secret', 'audit', 'operations'] as const
export type DataClass = (typeof dataClasses)[number]

/** Whose key seals a field at rest; 'hash': only a hash of it is kept; 'none': it lies there as it is. */
export type Seal = 'none' | 'hash' | 'person' | 'space' | 'installation'

/** What the mirror gets of a field: nothing, the same, a keyed hash of it, or only how many there are. */
export type MirrorForm = 'none' | 'same' | 'pseudonym' | 'count'

/** Whose id a text is, where it is one. The receipt, the ledger of erasures and the mirror follow these. */
export type Names = 'person' | 'space' | 'node'

/** What the owner is told of one field. */
export interface FieldFacts {
  /** Why it is kept: the rest of a sentence that begins "It is kept to". */
  readonly purpose: string
  readonly seal: Seal
  readonly mirror: MirrorForm
  readonly names?: Names
}

/** The form of a stored value, with the facts of each leaf. */
export type Shape =
  | { readonly form: 'text' | 'number' | 'flag'; readonly isNullable: boolean; readonly facts: FieldFacts }
  | { readonly form: 'list'; readonly isNullable: boolean; readonly of: Shape }
  /** An object whose member names are data: ids, hashes, keys of labels. */
  | { readonly form: 'map'; readonly isNullable: boolean; readonly key: FieldFacts; readonly of: Shape }
  | { readonly form: 'group'; readonly isNullable: boolean; readonly members: Readonly<Record<string, Member>> }

export interface Member {
  readonly shape: Shape
  readonly isOptional: boolean
}

declare const written: unique symbol
/** A member of a group, and the TypeScript type that may be written there. */
export interface Field<T extends Storable, Optional extends boolean = false> extends Member {
  readonly isOptional: Optional
  readonly [written]?: T
}

type Fields = Readonly<Record<string, Field<Storable, boolean>>>
type Of<F> = F extends Field<infer T, boolean> ? T : never
type OptionalNames<F extends Fields> = { [K in keyof F]: F[K]['isOptional'] extends true ? K : never }[keyof F]
/** What may be written where a group of fields is. */
export type DataOf<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalNames<F>>]: Of<F[K]> } & {
  readonly [K in OptionalNames<F>]?: Of<F[K]> | undefined
}

/** The facts that differ from: no seal, not mirrored, nobody's id. */
export type Differs = Partial<Omit<FieldFacts, 'purpose'>>

const leaf = <T extends Storable>(form: 'text' | 'number' | 'flag', purpose: string, differs: Differs): Field<T> => ({
  shape: { form, isNullable: false, facts: { purpose, seal: 'none', mirror: 'none', ...differs } },
  isOptional: false,
})

export const text = (purpose: string, differs: Differs = {}): Field<string> => leaf('text', purpose, differs)
export const number = (purpose: string, differs: Differs = {}): Field<number> => leaf('number', purpose, differs)
export const flag = (purpose: string, differs: Differs = {}): Field<boolean> => leaf('flag', purpose, differs)

export const list = <T extends Storable>(of: Field<T>): Field<readonly T[]> => ({
  shape: { form: 'list', isNullable: false, of: of.shape },
  isOptional: false,
})

/** An object by ids or names; `key` says what those are. */
export const map = <T extends Storable>(key: Field<string>, of: Field<T>): Field<{ readonly [name: string]: T }> => {
  if (key.shape.form !== 'text') throw new TypeError('the key of a map is a text')
  return { shape: { form: 'map', isNullable: false, key: key.shape.facts, of: of.shape }, isOptional: false }
}

export const group = <const F extends Fields>(members: F): Field<DataOf<F>> => ({
  shape: { form: 'group', isNullable: false, members },
  isOptional: false,
})

export const optional = <T extends Storable>(field: Field<T>): Field<T, true> => ({ shape: field.shape, isOptional: true })

export const nullable = <T extends Storable>(field: Field<T>): Field<T | null> => ({
  shape: { ...field.shape, isNullable: true },
  isOptional: false,
})
