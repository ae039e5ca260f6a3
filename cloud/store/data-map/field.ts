import type { Storable } from '../../../src/domain/storable.ts'

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
  /** The service seals it before it comes to the store, with the key that `seal` names; the sealing store leaves it alone. */
  readonly sealedBy?: 'service'
}

/** The form of one value; 'plain' is a text, a number or a flag. */
export type LeafForm = 'text' | 'number' | 'flag' | 'plain'

/** The form of a stored value, with the facts of each leaf. */
export type Shape =
  | {
      readonly form: LeafForm
      readonly isNullable: boolean
      readonly facts: FieldFacts
      /** The only values there are, where they are few. */
      readonly values?: readonly (string | number | boolean)[]
    }
  | { readonly form: 'list'; readonly isNullable: boolean; readonly of: Shape }
  /** A list of a fixed order; the names of its members are for readers, in data they stand by their place. */
  | { readonly form: 'tuple'; readonly isNullable: boolean; readonly members: Readonly<Record<string, Member>> }
  /** An object whose member names are data: ids, hashes, keys of labels. */
  | { readonly form: 'map'; readonly isNullable: boolean; readonly key: FieldFacts; readonly of: Shape }
  | { readonly form: 'group'; readonly isNullable: boolean; readonly members: Readonly<Record<string, Member>> }
  /** One of several forms; the first that fits counts. */
  | { readonly form: 'either'; readonly isNullable: boolean; readonly options: readonly Shape[] }

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
/** What may be written where a field is. */
export type Of<F> = F extends Field<infer T, boolean> ? T : never
type OptionalNames<F extends Fields> = { [K in keyof F]: F[K]['isOptional'] extends true ? K : never }[keyof F]
/** What may be written where a group of fields is. */
export type DataOf<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalNames<F>>]: Of<F[K]> } & {
  readonly [K in OptionalNames<F>]?: Of<F[K]> | undefined
}

/** The facts that differ from: no seal, not mirrored, nobody's id. */
export type Differs = Partial<Omit<FieldFacts, 'purpose'>>

type Literal = string | number | boolean
const leaf = <T extends Storable>(form: LeafForm, purpose: string, differs: Differs, values?: readonly Literal[]): Field<T> => ({
  shape: {
    form,
    isNullable: false,
    facts: { purpose, seal: 'none', mirror: 'none', ...differs },
    ...(values === undefined ? {} : { values }),
  },
  isOptional: false,
})

export const text = (purpose: string, differs: Differs = {}): Field<string> => leaf('text', purpose, differs)
export const number = (purpose: string, differs: Differs = {}): Field<number> => leaf('number', purpose, differs)
export const flag = (purpose: string, differs: Differs = {}): Field<boolean> => leaf('flag', purpose, differs)

/** A flag that is only there when it is set. */
export const mark = (purpose: string, differs: Differs = {}): Field<true, true> => optional(leaf<true>('flag', purpose, differs, [true]))

/** A flag as a number, where many lie together. */
export const bit = (purpose: string, differs: Differs = {}): Field<0 | 1> => leaf('number', purpose, differs, [0, 1])

/** One of a few words. */
export const oneOf = <const V extends readonly string[]>(values: V, purpose: string, differs: Differs = {}): Field<V[number]> =>
  leaf('text', purpose, differs, values)

/** A text, a number or a flag, where one list of names has all of them. */
export const plain = (purpose: string, differs: Differs = {}): Field<string | number | boolean> => leaf('plain', purpose, differs)

export const list = <T extends Storable>(of: Field<T>): Field<readonly T[]> => ({
  shape: { form: 'list', isNullable: false, of: of.shape },
  isOptional: false,
})

type PlacesOf<F> = F extends readonly [infer Head, ...infer Rest]
  ? Head extends readonly [string, Field<infer T, infer O>]
    ? O extends true
      ? readonly [T?, ...PlacesOf<Rest>]
      : readonly [T, ...PlacesOf<Rest>]
    : never
  : readonly []

/** A list of a fixed order: pairs of what a place is called, and its field. */
export const tuple = <const F extends readonly (readonly [string, Field<Storable, boolean>])[]>(
  ...places: F
): Field<PlacesOf<F> extends infer T extends Storable ? T : never> => ({
  shape: { form: 'tuple', isNullable: false, members: Object.fromEntries(places) },
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

/** One of several forms; groups among them have different members. */
export const either = <const F extends readonly Field<Storable>[]>(...options: F): Field<Of<F[number]>> => ({
  shape: { form: 'either', isNullable: false, options: options.map(({ shape }) => shape) },
  isOptional: false,
})

export const optional = <T extends Storable>(field: Field<T>): Field<T, true> => ({ shape: field.shape, isOptional: true })

export const nullable = <T extends Storable>(field: Field<T>): Field<T | null> => ({
  shape: { ...field.shape, isNullable: true },
  isOptional: false,
})
