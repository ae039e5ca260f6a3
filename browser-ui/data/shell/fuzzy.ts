import { searchWords } from '../search-words.ts'

/** A text made ready for searching. */
export interface Searchable {
  readonly title: string
  /** Lower case. */
  readonly name: string
  /** Lower case; other words it is found by. */
  readonly more: string
}

export const searchable = (title: string, more = ''): Searchable => ({ title, name: title.toLowerCase(), more: more.toLowerCase() })

/** The words of a search that count. */
export const wordsOf = (search: string): readonly string[] => searchWords(search).slice(0, 8)

const isBoundary = (text: string, at: number) => at === 0 || /[^\p{L}\p{N}]/u.test(text.charAt(at - 1))

/** How well all words fit; 0 when one of them fits nowhere. Letters in order, with gaps, count least. */
export function fuzzyScore({ name, more }: Searchable, words: readonly string[]): number {
  let sum = 0
  for (const word of words) {
    const score = wordScore(name, more, word)
    if (score === 0) return 0
    sum += score
  }
  // Of equally good ones the shorter is closer to what was typed.
  return sum / Math.max(1, words.length) - Math.min(name.length, 200) / 100
}

function wordScore(name: string, more: string, word: string): number {
  if (name === word) return 100
  const at = name.indexOf(word)
  if (at === 0) return 85
  if (at > 0) return isBoundary(name, at) || hasBoundaryMatch(name, word, at) ? 65 : 45
  const inMore = more.indexOf(word)
  if (inMore >= 0) return isBoundary(more, inMore) ? 35 : 25
  return word.length < 2 ? 0 : subsequenceScore(name, word)
}

function hasBoundaryMatch(name: string, word: string, from: number): boolean {
  for (let at = name.indexOf(word, from + 1); at >= 0; at = name.indexOf(word, at + 1)) if (isBoundary(name, at)) return true
  return false
}

/** Letters in order: each follows the last one, or begins a word, or is one of a few that do neither; "dbp" finds "db-primary". */
function subsequenceScore(name: string, word: string): number {
  let best = 0
  for (let start = name.indexOf(word.charAt(0)); start >= 0; start = name.indexOf(word.charAt(0), start + 1)) {
    if (isBoundary(name, start)) best = Math.max(best, scoreFrom(name, word, start))
  }
  return best
}

function scoreFrom(name: string, word: string, start: number): number {
  let at = start
  let leaps = 0
  let beginnings = 1
  for (const letter of word.slice(1)) {
    if (name.charAt(at + 1) === letter) {
      at += 1
      continue
    }
    const next = nextBeginning(name, letter, at + 1)
    at = next >= 0 ? next : name.indexOf(letter, at + 1)
    if (at < 0) return 0
    if (next >= 0) beginnings += 1
    else leaps += 1
  }
  return leaps > word.length / 3 ? 0 : Math.max(1, 4 + (10 * beginnings) / word.length - leaps)
}

function nextBeginning(name: string, letter: string, from: number): number {
  for (let at = name.indexOf(letter, from); at >= 0; at = name.indexOf(letter, at + 1)) if (isBoundary(name, at)) return at
  return -1
}
