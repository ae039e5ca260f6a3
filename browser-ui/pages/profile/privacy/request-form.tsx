import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { FormError } from '../../sign-in/sign-in-frame.tsx'
import { kindNames, requestKinds, type RequestKind } from './requests-api.ts'

/** What is asked for, and in which words. */
export interface Asked {
  readonly kind: RequestKind
  readonly text: string
}

/** A request in writing, one's own or one that came by letter. What it has besides kind and words stands before them. */
export function RequestForm({
  id,
  kindLabel,
  wordsLabel,
  firstKind,
  button,
  send,
  onSent,
  children,
}: {
  /** Begins the ids of its fields. */
  readonly id: string
  readonly kindLabel: string
  readonly wordsLabel: string
  readonly firstKind: RequestKind
  readonly button: string
  /** Rejects with a message for whoever writes; the words stay then. */
  readonly send: (asked: Asked) => Promise<unknown>
  readonly onSent: () => Promise<void>
  readonly children?: ReactNode
}) {
  const [kind, setKind] = useState(firstKind)
  const [text, setText] = useState('')
  const sending = useMutation({
    mutationFn: () => send({ kind, text }),
    onSuccess: () => {
      setText('')
      return onSent()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!sending.isPending) sending.mutate()
  }
  return (
    <form className="form export-form" onSubmit={submit}>
      {children}
      <label htmlFor={`${id}-kind`}>{kindLabel}</label>
      <select id={`${id}-kind`} className="select" value={kind} onChange={(event) => setKind(event.target.value as RequestKind)}>
        {requestKinds.map((each) => (
          <option key={each} value={each}>
            {kindNames[each]}
          </option>
        ))}
      </select>
      <WordsField id={`${id}-text`} label={wordsLabel} rows={4} isRequired text={text} onChange={setText} />
      <div className="profile-buttons">
        <button type="submit" className="button" disabled={sending.isPending || text.trim() === ''}>
          {sending.isPending ? 'Sending…' : button}
        </button>
      </div>
      {sending.isError ? <FormError>{sending.error.message}</FormError> : null}
    </form>
  )
}

/** A field for words of a request or of an answer to one. */
export function WordsField({
  id,
  label,
  rows,
  isRequired = false,
  text,
  onChange,
}: {
  readonly id: string
  readonly label: string
  readonly rows: number
  readonly isRequired?: boolean
  readonly text: string
  readonly onChange: (text: string) => void
}) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="request-text"
        rows={rows}
        maxLength={2_000}
        required={isRequired}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    </>
  )
}
