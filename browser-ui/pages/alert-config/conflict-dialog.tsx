import { useMemo, useState } from 'react'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { byWords, type DocumentDetails } from '../../data/alert-config/config-answers.ts'
import { pathWords } from '../../data/alert-config/flat-document.ts'
import { mergeDocuments, planMerge } from '../../data/alert-config/merge-documents.ts'
import { useTimeFormat } from '../../ui/hooks.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'

interface ConflictDialogProps {
  readonly base: AlertDocument
  readonly mine: AlertDocument
  readonly theirs: DocumentDetails
  readonly onMerged: (document: AlertDocument) => void
  readonly onClose: () => void
}

/** Two people changed one definition: what only one of them changed goes in, and what both did is chosen. */
export function ConflictDialog({ base, mine, theirs, onMerged, onClose }: ConflictDialogProps) {
  const format = useTimeFormat()
  const plan = useMemo(() => planMerge(base, mine, theirs.document), [base, mine, theirs.document])
  const [choices, setChoices] = useState<Readonly<Record<string, 'mine' | 'theirs'>>>({})
  const open = plan.clashes.filter(({ path }) => choices[path] === undefined).length
  const all = (side: 'mine' | 'theirs') => setChoices(Object.fromEntries(plan.clashes.map(({ path }) => [path, side])))
  return (
    <Dialog title="Somebody else saved meanwhile" onClose={onClose}>
      <form
        className="form conflict"
        onSubmit={(event) => {
          event.preventDefault()
          if (open === 0) onMerged(mergeDocuments(base, mine, theirs.document, (path) => choices[path] ?? 'theirs'))
        }}
      >
        <p>
          {byWords(theirs.changedBy)} saved version {theirs.version}, {format.moment(theirs.changedAtMs / 1000, Date.now() / 1000)}. Nothing
          of yours is lost: what only one of you changed goes in from both ({plan.mineOnly} of yours, {plan.theirsOnly} of theirs).
        </p>
        {plan.clashes.length === 0 ? (
          <p>You changed different things, so both fit together.</p>
        ) : (
          <>
            <p>Both of you changed {plan.clashes.length === 1 ? 'this' : `these ${plan.clashes.length}`}. Choose which one counts:</p>
            {plan.clashes.length > 1 ? (
              <div className="variant-deeds">
                <button type="button" className="button is-small" onClick={() => all('mine')}>
                  Mine for all
                </button>
                <button type="button" className="button is-small" onClick={() => all('theirs')}>
                  Theirs for all
                </button>
              </div>
            ) : null}
            {plan.clashes.map(({ path, mine: own, theirs: other, base: was }) => (
              <fieldset key={path} className="clash" data-path={path}>
                <legend>{pathWords(path)}</legend>
                <p className="settings-note">It was {shortened(was)}</p>
                {(
                  [
                    ['mine', 'Mine', own],
                    ['theirs', 'Theirs', other],
                  ] as const
                ).map(([side, words, value]) => (
                  <label key={side} className="clash-side">
                    <input
                      type="radio"
                      name={path}
                      checked={choices[path] === side}
                      onChange={() => setChoices((before) => ({ ...before, [path]: side }))}
                    />
                    <span>{words}</span>
                    <code>{shortened(value)}</code>
                  </label>
                ))}
              </fieldset>
            ))}
          </>
        )}
        <div className="form-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Keep editing mine
          </button>
          <button type="submit" className="button is-primary" disabled={open > 0}>
            {open > 0 ? `${open} to choose` : 'Put both together'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const shownChars = 600
const shortened = (value: string | undefined) =>
  value === undefined ? 'not there' : value.length > shownChars ? `${value.slice(0, shownChars)}…` : value
