import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Role } from '../../../../src/domain/model.ts'
import { mayAppoint } from '../../../data/people/who-may.ts'
import { roleWords } from '../../../data/people/role-words.ts'
import { personWords } from '../../../data/settings/count-words.ts'
import type { MemberRow } from '../../../data/settings/space-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Failure, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { WhoMayChange } from '../../../ui/account/who-may-change.tsx'
import { membersQuery, settingsApi } from '../settings-api.ts'
import { useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { InvitationList } from './invitation-list.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberList } from './member-list.tsx'
import { RoleTable } from './role-table.tsx'
import './people.css'

/** The people of the space with their roles, who is invited, and what each role may do. */
export function PeopleSection() {
  useTitle('People')
  const { request } = useServices()
  const { space, may } = useSpaceDetails()
  const members = useQuery(membersQuery(request))
  const [isInviting, setIsInviting] = useState(false)
  if (members.data === undefined || space === undefined) {
    return members.isError ? (
      <Failure title="The people cannot be read" error={members.error} onRetry={() => void members.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading people" />
    )
  }
  const joined = members.data.filter(({ state }) => state === 'member')
  const invited = members.data.filter(({ state }) => state === 'invited')
  return (
    <>
      <SectionHead
        title="People"
        action={
          may('people.invite') ? (
            <button type="button" className="button is-primary" onClick={() => setIsInviting(true)}>
              {icons.plus} Invite
            </button>
          ) : undefined
        }
      >
        {personWords(joined.length)} {joined.length === 1 ? 'is' : 'are'} in this space.
      </SectionHead>
      {may('people.invite') ? null : <WhoMayChange permission="people.invite" />}
      <Members members={joined} permissions={space.permissions} />
      {may('people.invite') ? <InvitationList invited={invited} permissions={space.permissions} /> : null}
      <RoleTable />
      {isInviting ? <InviteDialog permissions={space.permissions} onClose={() => setIsInviting(false)} /> : null}
    </>
  )
}

function Members({ members, permissions }: { readonly members: readonly MemberRow[]; readonly permissions: readonly string[] }) {
  const { request, personal } = useServices()
  const client = useQueryClient()
  const [removing, setRemoving] = useState<MemberRow>()
  const [stepping, setStepping] = useState<{ readonly member: MemberRow; readonly role: Role }>()
  const { queryKey } = membersQuery(request)
  const renew = () => client.invalidateQueries({ queryKey })

  const appointment = useMutation({
    mutationFn: ({ member, role }: { readonly member: MemberRow; readonly role: Role; readonly isUndo?: boolean }) =>
      settingsApi.setRole(request, member.memberId, role),
    onMutate: async ({ member, role }) => {
      await client.cancelQueries({ queryKey })
      client.setQueryData(queryKey, (list) => list?.map((row) => (row.memberId === member.memberId ? { ...row, role } : row)))
    },
    onSuccess: async (_, { member, role, isUndo }) => {
      if (member.isSelf) {
        setStepping(undefined)
        await Promise.all([personal.client.invalidateQueries({ queryKey: ['me'] }), client.invalidateQueries({ queryKey: ['space'] })])
        return
      }
      const text = `${nameOf(member)} is ${roleWords[role].title.toLowerCase()} now.`
      const undo = { label: 'Undo', run: () => appointment.mutate({ member: { ...member, role }, role: member.role, isUndo: true }) }
      toasts.show({ tone: 'good', text, ...(isUndo === true ? {} : { action: undo }) })
    },
    onError: (error, { member }) => {
      if (!member.isSelf) toasts.show({ tone: 'error', text: `The role is as it was. ${error.message}` })
    },
    onSettled: renew,
  })
  const removal = useMutation({
    mutationFn: (member: MemberRow) => settingsApi.removeMember(request, member.memberId),
    onSuccess: async (_, member) => {
      setRemoving(undefined)
      toasts.show({ tone: 'good', text: `${nameOf(member)} is out of the space.` })
      await Promise.all([renew(), client.invalidateQueries({ queryKey: ['rooms'] })])
    },
  })
  const setRole = (member: MemberRow, role: Role) => (member.isSelf ? setStepping({ member, role }) : appointment.mutate({ member, role }))
  return (
    <>
      <MemberList
        members={members}
        mayChange={(member) => mayAppoint(permissions, member.role)}
        roles={(Object.keys(roleWords) as Role[]).filter((role) => mayAppoint(permissions, role))}
        mayRemove={(member) => !member.isSelf && permissions.includes('people.remove') && mayAppoint(permissions, member.role)}
        onRole={setRole}
        onRemove={setRemoving}
      />
      {removing === undefined ? null : (
        <ConfirmDialog
          title={`Remove ${nameOf(removing)}`}
          button="Remove from the space"
          deed={{ isPending: removal.isPending, error: removal.error, mutate: () => removal.mutate(removing) }}
          onClose={() => {
            removal.reset()
            setRemoving(undefined)
          }}
        >
          <p>
            They see nothing of this space any more, and pages they have open stop within seconds. Boards they made stay. To bring them
            back, invite them again.
          </p>
        </ConfirmDialog>
      )}
      {stepping === undefined ? null : (
        <ConfirmDialog
          title={`Make yourself ${roleWords[stepping.role].title.toLowerCase()}`}
          button="Change my role"
          deed={{ isPending: appointment.isPending, error: appointment.error, mutate: () => appointment.mutate(stepping) }}
          onClose={() => {
            appointment.reset()
            setStepping(undefined)
          }}
        >
          <p>{roleWords[stepping.role].for} You cannot take this back yourself: somebody else has to give you your present role again.</p>
        </ConfirmDialog>
      )}
    </>
  )
}

/** What a person is called here. */
export const nameOf = ({ name, email }: Pick<MemberRow, 'name' | 'email'>): string => (name === null || name === '' ? email : name)
