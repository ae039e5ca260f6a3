import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commands } from '../src/cli/commands.ts'
import { errorKinds } from '../src/errors/throughline-error.ts'

const spec = readFileSync('SPEC.md', 'utf8')
const rules = [...spec.matchAll(/^- \*\*\[([A-Z]{2,4}\d+)\]\*\*/gm)].map(([, id = '']) => id)

const testFiles = ['src', 'agent-link', 'cloud', 'browser-ui', 'test']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((name) => /\.test\.tsx?$/.test(name) || /^test\/(contract|types)\/.*\.ts$/.test(name))
const testTexts = testFiles.map((file) => readFileSync(file, 'utf8'))
const cited = new Set(testTexts.flatMap((text) => [...text.matchAll(/\[([A-Z]{2,4}\d+)\]/g)].map(([, id = '']) => id)))

it('[DOC1] rules and tests cite each other without a gap', () => {
  expect({
    withoutTest: rules.filter((id) => !cited.has(id)),
    withoutRule: [...cited].filter((id) => !rules.includes(id)),
    twice: rules.filter((id, index) => rules.indexOf(id) !== index),
  }).toEqual({ withoutTest: [], withoutRule: [], twice: [] })
})

it('[DOC2] the table of errors in SPEC.md is the table in the code', () => {
  const documented = [...spec.matchAll(/^\| `([A-Z_]+)` +\| (\d+) +\| (\d+) +\| (yes|no) +\| `(\w+)` +\|/gm)].map(
    ([, code, http, close, retry, key]) => ({
      code,
      http: Number(http),
      close: Number(close),
      retry: retry === 'yes',
      key,
    }),
  )
  expect(documented).toEqual(Object.entries(errorKinds).map(([code, kind]) => Object.assign({ code }, kind)))
})

it('[DOC3] the README names every command', () => {
  const readme = readFileSync('README.md', 'utf8')
  expect(Object.keys(commands).filter((name) => !readme.includes(`\`${name}`))).toEqual([])
})

/** What the security requirements ask of pages, files, messages (§10) and of people's data (§11), line by line. */
const promised = {
  U1: 'Foreign text is only ever text: on the page, in mails, chats and files.',
  U2: 'Nobody else is asked for anything before consent, and no more from its withdrawal on.',
  N1: 'Requests to addresses that people name reach nothing inside.',
  N2: 'What such a request carries cannot steer it, proves whose it is, and gives no secret back.',
  N3: 'A receiver that hangs keeps no other waiting.',
  N4: 'An export opens for who asked for it, once and for a day.',
  D1: 'Sealed at rest and in backups, with keys of each person and space that lie elsewhere.',
  D2: 'A map of all fields that the build holds everything to.',
  D3: 'An account is deleted by who proves anew who they are, and leaves no space without an admin.',
  D4: 'What is erased stays erased, through crashes, later writes and restored copies.',
  D5: 'What is deleted or over is hidden at once, and purged by a job that asks before it takes much.',
  D6: 'The mirror knows pseudonyms only, and ends as the store is, whatever fails.',
  D7: 'People see, correct, take along, object to and delete what is theirs, also by a letter.',
  D8: 'What nobody else should read is masked before it leaves the host.',
} as const

it('[DOC4] each promise about messages, files and the data of people is cited by a rule and by the name of a test', () => {
  const rulesThatCite = (id: string) =>
    spec.split('\n').filter((line) => line.startsWith('- **[') && new RegExp(`\\((?:[A-Z]\\d+, )*${id}(?:, [A-Z]\\d+)*\\)\\.$`).test(line))
  // The name of a test begins with its rules; what it shows of a promise stands behind them.
  const isNamed = (id: string) => testTexts.some((text) => new RegExp(`\\[[A-Z]{2,4}\\d+\\] (?:\\([A-Z]\\d+\\) )*\\(${id}\\) `).test(text))
  const ids = Object.keys(promised)
  const wrong = [...spec.matchAll(/\(((?:[UND]\d+, )*[UND]\d+)\)\.$/gm)].flatMap(([, list = '']) => list.split(', '))
  expect({
    withoutRule: ids.filter((id) => rulesThatCite(id).length === 0),
    withoutTest: ids.filter((id) => !isNamed(id)),
    unknown: wrong.filter((id) => !ids.includes(id)),
  }).toEqual({ withoutRule: [], withoutTest: [], unknown: [] })
})

it('[DOC5] a rule that cites a promise has a test that cites it, too', () => {
  const rulesWith = [...spec.matchAll(/^- \*\*\[([A-Z]{2,4}\d+)\]\*\* .*\(((?:[A-Z]\d+, )*[A-Z]\d+)\)\.$/gm)]
  const missing = rulesWith.flatMap(([, rule = '', list = '']) =>
    list
      .split(', ')
      .filter((id) => id in promised)
      .filter(
        (id) =>
          !testTexts.some((text) => new RegExp(`\\[${rule}\\](?: \\[[A-Z]{2,4}\\d+\\])*(?: \\([A-Z]\\d+\\))* \\(${id}\\)`).test(text)),
      )
      .map((id) => `${rule} ${id}`),
  )
  expect(missing).toEqual([])
})

it('[DOC6] (U1) nothing in the program makes markup, a script or a PDF of text, so foreign text has no way to become one', () => {
  const sinks =
    /\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|dangerouslySetInnerHTML|srcdoc|srcDoc|createContextualFragment|parseFromString)\b|\bdocument\.write(ln)?\(|\beval\(|\bnew Function\(|application\/pdf|['"](pdfkit|jspdf|pdf-lib|pdfmake)['"]|%PDF-/
  for (const sample of ['a.innerHTML = b', 'document.write(b)', 'new Function(b)', "type: 'application/pdf'", "import('pdf-lib')"])
    expect(sinks.test(sample), sample).toBe(true)
  const sources = ['src', 'agent-link', 'cloud', 'browser-ui']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((name) => /\.(ts|tsx|js|mjs|html)$/.test(name) && !/\.test\.tsx?$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
  expect(sources.length).toBeGreaterThan(500)
  expect(sources.filter((name) => sinks.test(readFileSync(name, 'utf8')))).toEqual([])
})
