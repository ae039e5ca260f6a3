import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { roleWords } from '../../../data/people/role-words.ts'
import type { MemberRow, WholeRoom } from '../../../data/settings/space-answers.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { membersQuery, settingsApi, wholeRoomQuery } from '../settings-api.ts'

const nameOf = ({ name, email }: MemberRow) => (name === null || name === '' ? email : name)

/** The people in a room; taken out and put back in one step, so a removal can be undone. */
export function RoomMembers({ room, mayChange }: { readonly room: WholeRoom; readonly mayChange: boolean }) {
  const { request } = useServices()
  const client = useQueryClient()
  const members = useQuery(membersQuery(request)).data ?? []
  const [chosen, setChosen] = useState('')
  const { queryKey } = wholeRoomQuery(request, room.roomId)
  const move = useMutation({
    mutationFn: ({ add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] }) =>
      settingsApi.moveMembers(request, room.roomId, add, remove),
    onMutate: async ({ add, remove }) => {
      await client.cancelQueries({ queryKey })
      client.setQueryData(
        queryKey,
        (before) => before && { ...before, memberIds: [...before.memberIds.filter((id) => !remove.includes(id)), ...add] },
      )
    },
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ['rooms'] }), client.invalidateQueries({ queryKey: ['members'] })]),
  })
  const inside = members.filter(({ memberId }) => room.memberIds.includes(memberId))
  const outside = members.filter(({ memberId }) => !room.memberIds.includes(memberId))
  const takeOut = (member: MemberRow) => {
    move.mutate({ add: [], remove: [member.memberId] })
    toasts.show({
      tone: 'info',
      text: `${nameOf(member)} is out of “${room.name}”.`,
      action: { label: 'Undo', run: () => move.mutate({ add: [member.memberId], remove: [] }) },
    })
  }
  return (
    <section className="card settings-card" aria-labelledby="room-members-title">
      <h2 id="room-members-title">People in this room</h2>
      <p className="settings-note">They see its nodes. Admins and managers see them in any case.</p>
      {inside.length === 0 ? <p className="settings-none">Nobody is in this room.</p> : null}
      <ul className="settings-list is-plain" aria-label="People in this room">
        {inside.map((member) => (
          <li key={member.memberId} className="settings-row">
            <span className="settings-row-text">
              <span className="settings-row-name" title={nameOf(member)}>
                {nameOf(member)}
              </span>
              <span className="settings-note">
                {roleWords[member.role].title}
                {member.state === 'invited' ? ', invited' : ''}
              </span>
            </span>
            {mayChange ? (
              <button
                type="button"
                className="icon-button"
                aria-label={`Take ${nameOf(member)} out of the room`}
                onClick={() => takeOut(member)}
              >
                {icons.close}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayChange && outside.length > 0 ? (
        <form
          className="settings-adder"
          onSubmit={(event) => {
            event.preventDefault()
            if (chosen === '') return
            move.mutate({ add: [chosen], remove: [] })
            setChosen('')
          }}
        >
          <label htmlFor="room-adder" className="visually-hidden">
            Somebody to put into the room
          </label>
          <select id="room-adder" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">Choose somebody…</option>
            {outside.map((member) => (
              <option key={member.memberId} value={member.memberId}>
                {nameOf(member)} ({roleWords[member.role].title})
              </option>
            ))}
          </select>
          <button type="submit" className="button" disabled={chosen === ''}>
            {icons.plus} Put into the room
          </button>
        </form>
      ) : null}
    </section>
  )
}
