import { useEffect, useRef } from 'react'
import type { AlertDraft } from '../../data/alert-config/alert-drafts.ts'
import { toasts } from '../../ui/messages/toasts.ts'

/** Where the draft of one editor is kept. */
export interface DraftPlace {
  readonly write: (draft: AlertDraft) => boolean
  readonly remove: () => void
}

/** Keeps a draft in the tab while it is written, and says so when somebody leaves the editor; closing the tab asks first. Answers what forgets it. */
export function useKeptDraft(place: DraftPlace, isOpen: boolean, draft: Omit<AlertDraft, 'changedAtMs'>): () => void {
  const { base, document, torn, nodeId, note } = draft
  const isForgotten = useRef(false)
  const kept = useRef<string>(undefined)
  const [form, text] = [torn?.form, torn?.text]
  useEffect(() => {
    if (!isOpen || isForgotten.current) return
    const whole = { base, document, torn: form === undefined || text === undefined ? undefined : { form, text }, nodeId, note }
    kept.current = place.write({ changedAtMs: Date.now(), ...whole }) ? document.name : undefined
  }, [place, isOpen, base, document, form, text, nodeId, note])
  useEffect(() => {
    if (!isOpen) return undefined
    const stay = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', stay)
    return () => window.removeEventListener('beforeunload', stay)
  }, [isOpen])
  useEffect(
    () => () => {
      if (isForgotten.current || kept.current === undefined) return
      const name = kept.current === '' ? 'the alert' : `“${kept.current}”`
      toasts.show({ tone: 'info', text: `Your draft of ${name} stays in this tab. Edit it again to continue.` })
    },
    [],
  )
  return () => {
    isForgotten.current = true
    place.remove()
  }
}
