import { useLocation } from 'wouter'
import { roleWords } from '../data/people/role-words.ts'
import { spacePath } from '../data/shell/places.ts'
import { useTitle } from '../ui/hooks.ts'
import { icons } from '../ui/look/icons.tsx'
import { useInvitationAnswer } from '../ui/account/invitations.ts'
import { useMe } from '../ui/account/me.ts'
import { NewSpaceForm } from '../ui/spaces/new-space-dialog.tsx'
import './no-space.css'

/** What somebody sees who is in no space: invitations that wait, what else to do, and the way to a space of their own. */
export function NoSpace() {
  useTitle('Your spaces')
  const me = useMe().data
  const [, navigate] = useLocation()
  const answer = useInvitationAnswer(({ spaceId }) => navigate(`~${spacePath(spaceId)}`))
  if (me === undefined) return null
  return (
    <div className="no-space">
      <h1>You are in no space yet</h1>
      <p>
        A space holds nodes and the people who look after them. You are signed in as <strong>{me.email}</strong>.
      </p>
      {me.invitations.length === 0 ? (
        <section className="card" aria-labelledby="ask-title">
          <h2 id="ask-title">Join your team’s space</h2>
          <p>Ask an admin or manager of that space to invite this address. The invitation then waits here, and comes by mail.</p>
        </section>
      ) : (
        <section className="card" aria-labelledby="waiting-title">
          <h2 id="waiting-title">You are invited</h2>
          <ul className="no-space-list">
            {me.invitations.map((invitation) => (
              <li key={invitation.invitationId}>
                <span className="no-space-text">
                  <strong>{invitation.name}</strong> as {roleWords[invitation.role].title.toLowerCase()}
                  <span className="no-space-note">{roleWords[invitation.role].for}</span>
                </span>
                <button
                  type="button"
                  className="button is-primary"
                  disabled={answer.isPending}
                  onClick={() => answer.mutate({ invitation, isAccepted: true })}
                >
                  {icons.check} Accept <span className="visually-hidden">{invitation.name}</span>
                </button>
                <button
                  type="button"
                  className="button is-quiet"
                  disabled={answer.isPending}
                  onClick={() => answer.mutate({ invitation, isAccepted: false })}
                >
                  Decline <span className="visually-hidden">{invitation.name}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="card" aria-labelledby="make-title">
        <h2 id="make-title">Or make a space of your own</h2>
        <NewSpaceForm />
      </section>
    </div>
  )
}
