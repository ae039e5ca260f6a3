import type { BoardDocument } from '../../../src/domain/board.ts'
import { boardFileName, boardFileText } from '../../data/boards/board-file.ts'

/** Hands a board to the person as a file; nothing leaves the browser. */
export function saveBoardFile(board: BoardDocument): void {
  const url = URL.createObjectURL(new Blob([boardFileText(board)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = boardFileName(board.name)
  link.click()
  // The browser has taken it over by then; freed at once, some would save nothing.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
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
