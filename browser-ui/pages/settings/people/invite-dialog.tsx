import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Role } from '../../../../src/domain/model.ts'
import { mayAppoint } from '../../../data/people/who-may.ts'
import { roleWords } from '../../../data/people/role-words.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Problem } from '../../../ui/look/problem.tsx'
import { RoomChoice } from '../../../ui/spaces/room-choice.tsx'
import { settingsApi } from '../settings-api.ts'
import { roomRowsQuery } from '../../../ui/spaces/space-details.ts'

/** Roles that see every room and node without being in one. */
const seesAll: ReadonlySet<Role> = new Set<Role>(['admin', 'manager'])

/** Invites somebody by mail, as what and into which rooms. */
export function InviteDialog({ permissions, onClose }: { readonly permissions: readonly string[]; readonly onClose: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const field = useRef<HTMLInputElement>(null)
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('observer')
  const [roomIds, setRoomIds] = useState<readonly string[]>([])
  const invitation = useMutation({
    mutationFn: () => settingsApi.invite(request, email.trim(), role, role === 'billing' ? [] : roomIds),
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: `${email.trim()} is invited. The invitation can be accepted for seven days.` })
      await client.invalidateQueries({ queryKey: ['members'] })
      onClose()
    },
    onError: () => field.current?.focus(),
  })
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (email.trim() !== '' && !invitation.isPending) invitation.mutate()
        }}
      >
        <label htmlFor="invite-email">Mail address</label>
        <input
          ref={field}
          id="invite-email"
          type="email"
          required
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <fieldset className="role-choice">
          <legend>Role</legend>
          {(Object.keys(roleWords) as Role[])
            .filter((candidate) => mayAppoint(permissions, candidate))
            .map((candidate) => (
              <label key={candidate} className="role-option">
                <input type="radio" name="role" checked={role === candidate} onChange={() => setRole(candidate)} />
                <span>
                  <strong>{roleWords[candidate].title}</strong> <span>{roleWords[candidate].for}</span>
                </span>
              </label>
            ))}
        </fieldset>
        {role === 'billing' ? null : (
          <RoomChoice
            legend="Rooms"
            note={
              seesAll.has(role)
                ? 'This role sees every room anyway; rooms chosen here are those they are a member of.'
                : 'They see the nodes of these rooms. Without a room they see no node.'
            }
            rooms={rooms}
            chosen={roomIds}
            onChoose={setRoomIds}
          />
        )}
        <Problem error={invitation.error} />
        <div className="form-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={email.trim() === '' || invitation.isPending}>
            {invitation.isPending ? 'Inviting…' : 'Invite'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
