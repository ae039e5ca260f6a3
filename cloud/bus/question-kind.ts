import type { AgentQuestion } from '../../src/aclk/query/request.ts'

/** What a question is after; several parents of one node are not equally good at all of them. */
export type QuestionKind = 'data' | 'function' | 'config' | 'other'

const kinds: readonly (readonly [pattern: RegExp, kind: QuestionKind])[] = [
  [/^\/api\/v\d\/(data|weights|contexts?|context_labels|q|charts?)$/, 'data'],
  [/^\/api\/v\d\/functions?$/, 'function'],
  [/^\/api\/v\d\/config$/, 'config'],
]

/** The kind of a question by the endpoint it asks (agent-api §1). */
export function questionKind({ target }: Pick<AgentQuestion, 'target'>): QuestionKind {
  const [path = ''] = target.split('?', 1)
  return kinds.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}
