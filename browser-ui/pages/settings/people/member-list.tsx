import type { Role } from '../../../../src/domain/model.ts'
import { roleWords } from '../../../data/people/role-words.ts'
import { roomWords } from '../../../data/settings/count-words.ts'
import type { MemberRow } from '../../../data/settings/space-answers.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useMoment } from '../use-moment.ts'

export interface MemberListProps {
  readonly members: readonly MemberRow[]
  /** The roles that may be given here. */
  readonly roles: readonly Role[]
  readonly mayChange: (member: MemberRow) => boolean
  readonly mayRemove: (member: MemberRow) => boolean
  readonly onRole: (member: MemberRow, role: Role) => void
  readonly onRemove: (member: MemberRow) => void
}

/** The people who are in the space, a row each. */
export function MemberList({ members, roles, mayChange, mayRemove, onRole, onRemove }: MemberListProps) {
  const moment = useMoment()
  return (
    <ul className="card people" aria-label="People in this space">
      {members.map((member) => {
        const title = member.name === null || member.name === '' ? member.email : member.name
        return (
          <li key={member.memberId} className="person" data-member={member.email}>
            <span className="avatar person-avatar" aria-hidden="true">
              {title.charAt(0).toUpperCase()}
            </span>
            <span className="person-text">
              <strong title={title}>
                {title}
                {member.isSelf ? <span className="person-you"> (you)</span> : null}
              </strong>
              <span className="person-note">
                {title === member.email ? null : <>{member.email} · </>}
                in {roomWords(member.rooms.length)} · since {moment(member.sinceMs)}
              </span>
            </span>
            {mayChange(member) ? (
              <select
                className="person-role"
                aria-label={`Role of ${title}`}
                value={member.role}
                onChange={(event) => onRole(member, event.target.value as Role)}
              >
                {roles.map((role) => (
                  <option key={role} value={role}>
                    {roleWords[role].title}
                  </option>
                ))}
              </select>
            ) : (
              <span className="person-role is-fixed">{roleWords[member.role].title}</span>
            )}
            {mayRemove(member) ? (
              <button type="button" className="icon-button person-remove" aria-label={`Remove ${title}`} onClick={() => onRemove(member)}>
                {icons.bin}
              </button>
            ) : (
              <span className="person-remove" />
            )}
          </li>
        )
      })}
    </ul>
  )
}
