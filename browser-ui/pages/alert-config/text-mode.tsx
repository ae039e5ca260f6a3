import { useId } from 'react'
import { pathWords } from '../../data/alert-config/flat-document.ts'
import { icons } from '../../ui/look/icons.tsx'
import { CopyButton } from '../../ui/look/parts.tsx'
import type { Draft } from './use-draft.ts'

const complaintsMax = 8

/** The document as text. Whole texts become the document as they are typed; one that is not says where and why. */
export function TextMode({ draft, isReadOnly }: { readonly draft: Draft; readonly isReadOnly: boolean }) {
  const id = useId()
  const { mode, text, complaints } = draft
  const words = mode === 'json' ? 'The document as JSON' : 'The document as health.d text'
  return (
    <div className="card text-mode">
      <div className="text-mode-head">
        <label htmlFor={id}>{words}</label>
        <CopyButton text={text} label="Copy the text" />
      </div>
      {complaints.length === 0 ? null : (
        <div id={`${id}-problems`} className="text-problems" role="status">
          <ul>
            {complaints.slice(0, complaintsMax).map(({ line, text: complaint }, index) => (
              <li key={index}>
                {line === undefined ? null : <strong>Line {line}: </strong>}
                {complaint}
              </li>
            ))}
          </ul>
          {complaints.length > complaintsMax ? <p>And {complaints.length - complaintsMax} more.</p> : null}
          <button type="button" className="button is-small" onClick={draft.dropText}>
            Back to the last text that was whole
          </button>
        </div>
      )}
      <textarea
        id={id}
        className="is-code"
        rows={Math.min(60, Math.max(12, text.split('\n').length + 1))}
        value={text}
        readOnly={isReadOnly}
        spellCheck={false}
        aria-invalid={complaints.length > 0 ? true : undefined}
        aria-describedby={complaints.length > 0 ? `${id}-problems` : undefined}
        onChange={(event) => draft.setText(event.target.value)}
      />
      {draft.unsaid.length === 0 ? null : (
        <p className="settings-note">
          {icons.info} This text cannot say: {draft.unsaid.slice(0, 6).map(pathWords).join('; ')}
          {draft.unsaid.length > 6 ? ` and ${draft.unsaid.length - 6} more` : ''}. It stays as it is.
        </p>
      )}
    </div>
  )
}
