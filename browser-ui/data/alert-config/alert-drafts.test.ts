import { expect, it } from 'vitest'
import { createAlertDrafts, type AlertDraft } from './alert-drafts.ts'
import { draftFor } from './rule-draft.ts'

function storage() {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, text: string) => void items.set(key, text),
    removeItem: (key: string) => void items.delete(key),
  }
}

const base = draftFor({ nodeId: undefined, context: 'disk.util', instance: undefined, dimensions: [], units: '%' })
const draft: AlertDraft = {
  changedAtMs: 1_000,
  base: { version: 3, document: base },
  document: { ...base, name: 'half a name' },
  torn: { form: 'json', text: '{"name": ' },
  nodeId: 'n1',
  note: 'why',
}

it('[AG20] a draft that is no whole document yet comes back as it was, to the same person in the same space, until it is taken away', () => {
  const tab = storage()
  const drafts = createAlertDrafts(tab, 'anna', 'space')
  expect(drafts.read('new')).toBeUndefined()
  expect(drafts.write('new', draft)).toBe(true)
  expect(drafts.write('edit/disk_busy', { ...draft, torn: undefined, nodeId: undefined })).toBe(true)
  expect(drafts.read('new')).toEqual(draft)
  expect(drafts.read('edit/disk_busy')).toEqual({ ...draft, torn: undefined, nodeId: undefined })
  expect(createAlertDrafts(tab, 'otto', 'space').read('new')).toBeUndefined()
  expect(createAlertDrafts(tab, 'anna', 'other').read('new')).toBeUndefined()
  drafts.remove('new')
  expect(drafts.read('new')).toBeUndefined()
  expect(tab.items.size).toBe(1)
})

it('[AG20] a damaged draft counts as none, and a full storage is no error', () => {
  const tab = storage()
  const drafts = createAlertDrafts(tab, 'anna', 'space')
  drafts.write('new', draft)
  const [key = ''] = tab.items.keys()
  const [rule] = base.rules
  const damaged = [
    '{',
    'null',
    '5',
    JSON.stringify({ ...draft, document: { ...base, rules: [] } }),
    JSON.stringify({ ...draft, document: { ...base, rules: [{ ...rule, config: { ...rule?.config, action: {} } }] } }),
    JSON.stringify({ ...draft, base: undefined }),
    JSON.stringify({ ...draft, note: 5 }),
  ]
  for (const text of damaged) {
    tab.items.set(key, text)
    expect([text, drafts.read('new')]).toEqual([text, undefined])
  }
  const full = createAlertDrafts(
    {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError')
      },
      removeItem: () => undefined,
    },
    'anna',
    'space',
  )
  expect(full.write('new', draft)).toBe(false)
})
