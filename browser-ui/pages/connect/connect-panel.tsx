import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { caPath, type ClaimTokenOffer } from '../../link/api.ts'
import { useNow } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { nodesQuery } from '../../ui/queries.ts'
import { useServices } from '../../ui/services.ts'
import { formatDuration } from '../../data/units.ts'
import { newestAttemptMs } from './attempts.ts'
import { ConnectAttempts } from './connect-attempts.tsx'
import { ConnectWays } from './connect-ways.tsx'

/** Hands out a claim token with the exact commands, then waits and says which node came. */
export function ConnectPanel() {
  const { api } = useServices()
  const offer = useMutation({
    mutationFn: async () => {
      const [known, attempts] = await Promise.all([api.nodes(), api.connectAttempts()])
      return {
        token: await api.createClaimToken(),
        knownIds: new Set(known.map((node) => node.nodeId)),
        sinceMs: newestAttemptMs(attempts),
      }
    },
  })
  if (offer.data === undefined) {
    return (
      <div className="connect-start">
        <ol className="connect-steps">
          <li>
            <strong>Create a claim token.</strong> It ties a host to your space and nothing else.
          </li>
          <li>
            <strong>Run the command</strong> for your kind of agent on the host.
          </li>
          <li>
            <strong>Watch it arrive.</strong> This page turns green when the node appears.
          </li>
        </ol>
        {offer.isError ? (
          <p className="form-error" role="alert">
            {icons.warning} <span>{offer.error.message}</span>
          </p>
        ) : null}
        <button type="button" className="button is-primary" onClick={() => offer.mutate()} disabled={offer.isPending}>
          {offer.isPending ? 'Creating…' : 'Create a claim token'}
        </button>
      </div>
    )
  }
  return <Offer offer={offer.data.token} knownIds={offer.data.knownIds} sinceMs={offer.data.sinceMs} onRenew={() => offer.mutate()} />
}

function Offer({
  offer,
  knownIds,
  sinceMs,
  onRenew,
}: {
  readonly offer: ClaimTokenOffer
  readonly knownIds: ReadonlySet<string>
  readonly sinceMs: number
  readonly onRenew: () => void
}) {
  const nowMs = useNow(1000)
  const leftMs = offer.expiresAtMs - nowMs
  return (
    <div className="connect-offer">
      <Arrivals knownIds={knownIds} isExpired={leftMs <= 0} />
      <ConnectAttempts sinceMs={sinceMs} />
      <ConnectWays ways={offer.ways} />
      <div className="connect-foot">
        <span>
          {leftMs > 0 ? (
            <>
              This token ends in <span className="number">{formatDuration(leftMs / 1000)}</span>.
            </>
          ) : (
            'This token has ended.'
          )}{' '}
          <button type="button" className="link-button" onClick={onRenew}>
            Create another
          </button>
        </span>
        <a href={caPath} download="throughline-ca.pem" className="link-button with-icon">
          {icons.download} CA certificate
        </a>
      </div>
    </div>
  )
}

/** Waits for nodes that were not there when the token was made. */
function Arrivals({ knownIds, isExpired }: { readonly knownIds: ReadonlySet<string>; readonly isExpired: boolean }) {
  const { api } = useServices()
  const nodes = useQuery({ ...nodesQuery(api), refetchInterval: 2000 })
  const arrived = (nodes.data ?? []).filter((node) => !knownIds.has(node.nodeId))
  if (arrived.length === 0) {
    return (
      <p className="arrival" role="status" data-arrived="false">
        <span className="pulse" aria-hidden="true" />
        {isExpired ? 'No node came in time.' : 'Waiting for the node to appear…'}
      </p>
    )
  }
  return (
    <div className="arrival is-here" role="status" data-arrived="true">
      <span className="arrival-icon">{icons.check}</span>
      <div>
        {arrived.map((node) => (
          <p key={node.nodeId}>
            <strong>{node.hostname}</strong> is connected.{' '}
            <Link href={`/nodes/${node.nodeId}`} className="link-button">
              Open its dashboard
            </Link>
          </p>
        ))}
      </div>
    </div>
  )
}
