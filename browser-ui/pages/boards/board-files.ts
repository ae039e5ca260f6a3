import type { BoardDocument } from '../../../src/domain/board.ts'
import { boardFileName, boardFileText } from '../../data/boards/board-file.ts'
import { saveFile } from '../../ui/save-file.ts'

/** Hands a board to the person as a file; nothing leaves the browser. */
export function saveBoardFile(board: BoardDocument): void {
  saveFile(boardFileName(board.name), new Blob([boardFileText(board)], { type: 'application/json' }))
}

/** Asks for a file and reads the board in it; undefined when nobody chose one. Rejects with a sentence for a person. */
export function askForBoardFile(): Promise<BoardDocument | undefined> {
  const field = document.createElement('input')
  field.type = 'file'
  field.accept = 'application/json,.json'
  return new Promise((resolve, reject) => {
    field.addEventListener('cancel', () => resolve(undefined))
    field.addEventListener('change', () => {
      const file = field.files?.[0]
      if (file === undefined) return resolve(undefined)
      read(file).then(resolve, reject)
    })
    field.click()
  })
}

async function read(file: File): Promise<BoardDocument> {
  const text = await file.text()
  // The schema is large and only wanted here.
  const { readBoardFile } = await import('../../data/boards/read-board-file.ts')
  return readBoardFile(text)
}
