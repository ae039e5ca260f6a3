import type { BoardDocument } from '../../../src/domain/board.ts'
import { boardDocument } from '../../../src/domain/board-schema.ts'
import { BoardFileProblem, openBoardFile } from './board-file.ts'
import { settled } from './layout.ts'

/**
 * The board of a file, its layout in order. Throws {@link BoardFileProblem} that says what is wrong where, never quoting the file.
 * A module of its own, since the schema is only loaded when somebody imports.
 */
export function readBoardFile(text: string): BoardDocument {
  const parsed = boardDocument.safeParse(openBoardFile(text))
  if (parsed.success) return { ...parsed.data, tiles: settled(parsed.data.tiles) }
  const issue = parsed.error.issues[0]
  const path = issue?.path ?? []
  const [part, index, ...rest] = path
  const member = (part === 'tiles' && typeof index === 'number' ? rest : path).map(String).join('.')
  const where = part === 'tiles' && typeof index === 'number' ? `Tile ${index + 1} of this file` : 'The board of this file'
  const what =
    issue?.code === 'unrecognized_keys'
      ? 'has a part that boards do not have'
      : member === ''
        ? 'is not as it should be'
        : issue?.code === 'too_big'
          ? `has more in “${member}” than a board may hold`
          : `has something else in “${member}” than a board has there`
  throw new BoardFileProblem(`${where} ${what}. Nothing was imported.`)
}
