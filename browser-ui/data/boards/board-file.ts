import { boardLimits, type BoardDocument } from '../../../src/domain/board.ts'
import { isObject } from '../json.ts'

/** What a board file says about itself, beside its board. */
const boardFileType = 'throughline-board'

/** A board as the text of a file that {@link boardFileName} names and `readBoardFile` reads. */
export function boardFileText(board: BoardDocument): string {
  return `${JSON.stringify({ type: boardFileType, board }, undefined, 2)}\n`
}

/** Controls, directions, half characters, and what a shell or a file system reads something into. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}"*/:<>?\\|%~$&;'`]/gu
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/iu
const nameCharsMax = 80

/** A file name that every system takes: no path, no control or direction characters, not hidden, not reserved, not long. */
export function boardFileName(name: string): string {
  const plain = name
    .replace(unsafe, ' ')
    .replace(/\s+/gu, ' ')
    .slice(0, nameCharsMax)
    .replace(/^[\s.-]+|[\s.]+$|\p{Surrogate}$/gu, '')
  const stem = plain === '' || reserved.test(plain.split('.')[0] ?? '') ? `board${plain === '' ? '' : ` ${plain}`}` : plain
  return `${stem}.board.json`
}

/** Blanks included; a file that is larger is not even parsed. */
const fileCharsMax = 4 * boardLimits.bodyBytes
const tooLarge = 'This file is too large for a board, which may have 1 MB.'

/** Why a file is no board that can be taken in; one sentence for a person. */
export class BoardFileProblem extends Error {
  override readonly name = 'BoardFileProblem'
}

/** Reads the outer form of a board file: what should be its document, not looked at yet. Throws {@link BoardFileProblem}. */
export function openBoardFile(text: string): Readonly<Record<string, unknown>> {
  if (text.length > fileCharsMax) throw new BoardFileProblem(tooLarge)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BoardFileProblem('This file is not JSON, so it is no exported board.')
  }
  const document = isObject(value) && value['type'] === boardFileType ? value['board'] : value
  if (!isObject(document) || !('format' in document) || !Array.isArray(document['tiles']))
    throw new BoardFileProblem('This file is JSON, but no board that was exported from Throughline.')
  // Without the blanks that make a file readable.
  if (JSON.stringify(document).length > boardLimits.bodyBytes) throw new BoardFileProblem(tooLarge)
  const { format } = document
  if (typeof format === 'number' && format > boardLimits.format) {
    throw new BoardFileProblem(
      `This board was exported by a newer version (format ${format}); this one reads format ${boardLimits.format}. Update it first.`,
    )
  }
  return document
}

/** The contexts a board shows that are not among those of the room: they stay on it, and say so. */
export function unknownContexts(board: BoardDocument, known: ReadonlySet<string>): readonly string[] {
  const wanted = board.tiles.flatMap((tile) => (tile.kind === 'chart' && !known.has(tile.contextId) ? [tile.contextId] : []))
  return [...new Set(wanted)].sort()
}
