import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { forgetEverything } from '../../offline/forget.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { proof } from '../../ui/account/proof.ts'
import { useServices } from '../../ui/services.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { Answer, Group } from './parts.tsx'
import { profileDeeds, profileQueries, type DeletionPlan } from './profile-api.ts'
import { SoleAdminStep } from './sole-admin-step.tsx'

/** The way out: what goes and what stays is said first, then spaces are handed over, then it is really you, then it happens. */
export function DeleteSection() {
  useTitle('Delete account')
  const { request } = useServices()
  const plan = useQuery(profileQueries(request).deletion)
  return (
    <>
      <h1>Delete account</h1>
      <Answer query={plan} title="What a deletion would do cannot be read">
        {(data) => <Plan plan={data} />}
      </Answer>
    </>
  )
}

function Plan({ plan }: { readonly plan: DeletionPlan }) {
  const goes = plan.goes.filter(({ count }) => count > 0)
  return (
    <>
      <Group
        title="What goes"
        intro="Erased at once, for good, and the key of what was sealed for you is destroyed. Nothing brings it back."
      >
        <ul className="going-list">
          {goes.map(({ what, count }) => (
            <li key={what}>
              {icons.close}
              <span>{what}</span>
              <span className="number going-count">{count}</span>
            </li>
          ))}
        </ul>
      </Group>
      <Group title="What stays">
        {plan.leaves.length === 0 ? null : (
          <p>
            You leave {plan.leaves.map(({ name }) => `“${name}”`).join(', ')}. {plan.leaves.length === 1 ? 'It goes' : 'They go'} on without
            you.
          </p>
        )}
        <ul className="going-list is-staying">
          {plan.stays.map(({ what, why }) => (
            <li key={what}>
              {icons.check}
              <span>
                <strong>{what}.</strong> {why}
              </span>
            </li>
          ))}
        </ul>
      </Group>
      <Group title="What stays for a while" intro="Afterwards you get a page that tells each step as it happens, and a signed certificate.">
        <ul className="going-list is-staying">
          {plan.tails.map(({ what, why, forDays }) => (
            <li key={what}>
              {icons.info}
              <span>
                <strong>{what}.</strong> {forDays === null ? why : `At most ${forDays} days. ${why}`}
              </span>
            </li>
          ))}
        </ul>
      </Group>
      {plan.soleAdminOf.length > 0 ? <SoleAdminStep spaces={plan.soleAdminOf} /> : <LastStep plan={plan} />}
    </>
  )
}

function LastStep({ plan }: { readonly plan: DeletionPlan }) {
  const { request, live } = useServices()
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const deletion = useMutation({
    mutationFn: () => profileDeeds(request).deleteAccount(typed.trim()),
    onSuccess: async (path) => {
      live.close()
      client.clear()
      await forgetEverything()
      // A full load, so that nothing of this person stays in the page's memory.
      window.location.replace(path)
    },
    onError: () => void client.invalidateQueries({ queryKey: ['my-deletion'] }),
  })
  const prove = useMutation({
    mutationFn: () => proof.ask(),
    onSuccess: () => client.invalidateQueries({ queryKey: ['my-deletion'] }),
  })
  const isConfirmed = typed.trim().toLowerCase() === plan.email.toLowerCase()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isConfirmed && plan.isFresh && !deletion.isPending) deletion.mutate()
  }
  return (
    <Group title="Delete it">
      <ol className="delete-steps">
        <li data-done={plan.isFresh}>
          {plan.isFresh ? (
            <p role="status">You have shown that it is you.</p>
          ) : (
            <>
              <p>Show that it is you, with a passkey or a link by mail.</p>
              <button type="button" className="button" disabled={prove.isPending} onClick={() => prove.mutate()}>
                Prove that it is you
              </button>
            </>
          )}
        </li>
        <li>
          <form className="form" onSubmit={submit}>
            <label htmlFor="delete-address">
              Type <strong>{plan.email}</strong> to confirm
            </label>
            <input
              id="delete-address"
              type="text"
              inputMode="email"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              disabled={!plan.isFresh}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
            {deletion.isError ? <FormError>{deletion.error.message}</FormError> : null}
            <button type="submit" className="button is-danger" disabled={!isConfirmed || !plan.isFresh || deletion.isPending}>
              {deletion.isPending ? 'Deleting your account…' : 'Delete my account'}
            </button>
          </form>
        </li>
      </ol>
    </Group>
  )
}
