import type { Storable } from '../../src/domain/storable.ts'
import type { Seal, Shape } from '../store/data-map/field.ts'
import { fits } from '../store/data-map/fits.ts'

/** Whose key seals something in the store. */
export type StoreSeal = Exclude<Seal, 'none' | 'hash'>

/** The part of a shape that leads to sealed texts; undefined leads to none. */
export type Branch =
  | { readonly form: 'leaf'; readonly seal: StoreSeal }
  | { readonly form: 'list'; readonly of: Branch }
  | { readonly form: 'tuple'; readonly members: readonly (Branch | undefined)[] }
  | { readonly form: 'group'; readonly members: ReadonlyMap<string, Branch> }
  | { readonly form: 'map'; readonly key: StoreSeal | undefined; readonly of: Branch | undefined }
  | { readonly form: 'either'; readonly options: readonly { readonly shape: Shape; readonly branch: Branch | undefined }[] }

const storeSeal = ({ seal, sealedBy }: { readonly seal: Seal; readonly sealedBy?: 'service' }): StoreSeal | undefined =>
  sealedBy === 'service' || seal === 'none' || seal === 'hash' ? undefined : seal

/** What of a shape is sealed. Only texts are: a sealed number would not be one any more. Throws TypeError for another mark. */
export function branchOf(shape: Shape): Branch | undefined {
  switch (shape.form) {
    case 'list': {
      const of = branchOf(shape.of)
      return of && { form: 'list', of }
    }
    case 'tuple': {
      const members = Object.values(shape.members).map((member) => branchOf(member.shape))
      return members.some((each) => each !== undefined) ? { form: 'tuple', members } : undefined
    }
    case 'group': {
      const members = Object.entries(shape.members).flatMap(([name, member]) => {
        const branch = branchOf(member.shape)
        return branch === undefined ? [] : [[name, branch] as const]
      })
      return members.length === 0 ? undefined : { form: 'group', members: new Map(members) }
    }
    case 'map': {
      const [key, of] = [storeSeal(shape.key), branchOf(shape.of)]
      return key === undefined && of === undefined ? undefined : { form: 'map', key, of }
    }
    case 'either': {
      const options = shape.options.map((option) => ({ shape: option, branch: branchOf(option) }))
      return options.some(({ branch }) => branch !== undefined) ? { form: 'either', options } : undefined
    }
    default: {
      const seal = storeSeal(shape.facts)
      if (seal !== undefined && (shape.form !== 'text' || shape.values !== undefined))
        throw new TypeError('The data map wants something sealed that is not a free text.')
      return seal && { form: 'leaf', seal }
    }
  }
}

/** What a text on a branch becomes; `path` is where it is, with places of lists and names of maps. */
export type Visit = (seal: StoreSeal, text: string, path: string) => string

type Members = Readonly<Record<string, Storable | undefined>>
const isMembers = (value: Storable): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value with every text on its branch replaced; what is not as the branch says stays as it is, and the value given is not changed. */
export function mapTexts(branch: Branch, value: Storable, visit: Visit, path = ''): Storable {
  switch (branch.form) {
    case 'leaf':
      return typeof value === 'string' ? visit(branch.seal, value, path) : value
    case 'list':
      return Array.isArray(value)
        ? (value as readonly Storable[]).map((each, at) => mapTexts(branch.of, each, visit, `${path}.${at}`))
        : value
    case 'tuple':
      if (!Array.isArray(value)) return value
      return (value as readonly Storable[]).map((each, at) => {
        const member = branch.members[at]
        return member === undefined ? each : mapTexts(member, each, visit, `${path}.${at}`)
      })
    case 'group':
      if (!isMembers(value)) return value
      return entriesMapped(value, (name, each) => {
        const member = branch.members.get(name)
        return [name, member === undefined ? each : mapTexts(member, each, visit, `${path}.${name}`)]
      })
    case 'map':
      if (!isMembers(value)) return value
      return entriesMapped(value, (name, each) => {
        const named = branch.key === undefined ? name : visit(branch.key, name, `${path}{key}`)
        // The plain one of both is what the value is bound to, whichever way this goes.
        const plain = isSealedText(name) ? named : name
        return [named, branch.of === undefined ? each : mapTexts(branch.of, each, visit, `${path}.${plain}`)]
      })
    case 'either': {
      const option = branch.options.find(({ shape }) => fits(shape, value))
      return option?.branch === undefined ? value : mapTexts(option.branch, value, visit, path)
    }
  }
}

function entriesMapped(value: Members, change: (name: string, each: Storable) => readonly [string, Storable]): Members {
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [change(name, each)])))
}

/** Begins every text that the store sealed: a character that no text of people or agents has in it (security requirement C6). */
export const sealMark = '\u007f'

/** Whether a stored text is sealed by the store. */
export const isSealedText = (text: string): boolean => text.startsWith(sealMark)
