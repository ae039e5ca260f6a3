import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTitle } from '../../../ui/hooks.ts'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { FormError } from '../../sign-in/sign-in-frame.tsx'
import { Answer, Group } from '../parts.tsx'
import './privacy.css'
import { RequestForm, WordsField } from './request-form.tsx'
import { requestDeeds, requestQueries, type InboxRequest } from './requests-api.ts'
import { RequestRow } from './requests-slot.tsx'

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
      <WordsField id={id} label="What whoever asked is told" rows={3} text={note} onChange={setNote} />
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
  const onSent = async () => {
    setEmail('')
    await client.invalidateQueries({ queryKey: ['privacy-inbox'] })
  }
  return (
    <Group title="Enter a letter" intro="For a request that came by letter, mail or word of mouth. Its clock begins now.">
      <RequestForm
        id="letter"
        kindLabel="What they ask for"
        wordsLabel="Their words"
        firstKind="access"
        button="Enter the letter"
        send={(asked) => requestDeeds(request).enter({ email: email.trim(), ...asked })}
        onSent={onSent}
      >
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
      </RequestForm>
    </Group>
  )
}
