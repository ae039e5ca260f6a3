import { useState } from 'react'
import { boardLimits } from '../../../src/domain/board.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { TextContent } from './text-content.tsx'

/** Writes the text of a tile, beside what it will look like. */
export function TextDialog({
  title,
  first,
  onText,
  onClose,
}: {
  readonly title: string
  readonly first: string
  readonly onText: (text: string) => void
  readonly onClose: () => void
}) {
  const [text, setText] = useState(first)
  const left = boardLimits.textChars - text.length
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="board-form"
        onSubmit={(event) => {
          event.preventDefault()
          onClose()
          onText(text)
        }}
      >
        <div className="text-editor">
          <div>
            <label htmlFor="board-text-field">
              <span>Text</span>
            </label>
            <textarea
              id="board-text-field"
              className="board-field"
              rows={12}
              value={text}
              maxLength={boardLimits.textChars}
              aria-describedby="text-help"
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <section aria-label="Preview">
            <span className="page-sub">Preview</span>
            <div className="text-preview">
              <TextContent text={text} />
            </div>
          </section>
        </div>
        <p id="text-help" className="page-sub">
          # Heading · **bold** · - list · 1. list · [words](https://…){left < 2_000 ? ` · ${left} characters left` : ''}
        </p>
        <div className="board-form-buttons">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary">
            Done
          </button>
        </div>
      </form>
    </Dialog>
  )
}
