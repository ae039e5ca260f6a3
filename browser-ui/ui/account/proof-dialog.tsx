import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Dialog } from '../overlays/dialog.tsx'
import { icons } from '../look/icons.tsx'
import { Skeleton } from '../look/parts.tsx'
import { passkeys } from './passkeys.ts'
import { proof } from './proof.ts'
import { useMe } from './me.ts'
import { useServices } from '../services.ts'

const lookEveryMs = 2_000

/** Asks a person who is signed in to prove that it is them, by a passkey or a link by mail, before something that counts. */
export function ProofDialog() {
  const { request } = useServices()
  const me = useMe().data
  const own = useQuery({
    queryKey: ['my-passkeys'],
    queryFn: async () => (await request.get('/me/passkeys')) as { passkeys: readonly unknown[] },
    retry: false,
  })
  const byPasskey = useMutation({
    mutationFn: async () => {
      const credential = await passkeys.get(await request.post('/me/prove/options'))
      await request.post('/me/prove', { credential })
    },
    onSuccess: proof.given,
  })
  const byMail = useMutation({ mutationFn: () => request.post('/me/prove/mail') })
  const hasMail = me?.hasMail ?? true
  const hasPasskey = (own.data?.passkeys.length ?? 0) > 0 && passkeys.obstacle() === undefined
  const error = byPasskey.error ?? byMail.error
  return (
    <Dialog title="Prove that it is you" onClose={proof.refused}>
      <div className="proof">
        <p>You signed in a while ago. What you are about to do counts, so show once more that it is you. Then it goes on by itself.</p>
        {error === null ? null : (
          <p className="form-error" role="alert">
            {icons.warning} <span>{error.message}</span>
          </p>
        )}
        {byMail.isSuccess ? (
          <MailSent email={me?.email ?? 'your address'} hasMail={hasMail} />
        ) : own.isPending ? (
          <Skeleton lines={2} label="Looking for your passkeys" />
        ) : (
          <div className="proof-ways">
            {hasPasskey ? (
              <button type="button" className="button is-primary is-wide" disabled={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
                {byPasskey.isPending ? 'Waiting for your passkey…' : 'Use a passkey'}
              </button>
            ) : null}
            <button
              type="button"
              className={hasPasskey ? 'button is-wide' : 'button is-primary is-wide'}
              disabled={byMail.isPending}
              onClick={() => byMail.mutate()}
            >
              {byMail.isPending ? 'Sending…' : hasMail ? 'Send me a link by mail' : 'Use a link from the operator'}
            </button>
          </div>
        )}
        <button type="button" className="button is-quiet is-wide" onClick={proof.refused}>
          Not now
        </button>
      </div>
    </Dialog>
  )
}

/** Waits until the link was opened, in whatever tab of this browser. */
function MailSent({ email, hasMail }: { readonly email: string; readonly hasMail: boolean }) {
  const { api } = useServices()
  const [before, setBefore] = useState<number>()
  const look = useQuery({ queryKey: ['me', 'proof'], queryFn: () => api.me(), refetchInterval: lookEveryMs, gcTime: 0, retry: false })
  const provenAtMs = look.data?.provenAtMs
  useEffect(() => {
    if (provenAtMs === undefined || provenAtMs === null) return
    if (before === undefined) setBefore(provenAtMs)
    else if (provenAtMs > before) proof.given()
  }, [provenAtMs, before])
  return (
    <div className="proof-sent" role="status">
      <span className="sign-in-sent-icon">{icons.mail}</span>
      <p>
        {hasMail ? (
          <>
            A link is on its way to <strong>{email}</strong>.
          </>
        ) : (
          <>
            This cloud sends no mail. Whoever runs it prints a link for you: <code>npx throughline sign-in-link --email {email}</code>
          </>
        )}{' '}
        Open it in this browser and press the button there. This page notices by itself and goes on.
      </p>
    </div>
  )
}
