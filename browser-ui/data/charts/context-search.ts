import type { ContextSummary } from '../feed/catalogue.ts'
import { sectionTitleOf } from '../sections.ts'
import { hasWords, searchWords } from '../search-words.ts'

/** The contexts in which every word of a search occurs: in id, title, family, unit or section, in any order. */
export function searchContexts(contexts: readonly ContextSummary[], search: string): readonly ContextSummary[] {
  const words = searchWords(search)
  if (words.length === 0) return contexts
  return contexts.filter((context) => {
    const text = `${context.id} ${context.title} ${context.family} ${context.units} ${sectionTitleOf(context)}`
    return hasWords(text, words)
  })
}
