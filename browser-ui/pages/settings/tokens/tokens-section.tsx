import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { leftWords, stateWords, tokenTitle, type ClaimTokenRow } from '../../../data/settings/token-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { roomRowsQuery } from '../../../ui/spaces/space-details.ts'
import { useMoment } from '../use-moment.ts'
import { NewTokenDialog } from './new-token-dialog.tsx'
import { claimTokensQuery, tokensApi } from './tokens-api.ts'
import './tokens.css'

/** The claim tokens of the space: which are out, what is left of each, and new ones. */
export function TokensSection() {
  useTitle('Claim tokens')
  const { request } = useServices()
  const client = useQueryClient()
  const tokens = useQuery(claimTokensQuery(request))
  const [making, setMaking] = useState<{ readonly replaced: ClaimTokenRow | undefined }>()
  const [revoking, setRevoking] = useState<ClaimTokenRow>()
  const revocation = useMutation({
    mutationFn: (token: ClaimTokenRow) => tokensApi.revoke(request, token.tokenId),
    onSuccess: async (_, token) => {
      setRevoking(undefined)
      toasts.show({ tone: 'good', text: `“${tokenTitle(token)}” is revoked.` })
      await client.invalidateQueries({ queryKey: ['claim-tokens'] })
    },
  })
  if (tokens.data === undefined) {
    return tokens.isError ? (
      <Failure title="The claim tokens cannot be read" error={tokens.error} onRetry={() => void tokens.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading claim tokens" />
    )
  }
  return (
    <>
      <SectionHead
        title="Claim tokens"
        action={
          <button type="button" className="button is-primary" onClick={() => setMaking({ replaced: undefined })}>
            {icons.plus} New token
          </button>
        }
      >
        Who holds a claim token can connect nodes to this space, and nothing else. Tokens that ran out are listed for a day.
      </SectionHead>
      {tokens.data.length === 0 ? (
        <Notice icon={icons.token} title="No claim token is out">
          <p>Make one for each occasion: for a host, for an image, for a team. A token can be revoked at any time.</p>
        </Notice>
      ) : (
        <ul className="card settings-list" aria-label="Claim tokens">
          {tokens.data.map((token) => (
            <TokenLine key={token.tokenId} token={token} onRevoke={setRevoking} onReplace={(replaced) => setMaking({ replaced })} />
          ))}
        </ul>
      )}
      {making === undefined ? null : <NewTokenDialog replaced={making.replaced} onClose={() => setMaking(undefined)} />}
      {revoking === undefined ? null : (
        <ConfirmDialog
          title={`Revoke ${tokenTitle(revoking)}`}
          button="Revoke the token"
          deed={{ isPending: revocation.isPending, error: revocation.error, mutate: () => revocation.mutate(revoking) }}
          onClose={() => {
            revocation.reset()
            setRevoking(undefined)
          }}
        >
          <p>Nobody connects a node with it any more, from now on. Nodes that joined with it stay. A token cannot be brought back.</p>
        </ConfirmDialog>
      )}
    </>
  )
}

function TokenLine({
  token,
  onRevoke,
  onReplace,
}: {
  readonly token: ClaimTokenRow
  readonly onRevoke: (token: ClaimTokenRow) => void
  readonly onReplace: (token: ClaimTokenRow) => void
}) {
  const { request } = useServices()
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const moment = useMoment()
  const title = tokenTitle(token)
  const inRooms = token.roomIds.map((roomId) => rooms.find((room) => room.roomId === roomId)?.name ?? 'a room that is gone')
  const by = token.createdBy?.email ?? (token.createdBy === null ? 'the cloud itself' : 'somebody who is gone')
  return (
    <li className="settings-row" data-token={title}>
      <span className="settings-row-icon">{icons.token}</span>
      <span className="settings-row-text">
        <span className="settings-row-name" title={title}>
          {title}{' '}
          <span className="token-state" data-state={token.state}>
            {stateWords[token.state]}
          </span>
        </span>
        <span className="settings-note">
          {leftWords(token)} · until {moment(token.expiresAtMs)} · made {moment(token.createdAtMs)} by {by}
          {inRooms.length === 0 ? '' : ` · into ${inRooms.join(', ')}`}
        </span>
      </span>
      {token.state === 'ended' ? null : (
        <span className="settings-row-deeds">
          {token.origin === 'hand' ? (
            <button type="button" className="button is-small is-quiet" onClick={() => onReplace(token)}>
              Replace<span className="visually-hidden"> {title}</span>
            </button>
          ) : null}
          <button type="button" className="button is-small" onClick={() => onRevoke(token)}>
            Revoke<span className="visually-hidden"> {title}</span>
          </button>
        </span>
      )}
    </li>
  )
}
