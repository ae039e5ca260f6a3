import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { scopeWords } from '../../data/account/scope-words.ts'
import { tokenState } from '../../data/account/token-expiry.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { useNow, useTitle } from '../../ui/hooks.ts'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { NewTokenDialog } from './new-token-dialog.tsx'
import { Ago, Answer, Group, momentText } from './parts.tsx'
import { profileDeeds, profileQueries, type ApiToken } from './profile-api.ts'

/** The tokens with which programs act as this person. */
export function TokensSection() {
  useTitle('API tokens')
  const { request } = useServices()
  const [isMaking, setIsMaking] = useState(false)
  const tokens = useQuery(profileQueries(request).tokens)
  return (
    <>
      <h1>API tokens</h1>
      <Group
        title="Your tokens"
        intro="With a token a program acts as you, within its scope and never beyond your role. How the API works stands in its reader page."
        tools={
          <button type="button" className="button is-primary" onClick={() => setIsMaking(true)}>
            New token
          </button>
        }
      >
        <p className="profile-note">
          <a className="link-button" href="/api/docs">
            Read about the API
          </a>
        </p>
        <Answer query={tokens} title="Your tokens cannot be read">
          {(rows) =>
            rows.length === 0 ? (
              <p className="profile-none">You have no token.</p>
            ) : (
              <ul className="profile-list" aria-label="API tokens">
                {[...rows]
                  .sort((a, b) => b.createdAtMs - a.createdAtMs)
                  .map((token) => (
                    <Token key={token.tokenId} token={token} />
                  ))}
              </ul>
            )
          }
        </Answer>
      </Group>
      {isMaking ? <NewTokenDialog onClose={() => setIsMaking(false)} /> : null}
    </>
  )
}

function Token({ token }: { readonly token: ApiToken }) {
  const [isAsking, setIsAsking] = useState(false)
  const nowMs = useNow(60_000)
  const state = tokenState(token.expiresAtMs, nowMs)
  const name = token.name === '' ? 'Without a name' : token.name
  return (
    <li data-token-state={state}>
      <div className="profile-item">
        <strong>{name}</strong>
        <span>{Object.hasOwn(scopeWords, token.scope) ? scopeWords[token.scope].title : token.scope}</span>
        <small>
          {state === 'ended' ? 'ended ' : state === 'soon' ? 'ends soon: ' : 'until '}
          {momentText(token.expiresAtMs, nowMs)},{' '}
          {token.lastUsedAtMs === null ? (
            'never used'
          ) : (
            <>
              used <Ago atMs={token.lastUsedAtMs} nowMs={nowMs} />
            </>
          )}
        </small>
      </div>
      <button type="button" className="button is-small" aria-label={`Revoke ${name}`} onClick={() => setIsAsking(true)}>
        Revoke
      </button>
      {isAsking ? <RevokeDialog token={token} name={name} onClose={() => setIsAsking(false)} /> : null}
    </li>
  )
}

function RevokeDialog({ token, name, onClose }: { readonly token: ApiToken; readonly name: string; readonly onClose: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const revoking = useMutation({
    mutationFn: () => profileDeeds(request).revokeToken(token.tokenId),
    onSuccess: async () => {
      onClose()
      toasts.show({ tone: 'good', text: `The token ${name} is revoked.` })
      await client.invalidateQueries({ queryKey: ['my-api-tokens'] })
    },
  })
  return (
    <Dialog title={`Revoke ${name}`} onClose={onClose}>
      <div className="form">
        <p>Whatever uses it is refused from now on. This cannot be undone.</p>
        {revoking.isError ? <FormError>{revoking.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Keep it
          </button>
          <button type="button" className="button is-danger" disabled={revoking.isPending} onClick={() => revoking.mutate()}>
            {revoking.isPending ? 'Revoking…' : 'Revoke the token'}
          </button>
        </div>
      </div>
    </Dialog>
  )
}
