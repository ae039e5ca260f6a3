import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNow } from '../../ui/hooks.ts'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { signInWaysQuery } from '../sign-in/sign-in-api.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { Ago, Answer, Group } from './parts.tsx'
import { profileDeeds, profileQueries, type LinkedIdentity } from './profile-api.ts'

/** Accounts of other services that sign this person in, and those that could. */
export function IdentitiesGroup() {
  const { request } = useServices()
  const own = useQuery(profileQueries(request).identities)
  const ways = useQuery(signInWaysQuery(request))
  const linking = useMutation({
    mutationFn: (providerId: string) => profileDeeds(request).link(providerId),
    onSuccess: ({ location }) => window.location.assign(location),
  })
  return (
    <Group
      title="Other services"
      intro="An account there signs you in here without a mail. This cloud learns its name and address, and nothing else."
    >
      <Answer query={own} title="Your accounts cannot be read">
        {({ identities, canUnlink }) => (
          <>
            {identities.length === 0 ? (
              <p className="profile-none">No other account is tied to yours.</p>
            ) : (
              <ul className="profile-list" aria-label="Other services">
                {identities.map((identity) => (
                  <Identity key={identity.identityId} identity={identity} canUnlink={canUnlink} />
                ))}
              </ul>
            )}
            {canUnlink || identities.length === 0 ? null : (
              <p className="profile-note">The last way to sign in cannot be taken away. Add a passkey first.</p>
            )}
          </>
        )}
      </Answer>
      {linking.isError ? <FormError>{linking.error.message}</FormError> : null}
      {ways.data === undefined || ways.data.providers.length === 0 ? null : (
        <div className="profile-buttons">
          {ways.data.providers.map(({ providerId, name }) => (
            <button
              key={providerId}
              type="button"
              className="button"
              disabled={linking.isPending}
              onClick={() => linking.mutate(providerId)}
            >
              Tie an account of {name}
            </button>
          ))}
        </div>
      )}
      {ways.data?.providers.length === 0 ? (
        <p className="profile-note">
          This cloud has no other service set up. Its operator can add Google, GitHub or any OpenID Connect server.
        </p>
      ) : null}
    </Group>
  )
}

function Identity({ identity, canUnlink }: { readonly identity: LinkedIdentity; readonly canUnlink: boolean }) {
  const { request } = useServices()
  const client = useQueryClient()
  const nowMs = useNow(60_000)
  const removal = useMutation({
    mutationFn: () => profileDeeds(request).unlink(identity.identityId),
    onSuccess: () => toasts.show({ tone: 'good', text: `${identity.provider} no longer signs you in.` }),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['my-identities'] }),
  })
  return (
    <li>
      <div className="profile-item">
        <strong>{identity.provider}</strong>
        <span>{identity.label}</span>
        <small>
          tied <Ago atMs={identity.linkedAtMs} nowMs={nowMs} />
        </small>
      </div>
      <button
        type="button"
        className="button is-small"
        disabled={!canUnlink || removal.isPending}
        aria-label={`Unlink ${identity.provider} ${identity.label}`}
        onClick={() => removal.mutate()}
      >
        Unlink
      </button>
    </li>
  )
}
