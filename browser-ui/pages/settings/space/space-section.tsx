import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { roleWords } from '../../../data/people/role-words.ts'
import { nodeWords, personWords, roomWords } from '../../../data/settings/count-words.ts'
import type { SpaceDetails } from '../../../data/settings/space-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { CopyButton, Failure, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { WhoMayChange } from '../../../ui/account/who-may-change.tsx'
import { settingsApi } from '../settings-api.ts'
import { useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { useMoment } from '../use-moment.ts'
import { QuotaList } from './quota-list.tsx'
import { SpaceForm } from './space-form.tsx'

/** What the space is, its name and description, and the ways out of it. */
export function SpaceSection() {
  useTitle('Space settings')
  const { query, space, may } = useSpaceDetails()
  if (space === undefined) {
    return query.isError ? (
      <Failure title="The space cannot be read" error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading the space" />
    )
  }
  return (
    <>
      <SectionHead title={space.name}>{space.description === '' ? undefined : space.description}</SectionHead>
      <section className="card settings-card" aria-labelledby="space-name-title">
        <h2 id="space-name-title">Name and description</h2>
        {may('space.change') ? (
          <SpaceForm key={`${space.name} ${space.description}`} space={space} />
        ) : (
          <WhoMayChange permission="space.change" />
        )}
      </section>
      <About space={space} />
      {space.quotas === null ? null : <QuotaList quotas={space.quotas} plan={space.plan} />}
      <WaysOut space={space} mayDelete={may('space.delete')} />
    </>
  )
}

function About({ space }: { readonly space: SpaceDetails }) {
  const moment = useMoment()
  const { nodes, rooms, members } = space.counts
  return (
    <section className="card settings-card" aria-labelledby="about-title">
      <h2 id="about-title">About this space</h2>
      <dl className="settings-facts">
        <dt>Your role</dt>
        <dd>
          {roleWords[space.role].title}. {roleWords[space.role].for}
        </dd>
        <dt>You see</dt>
        <dd>
          {nodeWords(nodes)}, {roomWords(rooms)}, {personWords(members)}
        </dd>
        <dt>Made</dt>
        <dd>{moment(space.createdAtMs)}</dd>
        <IdRow label="Space id" id={space.spaceId} />
        <IdRow label="Your member id" id={space.memberId} />
      </dl>
    </section>
  )
}

function IdRow({ label, id }: { readonly label: string; readonly id: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="settings-id">
        <code>{id}</code> <CopyButton text={id} label={`Copy: ${label.toLowerCase()}`} />
      </dd>
    </>
  )
}

/** After the space is left or gone, the page goes to what is left. */
function useGone(text: string) {
  const { personal } = useServices()
  const [, navigate] = useLocation()
  return async (erasedAt?: string) => {
    const shown =
      erasedAt === undefined
        ? {}
        : { action: { label: 'Certificate', run: () => void window.open(erasedAt, '_blank', 'noopener') }, stays: true }
    toasts.show({ tone: 'good', text, ...shown })
    await personal.client.invalidateQueries({ queryKey: ['me'] })
    navigate('~/', { replace: true })
  }
}

function WaysOut({ space, mayDelete }: { readonly space: SpaceDetails; readonly mayDelete: boolean }) {
  const { request } = useServices()
  const [asked, setAsked] = useState<'leave' | 'delete'>()
  const left = useGone(`You left “${space.name}”.`)
  const gone = useGone(`“${space.name}” is deleted.`)
  const leaving = useMutation({ mutationFn: () => settingsApi.leaveSpace(request), onSuccess: () => left() })
  const deletion = useMutation({ mutationFn: () => settingsApi.deleteSpace(request, space.name), onSuccess: gone })
  const { nodes, rooms, members } = space.counts
  return (
    <section className="card settings-card" aria-labelledby="leave-title">
      <h2 id="leave-title">Leave or delete</h2>
      <div className="settings-deed">
        <p>Leaving takes this space off your list. The space and its nodes stay.</p>
        <button type="button" className="button" onClick={() => setAsked('leave')}>
          Leave the space
        </button>
      </div>
      {mayDelete ? (
        <div className="settings-deed">
          <p>Deleting takes everything in it away for everybody, and cuts the links of its agents.</p>
          <button type="button" className="button is-danger" onClick={() => setAsked('delete')}>
            Delete the space
          </button>
        </div>
      ) : null}
      {asked === 'leave' ? (
        <ConfirmDialog title={`Leave ${space.name}`} button="Leave the space" deed={leaving} onClose={() => setAsked(undefined)}>
          <p>You see nothing of this space any more. To come back, an admin or a manager has to invite you again.</p>
        </ConfirmDialog>
      ) : null}
      {asked === 'delete' ? (
        <ConfirmDialog
          title={`Delete ${space.name}`}
          button="Delete the space"
          typed={space.name}
          deed={deletion}
          onClose={() => setAsked(undefined)}
        >
          <p>
            <strong>This cannot be undone.</strong> These go:
          </p>
          <ul className="settings-goes">
            <li>{nodeWords(nodes)}: their agents are told not to come back, and are new nodes if they are claimed again</li>
            <li>{roomWords(rooms)} with rules and boards</li>
            <li>the membership of {personWords(members)}, and invitations that wait; their accounts stay</li>
            <li>claim tokens, notification channels, and their secrets</li>
          </ul>
          <p>Nothing changes on the hosts themselves.</p>
        </ConfirmDialog>
      ) : null}
    </section>
  )
}
