import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { isObject } from '../json.ts'
import type { TextForm } from './text-documents.ts'

/** What somebody changed of an alert and has not saved, and what it was made from. Configuration only: a document holds no values. */
export interface AlertDraft {
  /** When it was changed last. */
  readonly changedAtMs: number
  /** The version it was made from, 0 for none, and the document of it. */
  readonly base: { readonly version: number; readonly document: AlertDocument }
  readonly document: AlertDocument
  /** A text that is no document yet. */
  readonly torn: { readonly form: TextForm; readonly text: string } | undefined
  /** The node that the chart is shown on. */
  readonly nodeId: string | undefined
  readonly note: string
}

/** Keeps the draft of each alert while the tab is open. `place`: which editor it belongs to. */
export interface AlertDrafts {
  readonly read: (place: string) => AlertDraft | undefined
  /** False when there is no room for it. */
  readonly write: (place: string, draft: AlertDraft) => boolean
  readonly remove: (place: string) => void
}

/** Drafts of one person in one space, in the storage of the tab: nobody else finds them there. A damaged one counts as none. */
export function createAlertDrafts(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  personId: string,
  spaceId: string,
): AlertDrafts {
  const keyOf = (place: string) => `throughline-alert-draft-1/${personId}/${spaceId}/${place}`
  return {
    read(place) {
      try {
        return draftIn(JSON.parse(storage.getItem(keyOf(place)) ?? 'null'))
      } catch {
        return undefined
      }
    },
    write(place, draft) {
      try {
        storage.setItem(keyOf(place), JSON.stringify(draft))
        return true
      } catch {
        // The storage is full or shut off: the editor still holds it.
        return false
      }
    },
    remove(place) {
      try {
        storage.removeItem(keyOf(place))
      } catch {
        // Nothing can be there then.
      }
    },
  }
}

function draftIn(value: unknown): AlertDraft | undefined {
  if (!isObject(value)) return undefined
  const { changedAtMs, base, document, torn, nodeId, note } = value
  if (typeof changedAtMs !== 'number' || typeof note !== 'string' || !isDocument(document)) return undefined
  if (!isObject(base) || typeof base['version'] !== 'number' || !isDocument(base['document'])) return undefined
  return {
    changedAtMs,
    base: { version: base['version'], document: base['document'] },
    document,
    torn: tornIn(torn),
    nodeId: typeof nodeId === 'string' ? nodeId : undefined,
    note,
  }
}

function tornIn(value: unknown): AlertDraft['torn'] {
  if (!isObject(value) || typeof value['text'] !== 'string') return undefined
  const form = value['form']
  return form === 'json' || form === 'health' ? { form, text: value['text'] } : undefined
}

/** Whether it has every part that the form shows; what is wrong in them, the form says. */
function isDocument(value: unknown): value is AlertDocument {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    Array.isArray(value['rules']) &&
    value['rules'].length > 0 &&
    value['rules'].every(isRule)
  )
}

function isRule(rule: unknown): boolean {
  const config = isObject(rule) ? rule['config'] : undefined
  if (!isObject(config)) return false
  const { match, value, conditions, action } = config
  return (
    isObject(match) &&
    isObject(value) &&
    isObject(value['database_lookup']) &&
    isObject(conditions) &&
    isObject(action) &&
    isObject(action['delay']) &&
    isObject(action['repeat'])
  )
}
