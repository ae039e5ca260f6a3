import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type FormEvent } from 'react'
import { useTitle } from '../../../ui/hooks.ts'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/toasts.ts'
import { FormError } from '../../sign-in/sign-in-frame.tsx'
import { Answer, Group } from '../parts.tsx'
import './privacy.css'
import { requestDeeds, requestQueries, type InboxRequest, type RequestKind } from './requests-api.ts'
import { KindSelect, RequestRow } from './requests-slot.tsx'

/** The desk of whoever owns the installation: what people asked in writing, and the clock of each (D7). */
export function InboxSection() {
  useTitle('Written requests')
  const { request } = useServices()
  const inbox = useQuery(requestQueries(request).inbox)
  return (
    <>
      <h1>Written requests</h1>
      <Group
        title="What people asked"
        intro="Each has 30 days for an answer, and once 60 more with a reason. Whoever asked gets a mail of every step."
      >
        <Answer query={inbox} title="The requests cannot be read">
          {(requests) =>
            requests.length === 0 ? (
              <p>Nobody asked for anything.</p>
            ) : (
              <ul className="held-rows" aria-label="Requests">
                {requests.map((each) => (
                  <li key={each.requestId}>
                    <RequestRow request={each} from={each.address ?? 'somebody who is gone'} />
                    {each.state === 'open' ? <AnswerForm request={each} /> : null}
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
      </Group>
      <LetterGroup />
    </>
  )
}

function AnswerForm({ request: asked }: { readonly request: InboxRequest }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const id = useId()
  const changing = useMutation({
    mutationFn: (state: 'answered' | 'refused' | 'extended') => requestDeeds(request).change(asked.requestId, { state, note }),
    onSuccess: async () => {
      setNote('')
      toasts.show({ tone: 'good', text: 'Done. Whoever asked is told.' })
      await client.invalidateQueries({ queryKey: ['privacy-inbox'] })
      await client.invalidateQueries({ queryKey: ['my-privacy-requests'] })
    },
  })
  const isOff = changing.isPending || note.trim() === ''
  return (
    <div className="form export-form">
      <label htmlFor={id}>What whoever asked is told</label>
      <textarea
        id={id}
        className="request-text"
        rows={3}
        maxLength={2_000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <div className="profile-buttons">
        <button type="button" className="button is-primary" disabled={isOff} onClick={() => changing.mutate('answered')}>
          Answer
        </button>
        <button type="button" className="button" disabled={isOff} onClick={() => changing.mutate('refused')}>
          Refuse
        </button>
        {asked.extendedAtMs === null ? (
          <button type="button" className="button" disabled={isOff} onClick={() => changing.mutate('extended')}>
            Take 60 days more
          </button>
        ) : null}
      </div>
      {changing.isError ? <FormError>{changing.error.message}</FormError> : null}
    </div>
  )
}

function LetterGroup() {
  const { request } = useServices()
  const client = useQueryClient()
  const [email, setEmail] = useState('')
  const [kind, setKind] = useState<RequestKind>('access')
  const [text, setText] = useState('')
  const entering = useMutation({
    mutationFn: () => requestDeeds(request).enter({ email: email.trim(), kind, text }),
    onSuccess: async () => {
      setEmail('')
      setText('')
      await client.invalidateQueries({ queryKey: ['privacy-inbox'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!entering.isPending) entering.mutate()
  }
  return (
    <Group title="Enter a letter" intro="For a request that came by letter, mail or word of mouth. Its clock begins now.">
      <form className="form export-form" onSubmit={submit}>
        <label htmlFor="letter-email">Email address of whoever asks</label>
        <input
          id="letter-email"
          type="email"
          required
          maxLength={254}
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <label htmlFor="letter-kind">What they ask for</label>
        <KindSelect id="letter-kind" kind={kind} onChange={setKind} />
        <label htmlFor="letter-text">Their words</label>
        <textarea
          id="letter-text"
          className="request-text"
          rows={4}
          maxLength={2_000}
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="profile-buttons">
          <button type="submit" className="button" disabled={entering.isPending}>
            Enter the letter
          </button>
        </div>
        {entering.isError ? <FormError>{entering.error.message}</FormError> : null}
      </form>
    </Group>
  )
}
