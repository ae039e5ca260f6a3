import { isScattered } from './checksums.ts'
import type { ContentFinder, Span } from './content-kind.ts'

/** Shorter text in no order is no key. In a path a part of a name may be shorter, because its folders do not count. */
const leastOutsidePaths = 24
const leastInPaths = 16

const hint = /[A-Za-z0-9+/_-]{16}/
/** Everything that may belong to one path, and what closes a key in base64. */
const words = /[A-Za-z0-9+/_.@~-]{16,}={0,2}/g
const runs = /[A-Za-z0-9+/_-]{24,}={0,2}/g
const runsInNames = /[A-Za-z0-9+_-]{16,}={0,2}/g
const beginsAsPath = /^(?:\.{0,2}|~[a-z0-9_-]{0,32})\//
/** A key in base64 may begin with a slash, but hardly with a slash and a name. */
const fromRoot = /^(?:\.{1,2}\/|~[a-z0-9_-]{0,32}\/|\/+\.?[A-Za-z]?[a-z][a-z0-9_.-]*(?:\/|$))/
/** Nor does it hold two words one after the other. */
const fromHere = /^\.?[a-z]{2,}(?:[-_.][a-z]*)*\/\.?[a-z]{2,}(?:[-_.][a-z]*)*(?:\/|$)/
/** What a name begins with before the letters that make it one of its own, such as those of mkdtemp. */
const ownWords = /^(?:[A-Z]?[a-z]{3,}\d{0,3}[-_+]?|[A-Za-z]?[a-z]*\d{0,3}[-_+])+/

/** Spans of one word of a text, counted from `at`. */
function* within(word: string, at: number): Iterable<Span> {
  if (!fromRoot.test(word) && !fromHere.test(word)) {
    for (const { 0: run, index } of word.matchAll(runs)) if (isScattered(run)) yield [at + index, at + index + run.length]
    return
  }
  for (const { 0: run, index } of word.matchAll(runsInNames)) {
    const rest = run.replace(ownWords, '')
    if (rest.length >= leastInPaths && isScattered(rest)) yield [at + index, at + index + run.length]
  }
}

function finder(isPathKnown: boolean): ContentFinder {
  return {
    kind: 'token',
    *find(text) {
      if (!hint.test(text)) return
      for (const { 0: word, index } of text.matchAll(words)) {
        if (isPathKnown && index === 0 && beginsAsPath.test(word)) continue
        if (word.length >= leastOutsidePaths || word.includes('/')) yield* within(word, index)
      }
    },
  }
}

/**
 * Long text in no order: a key whose maker nobody knows. A path is judged name by name, so that folders with short random names are no key
 * together.
 */
export const scatteredFinder = finder(false)

/** The same in a text that begins with a path, as a command line does: that path stays, whatever its folders are called. */
export const scatteredFinderBehindPath = finder(true)
