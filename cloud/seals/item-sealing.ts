import type { KeySubject } from '../../src/domain/key-subject.ts'
import type { Storable } from '../../src/domain/storable.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { dataMap, type ItemKind } from '../store/data-map/every-kind.ts'
import type { KindFacts } from '../store/data-map/kind-facts.ts'
import { ownerOf } from '../store/data-map/owner-of.ts'
import type { AnyItem } from '../store/port.ts'
import { sealBroken, subjectName } from './key-provider.ts'
import { branchOf, isSealedText, mapTexts, sealMark, type Branch, type StoreSeal } from './seal-branches.ts'
import { blobKeyIdOf, keyIdOf, openBlob, openText, sealBlob, sealText } from './seal-text.ts'
import type { DataKey, KeyRing } from './subject-keys.ts'

/** What the map says of a kind, as far as sealing needs it. */
export type SealFacts = (kind: ItemKind) => Pick<KindFacts, 'data' | 'blob'> | undefined

interface Plan {
  readonly branch: Branch | undefined
  readonly blob: StoreSeal | undefined
}

/** One sealed place of an item at rest: whose key it needs, and which; a `keyId` of undefined lies there in the open. */
export interface SealUse {
  readonly subject: KeySubject
  readonly keyId: string | undefined
  /** Nothing stands there. */
  readonly isEmpty: boolean
}

/** Seals and opens items by the data map; an item of a kind with nothing to seal passes as it is, without a look at any key. */
export interface ItemSealing {
  /**
   * Throws ERASED when something is said in it of somebody whose key was destroyed, KEYS_UNAVAILABLE, STORE_UNAVAILABLE.
   * `isEmptied`: what is said of them is left out instead.
   */
  seal<T extends AnyItem>(item: T, options?: { readonly isEmptied?: boolean }): Promise<T>
  /** `erased`: how many texts read as empty because their key was destroyed. Throws SEAL_BROKEN, KEYS_UNAVAILABLE, STORE_UNAVAILABLE. */
  open<T extends AnyItem>(item: T): Promise<{ readonly item: T; readonly erased: number }>
  /** What is sealed, or ought to be, in an item at rest. */
  uses(item: AnyItem): readonly SealUse[]
}

const installation: KeySubject = { kind: 'installation', id: 'installation' }

export function createItemSealing(ring: KeyRing, facts: SealFacts = (kind) => dataMap[kind]): ItemSealing {
  const plans = new Map<ItemKind, Plan | undefined>()
  const planOf = (kind: ItemKind): Plan | undefined => {
    if (!plans.has(kind)) plans.set(kind, planFrom(facts(kind)))
    return plans.get(kind)
  }

  /** Whose key it is: what belongs to nobody yet is the installation's. */
  const subjectOf = (item: AnyItem, seal: StoreSeal): KeySubject => {
    const id = seal === 'installation' ? undefined : ownerOf(item, seal)
    return id === undefined || seal === 'installation' ? installation : { kind: seal, id }
  }

  const uses = (item: AnyItem): SealUse[] => {
    const plan = planOf(item.kind)
    const found: SealUse[] = []
    if (plan?.branch !== undefined)
      mapTexts(plan.branch, item.data, (seal, text) => {
        found.push({
          subject: subjectOf(item, seal),
          keyId: isSealedText(text) ? keyIdOf(text.slice(sealMark.length)) : undefined,
          isEmpty: text === '',
        })
        return text
      })
    if (plan?.blob !== undefined && item.blob !== undefined && item.blob.length > 0)
      found.push({ subject: subjectOf(item, plan.blob), keyId: blobKeyIdOf(item.blob), isEmpty: false })
    return found
  }

  return {
    uses,

    async seal(item, { isEmptied = false } = {}) {
      const plan = planOf(item.kind)
      if (plan === undefined) return item
      const keys = new Map<string, DataKey | undefined>()
      for (const { subject } of uses(item)) {
        const name = subjectName(subject)
        if (!keys.has(name)) keys.set(name, await unlessErased(ring.sealing(subject)))
      }
      if (keys.size === 0) return item
      const place = placesOf(item)
      const sealed = (seal: StoreSeal, path: string): { key: DataKey | undefined; at: ReturnType<typeof place> } => {
        const subject = subjectOf(item, seal)
        return { key: keys.get(subjectName(subject)), at: place(subject, path) }
      }
      const data = mapped(plan.branch, item.data, (seal, text, path) => {
        const { key, at } = sealed(seal, path)
        if (key !== undefined) return `${sealMark}${sealText(text, key, at)}`
        if (text !== '' && !isEmptied) throw erased()
        return ''
      })
      return { ...item, data, ...sealedBlob(item, plan.blob, sealed, isEmptied) }
    },

    async open(item) {
      const plan = planOf(item.kind)
      if (plan === undefined) return { item, erased: 0 }
      const keys = new Map<string, DataKey | 'destroyed' | undefined>()
      for (const { subject, keyId } of uses(item)) {
        const name = `${subjectName(subject)} ${keyId}`
        if (keyId !== undefined && !keys.has(name)) keys.set(name, await ring.opening(subject, keyId))
      }
      if (keys.size === 0) return { item: withPlainCheck(plan, item), erased: 0 }
      const place = placesOf(item)
      let gone = 0
      const find = (seal: StoreSeal, keyId: string | undefined, path: string) => {
        const subject = subjectOf(item, seal)
        const key = keys.get(`${subjectName(subject)} ${keyId}`)
        if (key === undefined) throw sealBroken()
        if (key === 'destroyed') gone++
        return { key, at: place(subject, path) }
      }
      const data = mapped(plan.branch, item.data, (seal, text, path) => {
        // What an older version left in the open is sealed at its next write.
        if (!isSealedText(text)) return text
        const sealed = text.slice(sealMark.length)
        const { key, at } = find(seal, keyIdOf(sealed), path)
        return key === 'destroyed' ? '' : openText(sealed, key, at)
      })
      const opened = (): { readonly blob?: Uint8Array } => {
        const keyId = item.blob === undefined ? undefined : blobKeyIdOf(item.blob)
        if (plan.blob === undefined || item.blob === undefined || keyId === undefined) return {}
        const { key, at } = find(plan.blob, keyId, 'blob')
        return { blob: key === 'destroyed' ? new Uint8Array() : openBlob(item.blob, key, at) }
      }
      return { item: { ...item, data, ...opened() }, erased: gone }
    },
  }
}

function planFrom(facts: Pick<KindFacts, 'data' | 'blob'> | undefined): Plan | undefined {
  const branch = facts?.data === undefined ? undefined : branchOf(facts.data.shape)
  const seal = facts?.blob?.seal
  const blob = seal === undefined || seal === 'none' || seal === 'hash' ? undefined : seal
  return branch === undefined && blob === undefined ? undefined : { branch, blob }
}

const mapped = (branch: Branch | undefined, data: Storable, visit: Parameters<typeof mapTexts>[2]): Storable =>
  branch === undefined ? data : mapTexts(branch, data, visit)

/** What a seal is bound to: the item, its kind, and the place in it. */
function placesOf({ partition, sort, kind }: AnyItem) {
  const item = JSON.stringify([partition, sort, kind])
  return (subject: KeySubject, path: string) => ({ subject, boundTo: `${item}${path}` })
}

function sealedBlob(
  { blob }: AnyItem,
  seal: StoreSeal | undefined,
  sealed: (seal: StoreSeal, path: string) => { key: DataKey | undefined; at: { subject: KeySubject; boundTo: string } },
  isEmptied: boolean,
): { readonly blob?: Uint8Array } {
  if (seal === undefined || blob === undefined || blob.length === 0) return {}
  const { key, at } = sealed(seal, 'blob')
  if (key === undefined && isEmptied) return { blob: new Uint8Array() }
  if (key === undefined) throw erased()
  return { blob: sealBlob(blob, key, at) }
}

/** A text that bears the mark of a seal and is none was tampered with. */
function withPlainCheck<T extends AnyItem>(plan: Plan, item: T): T {
  mapped(plan.branch, item.data, (_, text) => {
    if (isSealedText(text)) throw sealBroken()
    return text
  })
  return item
}

const erased = () => new ThroughlineError('ERASED', 'This was erased; nothing more is kept of it.')

async function unlessErased(key: Promise<DataKey>): Promise<DataKey | undefined> {
  try {
    return await key
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'ERASED') return undefined
    throw thrown
  }
}
