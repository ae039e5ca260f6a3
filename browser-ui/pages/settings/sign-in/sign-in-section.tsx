import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { audienceWords, callbackUrlFor, signInLinkFor, type SpaceProvider } from '../../../data/settings/sign-in-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Command, Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { useSpace } from '../../../ui/spaces/space.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { DomainList } from './domain-list.tsx'
import { providerApi, providerQuery } from './provider-api.ts'
import { ProviderDialog } from './provider-dialog.tsx'
import './sign-in.css'

/** The sign-in server of the space's own organisation: which it is, for which addresses, and the link for its people. */
export function SignInSection() {
  useTitle('Sign-in')
  const { request } = useServices()
  const { spaceId } = useSpace()
  const provider = useQuery(providerQuery(request))
  const [isEditing, setIsEditing] = useState(false)
  if (provider.data === undefined) {
    return provider.isError ? (
      <Failure title="The sign-in of this space cannot be read" error={provider.error} onRetry={() => void provider.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading the sign-in of this space" />
    )
  }
  const kept = provider.data ?? undefined
  return (
    <>
      <SectionHead
        title="Sign-in"
        action={
          kept === undefined ? (
            <button type="button" className="button is-primary" onClick={() => setIsEditing(true)}>
              {icons.plus} Set up sign-in
            </button>
          ) : undefined
        }
      >
        Your people can sign in with a server of your own that speaks OpenID Connect. Such a sign-in reaches this space and no other. The
        other ways to sign in stay.
      </SectionHead>
      {kept === undefined ? (
        <>
          <Notice icon={icons.lock} title="No server of your own is set up">
            <p>First register this cloud at your server with the redirect address below. It gives you a client ID and a secret.</p>
          </Notice>
          <div className="settings-part">
            <h2>Redirect address</h2>
            <Command text={callbackUrlFor(window.location.origin, spaceId)} label="Copy the redirect address" />
          </div>
        </>
      ) : (
        <>
          <Provider provider={kept} onEdit={() => setIsEditing(true)} />
          <DomainList domains={kept.domains} />
          <div className="settings-part">
            <h2>Link for your people</h2>
            <p className="settings-note">
              Who opens it can sign in with {kept.name}. Nobody gets in who is not in this space or invited to it.
            </p>
            <Command text={signInLinkFor(window.location.origin, spaceId)} label="Copy the link" />
          </div>
        </>
      )}
      {isEditing ? <ProviderDialog kept={kept} onClose={() => setIsEditing(false)} /> : null}
    </>
  )
}

function Provider({ provider, onEdit }: { readonly provider: SpaceProvider; readonly onEdit: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [isRemoving, setIsRemoving] = useState(false)
  const removal = useMutation({
    mutationFn: () => providerApi.remove(request),
    onSuccess: () => {
      setIsRemoving(false)
      toasts.show({ tone: 'good', text: `Nobody signs in with “${provider.name}” any more.` })
      client.setQueryData(providerQuery(request).queryKey, null)
    },
  })
  return (
    <div className="card settings-card">
      <div className="settings-card-head provider-head">
        <h2 className="provider-name">{provider.name}</h2>
        <span className="settings-row-deeds">
          <button type="button" className="button is-small" onClick={onEdit}>
            {icons.pencil} Edit
          </button>
          <button type="button" className="button is-small is-quiet" onClick={() => setIsRemoving(true)}>
            {icons.bin} Remove
          </button>
        </span>
      </div>
      <dl className="settings-facts">
        <dt>Who can sign in with it</dt>
        <dd>{audienceWords(provider)}</dd>
        <dt>Issuer</dt>
        <dd>{provider.issuer}</dd>
        <dt>Client ID</dt>
        <dd>{provider.clientId}</dd>
        <dt>Client secret</dt>
        <dd>Kept, and never shown again.</dd>
        <dt>Redirect address</dt>
        <dd>
          <Command text={provider.callbackUrl} label="Copy the redirect address" />
        </dd>
      </dl>
      {isRemoving ? (
        <ConfirmDialog
          title={`Remove ${provider.name}`}
          button="Remove the sign-in"
          deed={{ isPending: removal.isPending, error: removal.error, mutate: () => removal.mutate() }}
          onClose={() => {
            removal.reset()
            setIsRemoving(false)
          }}
        >
          <p>
            Nobody signs in with it any more. Its secret and its domains are erased here. People stay in the space, and sign in another way.
          </p>
        </ConfirmDialog>
      ) : null}
    </div>
  )
}
