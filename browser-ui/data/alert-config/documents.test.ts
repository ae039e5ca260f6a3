import { expect, it } from 'vitest'
import { alertDocumentSchema, type AlertDocument } from '../../../src/health/alert-document.ts'
import { changesBetween, pathWords } from './flat-document.ts'
import { mergeDocuments, planMerge } from './merge-documents.ts'
import { usualRule, changedRule, draftFor, readWizardPath, wizardPath, withRule, type RuleChange } from './rule-draft.ts'

const base = draftFor({ nodeId: 'n', context: 'disk.util', instance: undefined, dimensions: [], units: '%' })
const changed = (document: AlertDocument, change: RuleChange) => withRule(document, 0, changedRule(document.rules[0] ?? usualRule, change))

it('[AG3] a chart hands its node, context, instance, dimensions and units to the wizard, whose draft is a document that agents take', () => {
  const wish = { nodeId: 'n-1', context: 'disk.io', instance: 'disk.sda', dimensions: ['reads', 'writes'], units: 'KiB/s' }
  expect(readWizardPath(wizardPath(wish).split('?')[1] ?? '')).toEqual(wish)
  const draft = draftFor(wish)
  expect(alertDocumentSchema.parse(draft)).toEqual(draft)
  expect(draft.rules[0]).toMatchObject({
    type: 'instance',
    config: { match: { on: 'disk.sda' }, value: { units: 'KiB/s', database_lookup: { dimensions: 'reads writes' } } },
  })
  expect(draftFor({ ...wish, instance: undefined, dimensions: [] }).rules[0]).toMatchObject({
    type: 'template',
    config: { match: { on: 'disk.io' }, value: { database_lookup: { dimensions: '*' } } },
  })
  expect(readWizardPath(`?node=${'x'.repeat(300)}`).nodeId).toBeUndefined()
})

it('[AG4] two versions are compared member by member, each named in words', () => {
  const after = changed(base, { value: { units: 'percent' }, lookup: { options: ['absolute'] } })
  expect(changesBetween(base, after).map(({ path, before, after: now }) => [pathWords(path), before, now])).toEqual([
    ['rule 1 · value · database lookup · options', '["unaligned"]', '["absolute"]'],
    ['rule 1 · value · units', '"%"', '"percent"'],
  ])
  expect(changesBetween(base, { ...base, rules: [...base.rules, usualRule] }).every(({ before }) => before === undefined)).toBe(true)
  expect(changesBetween(base, base)).toEqual([])
})

it('[AG5] changes of two people become one document; only what both changed to something else is asked, and nothing of either is lost', () => {
  const mine = changed(base, { value: { units: 'percent' }, conditions: { warning_condition: '$this > 80' }, config: { info: 'same' } })
  const theirs = changed(base, { conditions: { warning_condition: '$this > 90' }, action: { recipient: 'dba' }, config: { info: 'same' } })
  const path = 'rules.0.config.conditions.warning_condition'
  expect(planMerge(base, mine, theirs)).toEqual({
    mineOnly: 1,
    theirsOnly: 1,
    clashes: [{ path, base: '""', mine: '"$this > 80"', theirs: '"$this > 90"' }],
  })
  const merged = mergeDocuments(base, mine, theirs, () => 'mine')
  expect(merged).toEqual(changed(mine, { action: { recipient: 'dba' } }))
  expect(mergeDocuments(base, mine, theirs, () => 'theirs')).toEqual(changed(theirs, { value: { units: 'percent' } }))
})

it('[AG5] when one of them added a rule, the rules are asked as a whole', () => {
  const mine = { ...changed(base, { value: { units: 'percent' } }), name: 'mine' }
  const theirs = { ...base, rules: [...base.rules, usualRule] }
  expect(planMerge(base, mine, theirs).clashes.map(({ path }) => path)).toEqual(['rules'])
  expect(mergeDocuments(base, mine, theirs, () => 'theirs')).toEqual({ ...theirs, name: 'mine' })
  expect(mergeDocuments(base, mine, theirs, () => 'mine')).toEqual(mine)
})
