import { useMemo, useState } from 'react'
import { createAlertDrafts, type AlertDraft } from '../../data/alert-config/alert-drafts.ts'
import { agoWords } from '../../data/time/ago-words.ts'
import { icons } from '../../ui/look/icons.tsx'
import { useMe } from '../../ui/account/me.ts'
import { Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useSpace } from '../../ui/spaces/space.ts'
import { AlertEditor, type AlertEditorProps } from './alert-editor.tsx'

interface EditAlertProps extends Omit<AlertEditorProps, 'drafts' | 'left'> {
  /** Which draft it is about: one is kept for each. */
  readonly place: string
}

/** The editor of an alert. When a draft of it was left in this tab, that is offered first: nothing is written over it unasked. */
export function EditAlert(props: EditAlertProps) {
  const personId = useMe().data?.personId
  return personId === undefined ? <Skeleton lines={10} label="Loading" /> : <Offer key={props.place} personId={personId} {...props} />
}

function Offer({ place, personId, ...editor }: EditAlertProps & { readonly personId: string }) {
  const { spaceId } = useSpace()
  const drafts = useMemo(() => {
    const all = createAlertDrafts(window.sessionStorage, personId, spaceId)
    return { read: () => all.read(place), write: (draft: AlertDraft) => all.write(place, draft), remove: () => all.remove(place) }
  }, [personId, spaceId, place])
  const [left] = useState(() => drafts.read())
  const [choice, setChoice] = useState<'none' | 'continue' | 'discard'>('none')
  if (left === undefined || choice === 'discard') return <AlertEditor {...editor} drafts={drafts} left={undefined} />
  if (choice === 'continue') return <AlertEditor {...editor} drafts={drafts} left={left} />
  return (
    <Notice
      icon={icons.pencil}
      title={left.document.name === '' ? 'You have a draft of an alert' : `You have a draft of ${left.document.name}`}
      isPage
      action={
        <div className="draft-choice">
          <button type="button" className="button is-primary" onClick={() => setChoice('continue')}>
            Continue the draft
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              drafts.remove()
              setChoice('discard')
            }}
          >
            Discard it
          </button>
        </div>
      }
    >
      <p>You changed it {agoWords(Date.now() - left.changedAtMs)} in this tab and did not save it.</p>
    </Notice>
  )
}
