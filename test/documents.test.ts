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
const cited = new Set(
  testFiles.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\[([A-Z]{2,4}\d+)\]/g)].map(([, id = '']) => id)),
)

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
