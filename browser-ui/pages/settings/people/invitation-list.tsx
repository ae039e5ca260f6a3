import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAppoint } from '../../../data/people/who-may.ts'
import { roleWords } from '../../../data/people/role-words.ts'
import type { MemberRow } from '../../../data/settings/space-answers.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { settingsApi } from '../settings-api.ts'
import { useMoment } from '../use-moment.ts'

/** Who is invited and has not answered. */
export function InvitationList({
  invited,
  permissions,
}: {
  readonly invited: readonly MemberRow[]
  readonly permissions: readonly string[]
}) {
  const { request } = useServices()
  const client = useQueryClient()
  const moment = useMoment()
  const [revoking, setRevoking] = useState<MemberRow>()
  const renew = () => client.invalidateQueries({ queryKey: ['members'] })
  const again = useMutation({
    mutationFn: (member: MemberRow) => settingsApi.inviteAgain(request, member.memberId),
    onSuccess: (_, member) => {
      toasts.show({ tone: 'good', text: `${member.email} is invited again, for seven days.` })
      return renew()
    },
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
  })
  const revocation = useMutation({
    mutationFn: (member: MemberRow) => settingsApi.removeMember(request, member.memberId),
    onSuccess: (_, member) => {
      setRevoking(undefined)
      toasts.show({ tone: 'good', text: `The invitation of ${member.email} is taken back.` })
      return renew()
    },
  })
  return (
    <section aria-labelledby="invited-title" className="settings-part">
      <h2 id="invited-title">Waiting invitations</h2>
      {invited.length === 0 ? (
        <p className="settings-none">Nobody is invited at the moment.</p>
      ) : (
        <ul className="card people">
          {invited.map((member) => {
            const isOver = member.expiresAtMs !== null && member.expiresAtMs <= Date.now()
            return (
              <li key={member.memberId} className="person" data-member={member.email}>
                <span className="avatar person-avatar is-invited" aria-hidden="true">
                  {icons.mail}
                </span>
                <span className="person-text">
                  <strong title={member.email}>{member.email}</strong>
                  <span className="person-note">
                    {roleWords[member.role].title} ·{' '}
                    {member.expiresAtMs === null
                      ? 'invited'
                      : isOver
                        ? 'the invitation has ended'
                        : `can answer until ${moment(member.expiresAtMs)}`}
                  </span>
                </span>
                {mayAppoint(permissions, member.role) ? (
                  <span className="person-deeds">
                    <button type="button" className="button is-small" disabled={again.isPending} onClick={() => again.mutate(member)}>
                      Invite again<span className="visually-hidden"> {member.email}</span>
                    </button>
                    <button type="button" className="button is-small is-quiet" onClick={() => setRevoking(member)}>
                      Take back<span className="visually-hidden"> the invitation of {member.email}</span>
                    </button>
                  </span>
                ) : null}
              </li>
            )
          })}
        </ul>
      )}
      {revoking === undefined ? null : (
        <ConfirmDialog
          title="Take the invitation back"
          button="Take it back"
          deed={{ isPending: revocation.isPending, error: revocation.error, mutate: () => revocation.mutate(revoking) }}
          onClose={() => {
            revocation.reset()
            setRevoking(undefined)
          }}
        >
          <p>The link that {revoking.email} got by mail does nothing any more. You can invite them again at any time.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}
