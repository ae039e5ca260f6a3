import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useMemo, useState, type FormEvent } from 'react'
import { allZones, machineZone } from '../../../data/time/time-zone.ts'
import type { Me } from '../../../link/api.ts'
import { useMe } from '../../../ui/account/me.ts'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { FormError } from '../../sign-in/sign-in-frame.tsx'
import { Group } from '../parts.tsx'
import { privacyDeeds } from './privacy-api.ts'

/** Putting right what is wrong: name, address, time zone here, everything else where it is made. */
export function CorrectGroup() {
  const me = useMe().data
  return (
    <div id="correct">
      <Group
        title="Put it right"
        intro="What is wrong in your profile is corrected here. A wrong name of a room, board or node is corrected where it stands; each entry above links there."
      >
        {me === undefined ? null : <Forms me={me} />}
      </Group>
    </div>
  )
}

function Forms({ me }: { readonly me: Me }) {
  const { request } = useServices()
  const client = useQueryClient()
  const zones = useMemo(allZones, [])
  const renew = async (text: string) => {
    toasts.show({ tone: 'good', text })
    await client.invalidateQueries({ queryKey: ['me'] })
    await client.invalidateQueries({ queryKey: ['my-receipt'] })
  }
  const deeds = privacyDeeds(request)
  return (
    <>
      <Fact
        label="Name"
        before={me.name ?? ''}
        save={async (name) => {
          await deeds.correct({ name: name === '' ? null : name })
          await renew('Your name is corrected.')
        }}
      />
      <Fact
        label="Email address"
        type="email"
        before={me.email}
        hint={
          me.hasMail === false
            ? 'This cloud sends no mail, so a new address could not be confirmed. Ask whoever runs it.'
            : 'A link goes to the new address; the change counts when you open it.'
        }
        isOff={me.hasMail === false}
        save={async (email) => {
          await deeds.correctAddress(email)
          await renew(`A link is on its way to ${email}.`)
        }}
      />
      <Fact
        label="Time zone"
        before={me.timeZone ?? ''}
        hint={me.timeZone === null ? `None is kept; this browser uses ${machineZone()}.` : undefined}
        options={zones}
        save={async (zone) => {
          await deeds.correct({ timeZone: zone === '' ? null : zone })
          await renew('Your time zone is corrected.')
        }}
      />
    </>
  )
}

interface FactProps {
  readonly label: string
  readonly type?: 'text' | 'email'
  readonly before: string
  readonly hint?: string | undefined
  readonly isOff?: boolean
  readonly options?: readonly string[]
  readonly save: (text: string) => Promise<void>
}

function Fact({ label, type = 'text', before, hint, isOff = false, options, save }: FactProps) {
  const [text, setText] = useState(before)
  const id = useId()
  const saving = useMutation({ mutationFn: () => save(text.trim()) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!saving.isPending) saving.mutate()
  }
  return (
    <form className="form profile-row" onSubmit={submit}>
      <label htmlFor={id}>{label}</label>
      <div className="profile-field">
        <input
          id={id}
          type={type}
          value={text}
          maxLength={254}
          disabled={isOff}
          autoComplete="off"
          {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
          {...(options === undefined ? {} : { list: `${id}-list` })}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button" disabled={isOff || saving.isPending || text.trim() === before}>
          {saving.isPending ? 'Correcting…' : `Correct ${label.toLowerCase()}`}
        </button>
      </div>
      {options === undefined ? null : (
        <datalist id={`${id}-list`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="profile-note">
          {hint}
        </p>
      )}
      {saving.isError ? <FormError>{saving.error.message}</FormError> : null}
    </form>
  )
}
