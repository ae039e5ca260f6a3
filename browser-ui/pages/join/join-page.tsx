import { useEffect, useState } from 'react'
import { roleWords } from '../../data/people/role-words.ts'
import { spacePath } from '../../data/shell/places.ts'
import type { MyInvitation } from '../../link/api.ts'
import { forgetPerson } from '../../offline/forget.ts'
import { useTitle } from '../../ui/hooks.ts'
import { useInvitationAnswer } from '../../ui/account/invitations.ts'
import { useMe } from '../../ui/account/me.ts'
import { NewSpaceForm } from '../../ui/spaces/new-space-dialog.tsx'
import { Skeleton } from '../../ui/look/parts.tsx'
import { returnTo } from '../../ui/account/return-to.ts'
import { timeZone } from '../../ui/account/time-zone.ts'
import { FormError, SignInFrame } from '../sign-in/sign-in-frame.tsx'

/** Away from here by a full load: rights have changed. */
const goOn = (path: string) => {
  returnTo.clear()
  window.location.assign(path)
}

/** Whether one is only passing, on the way from another service that proved who one is. */
const isPassing = () => window.location.hash === '#then'

/** The invitations that wait for an answer, right after somebody signed in. */
export function JoinPage() {
  useTitle('Invitations')
  const me = useMe()
  const isOnTheWay = isPassing() && me.data !== undefined && me.data.invitations.length === 0
  useEffect(() => {
    if (!isOnTheWay) return
    void forgetPerson().then(() => {
      const path = returnTo.get() ?? '/'
      returnTo.clear()
      window.location.replace(path)
    })
  }, [isOnTheWay])
  const [joined, setJoined] = useState<MyInvitation>()
  if (me.data === undefined || isOnTheWay) {
    return (
      <SignInFrame>
        {me.isError ? (
          <>
            <h1>Invitations</h1>
            <FormError title="Your invitations cannot be read.">{me.error.message}</FormError>
            <button type="button" className="button is-primary is-wide" onClick={() => void me.refetch()}>
              Try again
            </button>
          </>
        ) : (
          <Skeleton lines={3} label="Looking for your invitations" />
        )}
      </SignInFrame>
    )
  }
  const { email, invitations, space } = me.data
  const isIn = space !== null || joined !== undefined
  const onward = joined === undefined ? (returnTo.get() ?? '/') : spacePath(joined.spaceId)
  return (
    <SignInFrame>
      {invitations.length > 0 ? (
        <>
          <h1>You are invited</h1>
          <p className="sign-in-note">
            As <strong>{email}</strong> you can join {invitations.length === 1 ? 'this space' : 'these spaces'}. Its nodes are shown to you
            once you accept.
          </p>
          <ul className="invitations">
            {invitations.map((invitation) => (
              <Invitation key={invitation.invitationId} invitation={invitation} onAccepted={setJoined} />
            ))}
          </ul>
        </>
      ) : (
        <>
          <h1>{joined !== undefined ? 'Welcome' : isIn ? 'No invitation is waiting' : 'You are in no space yet'}</h1>
          <p className="sign-in-note">
            {joined !== undefined
              ? `You are in “${joined.name}” now.`
              : isIn
                ? `An invitation to ${email} would stand here.`
                : `Nothing waits for ${email}. Ask for an invitation to this address, or make a space of your own.`}
          </p>
        </>
      )}
      {isIn ? (
        <button
          type="button"
          className={`button is-wide join-on ${invitations.length === 0 ? 'is-primary' : 'is-quiet'}`}
          onClick={() => goOn(onward)}
        >
          {joined !== undefined
            ? `Go to ${joined.name.length > 24 ? 'the space' : joined.name}`
            : invitations.length > 0
              ? 'Decide later'
              : 'Go to your nodes'}
        </button>
      ) : invitations.length === 0 ? (
        <NewSpaceForm />
      ) : null}
    </SignInFrame>
  )
}

function Invitation({
  invitation,
  onAccepted,
}: {
  readonly invitation: MyInvitation
  readonly onAccepted: (invitation: MyInvitation) => void
}) {
  const answer = useInvitationAnswer(onAccepted)
  const { name, role, byEmail, expiresAtMs } = invitation
  return (
    <li className="invitation">
      <h2>{name}</h2>
      <p>
        {byEmail ? <>{byEmail} asks you to come in as </> : 'You are asked to come in as '}
        <strong>{roleWords[role].title.toLowerCase()}</strong>. {roleWords[role].for}
      </p>
      <p>Open until {timeZone.format.moment(expiresAtMs / 1000, Date.now() / 1000, false)}.</p>
      <div className="invitation-buttons">
        <button
          type="button"
          className="button is-primary"
          disabled={answer.isPending}
          onClick={() => answer.mutate({ invitation, isAccepted: true })}
        >
          Accept <span className="visually-hidden">{name}</span>
        </button>
        <button
          type="button"
          className="button"
          disabled={answer.isPending}
          onClick={() => answer.mutate({ invitation, isAccepted: false })}
        >
          Decline <span className="visually-hidden">{name}</span>
        </button>
      </div>
    </li>
  )
}
