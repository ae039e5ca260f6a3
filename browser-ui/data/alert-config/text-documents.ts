import { alertDocumentSchema, type AlertDocument } from '../../../src/health/alert-document.ts'
import { parseHealthText, writeHealthText } from '../../../src/health/health-text.ts'
import { problemsOf, type ExpressionCheck } from './document-problems.ts'
import { changesBetween, flatten } from './flat-document.ts'

export type TextForm = 'json' | 'health'

/** What is wrong with a text: a sentence, and the line if it is known, counted from 1. */
export interface TextComplaint {
  readonly line: number | undefined
  readonly text: string
}

export type ReadDocument =
  { readonly is: 'good'; readonly document: AlertDocument } | { readonly is: 'bad'; readonly complaints: readonly TextComplaint[] }

/** The document as text, also while it is not whole: then reading it says what is wrong. */
export const writeDocument = (form: TextForm, document: AlertDocument): string =>
  form === 'json' ? JSON.stringify(document, null, 2) : writeHealthText(document)

/** Members that a text of health.d cannot say, or says differently; they stay as they are while the text is edited. */
export function unsaid(document: AlertDocument): readonly string[] {
  const back = readHealth(writeDocument('health', document))
  return back.is === 'good' ? changesBetween(back.document, document).map(({ path }) => path) : []
}

/**
 * Reads what somebody typed. `before` is the document that the text was made of: what a text of health.d cannot say is kept from it,
 * as long as the rules are as many.
 */
export function readDocument(form: TextForm, text: string, before: AlertDocument, check: ExpressionCheck): ReadDocument {
  const read = form === 'json' ? readJson(text, check) : readHealth(text)
  if (read.is === 'bad' || form === 'json') return read
  const kept = withKept(read.document, before)
  const problems = problemsOf(kept, check)
  return problems.length === 0
    ? { is: 'good', document: kept }
    : { is: 'bad', complaints: problems.map((problem) => ({ line: undefined, text: `${problem.path}: ${problem.text}` })) }
}

function readJson(text: string, check: ExpressionCheck): ReadDocument {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (thrown) {
    return { is: 'bad', complaints: [{ line: lineOf(thrown, text), text: 'This is not JSON yet.' }] }
  }
  const problems = problemsOf(parsed, check)
  if (problems.length === 0) return { is: 'good', document: alertDocumentSchema.parse(parsed) }
  return {
    is: 'bad',
    complaints: problems.map(({ path, text: words }) => ({ line: undefined, text: path === '' ? words : `${path}: ${words}` })),
  }
}

function readHealth(text: string): ReadDocument {
  const parsed = parseHealthText(text)
  if (parsed.is === 'bad') {
    return { is: 'bad', complaints: parsed.problems.map(({ line, problem }) => ({ line, text: problem })) }
  }
  const [document, ...others] = parsed.documents
  if (document !== undefined && others.length === 0) return { is: 'good', document }
  const names = parsed.documents.map(({ name }) => name).join(', ')
  return { is: 'bad', complaints: [{ line: undefined, text: `One document has one name; this text has several: ${names}.` }] }
}

/** The line at which a parser of JSON gave up, as far as its words tell. */
function lineOf(thrown: unknown, text: string): number | undefined {
  const [, position] = /position (\d+)/.exec(thrown instanceof Error ? thrown.message : '') ?? []
  return position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length
}

function withKept(read: AlertDocument, before: AlertDocument): AlertDocument {
  if (read.rules.length !== before.rules.length) return read
  const said = readHealth(writeDocument('health', before))
  if (said.is !== 'good') return read
  const [now, then] = [flatten(read), flatten(said.document)]
  const copy = structuredClone(read) as unknown as Record<string, unknown>
  for (const { path, after } of changesBetween(said.document, before)) {
    // What was typed anew counts; only what the text never showed is kept.
    if (after === undefined || now.get(path) !== then.get(path)) continue
    const parts = path.split('.')
    const last = parts.pop() ?? ''
    let at = copy
    for (const part of parts) at = at[part] as Record<string, unknown>
    at[last] = JSON.parse(after) as unknown
  }
  return copy as unknown as AlertDocument
}
