import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Answer, Group, momentText } from '../parts.tsx'
import { RequestForm } from './request-form.tsx'
import { clockWords, kindNames, requestDeeds, requestQueries, type WrittenRequest } from './requests-api.ts'

/** Asking in writing for what no button here does, and objection (D7). */
export function RequestsSlot() {
  const { request } = useServices()
  const client = useQueryClient()
  const own = useQuery(requestQueries(request).own)
  const onSent = async () => {
    toasts.show({ tone: 'good', text: 'Your request is noted. You get an answer within 30 days.' })
    await client.invalidateQueries({ queryKey: ['my-privacy-requests'] })
  }
  return (
    <Group
      title="Ask in writing"
      intro="For what no button here does, or to object to a use of your data. Whoever runs this cloud answers within 30 days."
    >
      <RequestForm
        id="request"
        kindLabel="What you ask for"
        wordsLabel="Your words"
        firstKind="objection"
        button="Send the request"
        send={(asked) => requestDeeds(request).make(asked)}
        onSent={onSent}
      />
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
                You own this installation. <Link href="/profile/requests">Answer what people asked</Link>, or see{' '}
                <Link href="/profile/mirror">how the mirror is doing</Link>.
              </p>
            ) : null}
          </>
        )}
      </Answer>
    </Group>
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
