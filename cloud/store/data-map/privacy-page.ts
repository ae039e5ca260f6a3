import { auditDetails } from '../../../src/domain/audit-details.ts'
import { logFields } from '../../../src/domain/log-fields.ts'
import { blobLeavesOf, dataMap, kindNames, leavesOf, type ItemKind, type Leaf } from './data-map.ts'
import { dataClasses, type DataClass } from '../../../src/domain/data-class.ts'
import type { FieldFacts } from './field.ts'

const classWords: Readonly<Record<DataClass, readonly [title: string, sentence: string]>> = {
  account: ['People and spaces', 'Who you are here, how you sign in, and who is in which space with which role.'],
  node: ['Nodes', 'Which hosts there are, what they say of themselves, which agents may speak for them, and what changed when.'],
  contexts: ['Contexts and boards', 'Which charts a node could show, and which ones people chose for a board. Never a value.'],
  'alert-configuration': [
    'Alerts',
    'How alerts are defined, which state each has and since when, and what is silenced. Never the value of one.',
  ],
  'channel-secret': ['Channels and secrets', 'Where messages, notifications and events leave to, and the secrets that let them in there.'],
  audit: ['The audit', 'Who did what and when, by random ids alone, chained by hashes so that nothing can be changed unseen.'],
  operations: ['The work of the cloud', 'What the program has to remember so that a restart loses nothing and tells nothing twice.'],
}

const subjects = { person: 'a person', space: 'a space', node: 'a node', installation: 'the installation' } as const

const atRest = ({ seal }: FieldFacts): string =>
  ({
    none: 'as it is',
    hash: 'only a hash',
    person: 'sealed with the person’s key',
    space: 'sealed with the space’s key',
    installation: 'sealed with the installation’s key',
  })[seal]

const inMirror = ({ mirror }: FieldFacts): string => ({ none: '–', same: 'the same', pseudonym: 'a keyed hash', count: 'how many' })[mirror]

/** Fields that are kept for the same reason in the same way are one row. */
function rowsOf(leaves: readonly Leaf[]): string[] {
  const rows = new Map<string, string[]>()
  for (const { label, facts } of leaves) {
    const rest = `${facts.purpose} | ${atRest(facts)} | ${inMirror(facts)}`
    rows.set(rest, [...(rows.get(rest) ?? []), `\`${label}\``])
  }
  return [...rows].map(([rest, names]) => `| ${[...new Set(names)].join(', ')} | ${rest} |`)
}

function kindLines(kind: ItemKind): string[] {
  const { holds, subject, retention, erasure, mirrored, blob, inBackup, isApart } = dataMap[kind]
  const where = [
    isApart === true ? 'It lies apart from the data, beside the keys, and in no backup.' : undefined,
    inBackup === false && isApart !== true ? 'It is in no backup.' : undefined,
    mirrored ? undefined : 'Nothing of it is in the mirror.',
  ].filter((sentence) => sentence !== undefined)
  const lines = [
    `### \`${kind}\``,
    '',
    `It says ${holds}. It is about ${subjects[subject]}. It stays ${retention}. ${erasure}${where.length === 0 ? '' : ` ${where.join(' ')}`}`,
    '',
    '| field | it is kept to | at rest | in the mirror |',
    '| --- | --- | --- | --- |',
    ...rowsOf(leavesOf(kind)),
  ]
  if (blob === undefined) return [...lines, '']
  const inside = [...new Set(blobLeavesOf(kind).map(({ label }) => `\`${label.replace(/^\./, '')}\``))]
  return [
    ...lines,
    `| a compressed part | ${blob.purpose} | ${atRest(blob)} | ${inMirror(blob)} |`,
    '',
    ...(inside.length === 0 ? [] : [`In the compressed part: ${inside.join(', ')}.`, '']),
  ]
}

const wordRows = (words: Readonly<Record<string, string>>) => [
  '| name | it is there to |',
  '| --- | --- |',
  ...Object.entries(words).map(([name, purpose]) => `| \`${name}\` | ${purpose} |`),
]

/** PRIVACY.md: the data map for people. */
export function privacyPage(): string {
  const parts = dataClasses.flatMap((each) => {
    const [title, sentence] = classWords[each]
    const kinds = kindNames.filter((kind) => dataMap[kind].class === each)
    return [`## ${title}`, '', sentence, '', ...kinds.flatMap(kindLines)]
  })
  return [
    '# What Throughline keeps',
    '',
    '_Your metrics pass through. Nothing stays._',
    '',
    '<!-- Made by `npm run generate` from cloud/store/data-map; a test compares. -->',
    '',
    'This page lists every field that can be stored, once: why it is kept, how it lies there, how long, what the mirror gets of it, and',
    'what takes it away. It is made from the map that every write is checked against. A field that is not on this page cannot be written:',
    'the program does not build with it, and every store refuses it.',
    '',
    '## What is never kept',
    '',
    'Values of metrics, answers of agents and values of alerts. They pass from the agent to the page that asked and are gone. In the',
    'program they have a type that no store, log, error, count, queue or message queue can take, and a proof with random markers',
    '(`throughline canary run`) looks for them in every place where something could stay.',
    '',
    '## How to read it',
    '',
    '- **At rest.** Every person, every space and the installation has a key of its own. What is sealed with it lies in the data as',
    '  ciphertext, bound to its place. The keys lie apart from the data, wrapped by a master key or a key service. When an account or a',
    '  space is deleted, its key is destroyed: what was sealed with it opens no more, in no copy and in no backup.',
    '- **As it is** means in the open: whoever can read the data folder or the table reads it. Hostnames, labels and facts of nodes, names and',
    '  descriptions of rooms, and definitions of alerts lie so, because lists, rules and questions read them by the thousand. What a host is',
    '  called need not reach the cloud: its agent can mask names (`egress.json`). Files of backups are ciphertext as a whole.',
    '- **In the mirror.** For analytics there is a copy of some of it, in DuckDB or BigQuery. It gets keyed hashes instead of ids and names,',
    '  and no address, no name and no text that people wrote. What is deleted is deleted there, too, within 24 hours of its being reachable.',
    '- **In backups.** Everything is in them as it lies at rest, for as long as backups are kept (30 days unless the operator says otherwise),',
    '  apart from what says that it is in none. Who was erased since is taken out of a backup before it serves.',
    '- **Ids** are random and say nothing of anybody by themselves.',
    '- A name such as `members[].role` stands for that field of every member of a list, `labels{key}` and `labels{}` for the names and the',
    '  texts of a record.',
    '',
    ...parts,
    '## Log lines',
    '',
    'A line of the log says an event by a name of ours and some of these fields, never an address, a token or a value. Texts are cut at',
    '2 KiB, and a field that is not here is left out. Whoever runs the cloud keeps lines for 30 days at most.',
    '',
    ...wordRows(logFields),
    '',
    '## Words of the audit',
    '',
    'Besides ids, an entry of the audit may say some of these words. It is kept for 400 days.',
    '',
    ...wordRows(auditDetails),
    '',
  ].join('\n')
}
