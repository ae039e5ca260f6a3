import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { lifeChoices, tokenTitle, type ClaimTokenRow } from '../../../data/settings/token-answers.ts'
import type { ClaimTokenOffer } from '../../../link/api.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { CopyButton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { ConnectWays } from '../../connect/connect-ways.tsx'
import { Problem } from '../../../ui/look/problem.tsx'
import { RoomChoice } from '../../../ui/spaces/room-choice.tsx'
import { roomRowsQuery } from '../../../ui/spaces/space-details.ts'
import { useMoment } from '../use-moment.ts'
import { claimTokensQuery, tokensApi } from './tokens-api.ts'

/**
 * Makes a claim token and shows it this once, with the commands that use it. With `replaced`, the new one takes the place of another,
 * which ends when the new one is there.
 */
export function NewTokenDialog({ replaced, onClose }: { readonly replaced: ClaimTokenRow | undefined; readonly onClose: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const making = useMutation({
    mutationFn: async (wish: Parameters<typeof tokensApi.create>[1]) => {
      const offer = await tokensApi.create(request, wish)
      // The new one first: whatever fails then leaves a token that works.
      const failed =
        replaced === undefined
          ? undefined
          : await tokensApi.revoke(request, replaced.tokenId).then(
              () => undefined,
              (error: Error) => error,
            )
      if (failed !== undefined) toasts.show({ tone: 'error', text: `The token before is not revoked. ${failed.message}` })
      return offer
    },
    onSettled: () => client.invalidateQueries({ queryKey: claimTokensQuery(request).queryKey }),
  })
  const title = replaced === undefined ? 'New claim token' : `Replace ${tokenTitle(replaced)}`
  return (
    <Dialog title={title} onClose={onClose}>
      {making.data === undefined ? (
        <TokenForm
          replaced={replaced}
          isPending={making.isPending}
          error={making.error}
          onWish={(wish) => making.mutate(wish)}
          onCancel={onClose}
        />
      ) : (
        <Shown offer={making.data} onClose={onClose} />
      )}
    </Dialog>
  )
}

function TokenForm({
  replaced,
  isPending,
  error,
  onWish,
  onCancel,
}: {
  readonly replaced: ClaimTokenRow | undefined
  readonly isPending: boolean
  readonly error: Error | null
  readonly onWish: (wish: Parameters<typeof tokensApi.create>[1]) => void
  readonly onCancel: () => void
}) {
  const { request } = useServices()
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const [name, setName] = useState(replaced?.name ?? '')
  const [validForMs, setValidForMs] = useState(lifeChoices[1]?.validForMs ?? 0)
  const [uses, setUses] = useState(String(replaced?.uses ?? 1))
  const [roomIds, setRoomIds] = useState<readonly string[]>(replaced?.roomIds ?? [])
  const count = Number(uses)
  const isReady = Number.isInteger(count) && count >= 1 && !isPending
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onWish({ name: name.trim(), validForMs, uses: count, roomIds })
      }}
    >
      {replaced === undefined ? null : <p>A new token is made, and the one before ends at once. Nodes that joined with it stay.</p>}
      <label htmlFor="token-name">Name</label>
      <input
        id="token-name"
        type="text"
        maxLength={100}
        autoComplete="off"
        placeholder="What it is for"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="form-pair">
        <span>
          <label htmlFor="token-life">Ends after</label>
          <select id="token-life" value={validForMs} onChange={(event) => setValidForMs(Number(event.target.value))}>
            {lifeChoices.map((choice) => (
              <option key={choice.validForMs} value={choice.validForMs}>
                {choice.words}
              </option>
            ))}
          </select>
        </span>
        <span>
          <label htmlFor="token-uses">Lets in at most (nodes)</label>
          <input
            id="token-uses"
            type="number"
            inputMode="numeric"
            min={1}
            max={10_000}
            required
            value={uses}
            onChange={(event) => setUses(event.target.value)}
          />
        </span>
      </div>
      <RoomChoice
        legend="Rooms"
        note="Nodes that join with it come into these rooms, too. Without a choice they are in “All nodes” alone, and where rules put them."
        rooms={rooms.filter(({ isAllNodes }) => !isAllNodes)}
        chosen={roomIds}
        onChoose={setRoomIds}
      />
      <Problem error={error} />
      <div className="form-actions">
        <button type="button" className="button is-quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button is-primary" disabled={!isReady}>
          {isPending ? 'Creating…' : 'Create the token'}
        </button>
      </div>
    </form>
  )
}

function Shown({ offer, onClose }: { readonly offer: ClaimTokenOffer; readonly onClose: () => void }) {
  const moment = useMoment()
  return (
    <div className="token-shown">
      <p>
        <strong>This is shown once.</strong> The cloud keeps only a fingerprint of it. It works until {moment(offer.expiresAtMs)}.
      </p>
      <div className="command">
        <pre>
          <code data-secret="claim-token">{offer.token}</code>
        </pre>
        <CopyButton text={offer.token} label="Copy the token" />
      </div>
      <ConnectWays ways={offer.ways} />
      <div className="form-actions">
        <button type="button" className="button is-primary" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  )
}
