import { makeSheet, portions, sheetBytesMax, sheetDefinitionsMax, type Sheet } from './sheet.ts'

/** The sheets that together hold a node's definitions of one segment, and those of them that do not exist yet. */
export interface SheetChoice {
  readonly used: readonly Sheet[]
  readonly made: readonly Sheet[]
}

/**
 * Chooses among sheets that exist, and makes new ones only for what none of them holds. What is new joins the best sheet there
 * is in a bigger one: the sheets of a space grow towards its whole vocabulary, and the next node like this finds all it needs.
 * Candidates that come first are preferred, so a node stays with the sheets it has.
 */
export function chooseSheets(segment: string, texts: readonly string[], candidates: readonly Sheet[]): SheetChoice {
  const used: Sheet[] = []
  let missing = texts
  while (missing.length > 0) {
    const [best, covered] = mostCovering(missing, candidates)
    if (best === undefined || (covered < missing.length && covered < sheetDefinitionsMax / 2)) {
      const made = extended(segment, missing, best, covered)
      return { used: [...used, ...made], made }
    }
    used.push(best)
    missing = missing.filter((text) => !best.places.has(text))
  }
  return { used, made: [] }
}

/** Whether these sheets hold all of these definitions. */
export function covers(sheets: readonly Sheet[], texts: readonly string[]): boolean {
  return texts.every((text) => sheets.some((sheet) => sheet.places.has(text)))
}

function mostCovering(texts: readonly string[], candidates: readonly Sheet[]): [Sheet | undefined, number] {
  let best: [Sheet | undefined, number] = [undefined, 0]
  for (const sheet of candidates) {
    const covered = texts.reduce((count, text) => count + (sheet.places.has(text) ? 1 : 0), 0)
    if (covered > best[1]) best = [sheet, covered]
  }
  return best
}

function extended(segment: string, missing: readonly string[], base: Sheet | undefined, covered: number): Sheet[] {
  if (base !== undefined && covered >= missing.length / 2) {
    const union = new Set([...base.places.keys(), ...missing])
    const bytes = [...union].reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
    if (union.size <= sheetDefinitionsMax && bytes <= sheetBytesMax) return [makeSheet(segment, union)]
  }
  return portions(missing).map((portion) => makeSheet(segment, portion))
}
