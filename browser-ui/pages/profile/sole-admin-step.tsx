import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Link } from 'wouter'
import { erasedPath } from '../../data/account/erased-path.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { Answer, Group } from './parts.tsx'
import type { DeletionPlan } from './profile-api.ts'

type Space = DeletionPlan['soleAdminOf'][number]

/** The part of a member's row that is used here. */
interface MemberRow {
  readonly memberId: string
  readonly email: string
  readonly name: string | null
  readonly state: 'member' | 'invited'
  readonly isSelf: boolean
}

const countText = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

/** Spaces that would be left without an admin: each is handed over or deleted before the account can go. */
export function SoleAdminStep({ spaces }: { readonly spaces: readonly Space[] }) {
  return (
    <Group
      title="First: your spaces"
      intro={`You are the only admin of ${spaces.length === 1 ? 'this space' : 'these spaces'}. Hand ${spaces.length === 1 ? 'it' : 'each'} over to somebody, or delete it.`}
    >
      <ul className="profile-list">
        {spaces.map((space) => (
          <SoleSpace key={space.spaceId} space={space} />
        ))}
      </ul>
    </Group>
  )
}

function SoleSpace({ space }: { readonly space: Space }) {
  const [dialog, setDialog] = useState<'hand-over' | 'delete'>()
  const { name, nodes, otherMembers, spaceId } = space
  return (
    <li>
      <div className="profile-item">
        <strong>{name}</strong>
        <small>
          {countText(nodes, 'node', 'nodes')},{' '}
          {otherMembers === 0 ? 'nobody else in it' : countText(otherMembers, 'other person', 'other people')}
        </small>
      </div>
      {otherMembers === 0 ? (
        <Link href={`/spaces/${spaceId}/settings/people`} className="button is-small" aria-label={`Invite somebody into ${name}`}>
          Invite somebody
        </Link>
      ) : (
        <button type="button" className="button is-small" aria-label={`Hand over ${name}`} onClick={() => setDialog('hand-over')}>
          Hand over
        </button>
      )}
      <button type="button" className="button is-small" aria-label={`Delete ${name}`} onClick={() => setDialog('delete')}>
        Delete
      </button>
      {dialog === 'hand-over' ? <HandOverDialog space={space} onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'delete' ? <DeleteSpaceDialog space={space} onClose={() => setDialog(undefined)} /> : null}
    </li>
  )
}

/** Asks the plan anew: who is admin of what has changed. */
function useRenewal() {
  const client = useQueryClient()
  return async () => {
    await client.invalidateQueries({ queryKey: ['my-deletion'] })
    await client.invalidateQueries({ queryKey: ['me'] })
  }
}

function HandOverDialog({ space, onClose }: { readonly space: Space; readonly onClose: () => void }) {
  const { request } = useServices()
  const renew = useRenewal()
  const base = `/spaces/${encodeURIComponent(space.spaceId)}/members`
  const [chosen, setChosen] = useState<string>()
  const members = useQuery({
    queryKey: ['hand-over', space.spaceId],
    queryFn: async () =>
      ((await request.get(base)) as { members: MemberRow[] }).members.filter(({ isSelf, state }) => !isSelf && state === 'member'),
    gcTime: 0,
  })
  const handing = useMutation({
    mutationFn: (memberId: string) => request.patch(`${base}/${encodeURIComponent(memberId)}`, { role: 'admin' }),
    onSuccess: async () => {
      onClose()
      toasts.show({ tone: 'good', text: `${space.name} has another admin now.` })
      await renew()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen !== undefined && !handing.isPending) handing.mutate(chosen)
  }
  return (
    <Dialog title={`Hand over ${space.name}`} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Answer query={members} title="Its people cannot be read">
          {(rows) => (
            <fieldset className="scope-choices">
              <legend>Who becomes its admin?</legend>
              {rows.map(({ memberId, email, name }) => (
                <label key={memberId} className="scope-choice">
                  <input type="radio" name="new-admin" checked={chosen === memberId} onChange={() => setChosen(memberId)} />
                  <span>
                    <strong>{name ?? email}</strong>
                    {name === null ? null : <small>{email}</small>}
                  </span>
                </label>
              ))}
              {rows.length === 0 ? <p className="profile-note">Nobody else has accepted an invitation yet.</p> : null}
            </fieldset>
          )}
        </Answer>
        <p className="profile-note">
          <Link href={`/spaces/${space.spaceId}/settings/people`} className="link-button">
            All people of this space
          </Link>
        </p>
        {handing.isError ? <FormError>{handing.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={chosen === undefined || handing.isPending}>
            {handing.isPending ? 'Handing over…' : 'Make them admin'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function DeleteSpaceDialog({ space, onClose }: { readonly space: Space; readonly onClose: () => void }) {
  const { request } = useServices()
  const renew = useRenewal()
  const [typed, setTyped] = useState('')
  const deletion = useMutation({
    mutationFn: async () => erasedPath(await request.delete(`/spaces/${encodeURIComponent(space.spaceId)}/space`, { name: typed.trim() })),
    onSuccess: async (path) => {
      onClose()
      const action = { label: 'Certificate', run: () => void window.open(path, '_blank', 'noopener') }
      toasts.show({ tone: 'good', text: `${space.name} is deleted.`, action, stays: true })
      await renew()
    },
  })
  const isConfirmed = typed.trim() === space.name.trim()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isConfirmed && !deletion.isPending) deletion.mutate()
  }
  return (
    <Dialog title={`Delete ${space.name}`} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p>
          Its {countText(space.nodes, 'node', 'nodes')}, rooms, boards and tokens are erased, its agents are cut off
          {space.otherMembers === 0 ? '' : ', and its other people lose it'}. <strong>This cannot be undone.</strong>
        </p>
        <label htmlFor="delete-space-name">
          Type <strong>{space.name}</strong> to confirm
        </label>
        <input
          id="delete-space-name"
          data-first
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {deletion.isError ? <FormError>{deletion.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Keep it
          </button>
          <button type="submit" className="button is-danger" disabled={!isConfirmed || deletion.isPending}>
            {deletion.isPending ? 'Deleting…' : 'Delete the space'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
