import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Link } from 'wouter'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/toasts.ts'
import { FormError } from '../../sign-in/sign-in-frame.tsx'
import { Answer, Group, momentText } from '../parts.tsx'
import { clockWords, kindNames, requestDeeds, requestKinds, requestQueries, type RequestKind, type WrittenRequest } from './requests-api.ts'

/** Asking in writing for what no button here does, and objection (D7). */
export function RequestsSlot() {
  const { request } = useServices()
  const own = useQuery(requestQueries(request).own)
  return (
    <Group
      title="Ask in writing"
      intro="For what no button here does, or to object to a use of your data. Whoever runs this cloud answers within 30 days."
    >
      <RequestForm />
      <Answer query={own} title="Your requests cannot be read">
        {({ requests, isOwner }) => (
          <>
            {requests.length === 0 ? null : (
              <ul className="held-rows" aria-label="Your requests">
                {requests.map((each) => (
                  <li key={each.requestId}>
                    <RequestRow request={each} />
                  </li>
                ))}
              </ul>
            )}
            {isOwner ? (
              <p>
                You own this installation. <Link href="/profile/requests">Answer what people asked</Link>.
              </p>
            ) : null}
          </>
        )}
      </Answer>
    </Group>
  )
}

function RequestForm() {
  const { request } = useServices()
  const client = useQueryClient()
  const [kind, setKind] = useState<RequestKind>('objection')
  const [text, setText] = useState('')
  const making = useMutation({
    mutationFn: () => requestDeeds(request).make({ kind, text }),
    onSuccess: async () => {
      setText('')
      toasts.show({ tone: 'good', text: 'Your request is noted. You get an answer within 30 days.' })
      await client.invalidateQueries({ queryKey: ['my-privacy-requests'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!making.isPending) making.mutate()
  }
  return (
    <form className="form export-form" onSubmit={submit}>
      <label htmlFor="request-kind">What you ask for</label>
      <KindSelect id="request-kind" kind={kind} onChange={setKind} />
      <label htmlFor="request-text">Your words</label>
      <textarea
        id="request-text"
        className="request-text"
        rows={4}
        maxLength={2_000}
        required
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="profile-buttons">
        <button type="submit" className="button" disabled={making.isPending || text.trim() === ''}>
          {making.isPending ? 'Sending…' : 'Send the request'}
        </button>
      </div>
      {making.isError ? <FormError>{making.error.message}</FormError> : null}
    </form>
  )
}

/** What can be asked for. */
export function KindSelect({
  id,
  kind,
  onChange,
}: {
  readonly id: string
  readonly kind: RequestKind
  readonly onChange: (kind: RequestKind) => void
}) {
  return (
    <select id={id} className="select" value={kind} onChange={(event) => onChange(event.target.value as RequestKind)}>
      {requestKinds.map((each) => (
        <option key={each} value={each}>
          {kindNames[each]}
        </option>
      ))}
    </select>
  )
}

/** One request: what was asked, where it stands, and what was answered. */
export function RequestRow({ request, from }: { readonly request: WrittenRequest; readonly from?: string }) {
  const nowMs = Date.now()
  const { kind, text, note, extension, madeAtMs, dueAtMs, state } = request
  return (
    <div className="request-row" data-overdue={state === 'open' && nowMs > dueAtMs}>
      <p>
        <strong>{kindNames[kind]}</strong> <span className="request-clock">{clockWords(request, nowMs)}</span>
      </p>
      <p className="held-note">
        {from === undefined ? null : <bdi>{from} · </bdi>}
        asked {momentText(madeAtMs, nowMs)} · due {momentText(dueAtMs, nowMs)}
      </p>
      <p className="request-words">
        <bdi>{text}</bdi>
      </p>
      {extension === null ? null : (
        <p className="request-words">
          Takes longer: <bdi>{extension}</bdi>
        </p>
      )}
      {note === null ? null : (
        <p className="request-words">
          Answer: <bdi>{note}</bdi>
        </p>
      )}
    </div>
  )
}
