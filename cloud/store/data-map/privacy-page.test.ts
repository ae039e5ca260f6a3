import { readFileSync } from 'node:fs'
import { format } from 'prettier'
import { expect, it } from 'vitest'
import { auditDetails } from '../../../src/domain/audit-details.ts'
import { logFields } from '../../../src/domain/log-fields.ts'
import { kindNames, leavesOf } from './data-map.ts'
import { privacyPage } from './privacy-page.ts'

const page = readFileSync('PRIVACY.md', 'utf8')

it('[DM19] (D2) PRIVACY.md is what the data map gives; `npm run generate` writes it', async () => {
  expect(page).toBe(await format(privacyPage(), { parser: 'markdown', printWidth: 140 }))
})

it('[DM19] it names every kind, every field, every field of the log and every word of the audit', () => {
  const names = [
    ...kindNames.flatMap((kind) => [`### \`${kind}\``, ...leavesOf(kind).map(({ label }) => `\`${label}\``)]),
    ...[...Object.keys(logFields), ...Object.keys(auditDetails)].map((name) => `\`${name}\``),
  ]
  expect(names.filter((name) => !page.includes(name))).toEqual([])
  expect(readFileSync('README.md', 'utf8')).toContain('(PRIVACY.md)')
})

it('[DM19] it says plainly which names lie in the open, and they do', () => {
  expect(page).toContain('Hostnames, labels and facts of nodes, names and\n  descriptions of rooms, and definitions of alerts lie so')
  const open = ['room name', 'room description', 'node hostname', 'node info.hostname', 'node info.labels{}', 'alert-config fields{}']
  const sealsOf = new Map(kindNames.flatMap((kind) => leavesOf(kind).map(({ label, facts }) => [`${kind} ${label}`, facts.seal])))
  expect(open.map((name) => [name, sealsOf.has(name), sealsOf.get(name)])).toEqual(open.map((name) => [name, true, 'none']))
})
