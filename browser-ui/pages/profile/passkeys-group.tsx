import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { thisMachine } from '../../data/account/machine-name.ts'
import { passkeyProblem } from '../../data/account/passkey-problem.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { useNow } from '../../ui/hooks.ts'
import { passkeys } from '../../ui/account/passkeys.ts'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { signInWaysQuery } from '../sign-in/sign-in-api.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { Ago, Answer, Group } from './parts.tsx'
import { profileDeeds, profileQueries, type OwnPasskey, type OwnPasskeys } from './profile-api.ts'

/** The passkeys of a person, and whether one is wanted on top of a link. */
export function PasskeysGroup() {
  const { request } = useServices()
  const own = useQuery(profileQueries(request).passkeys)
  const [isAdding, setIsAdding] = useState(false)
  const ways = useQuery(signInWaysQuery(request)).data
  const obstacle = passkeys.obstacle() ?? (ways?.hasPasskeys === false ? passkeyProblem('SecurityError') : undefined)
  return (
    <Group
      title="Passkeys"
      intro="A key that lives on a device or in your password manager. It signs you in without a mail, and no false page can get it from you."
      tools={
        <button type="button" className="button is-primary" disabled={obstacle !== undefined} onClick={() => setIsAdding(true)}>
          Add a passkey
        </button>
      }
    >
      {obstacle === undefined ? null : <p className="profile-note">{obstacle}</p>}
      <Answer query={own} title="Your passkeys cannot be read">
        {(data) => (
          <>
            {data.passkeys.length === 0 ? (
              <p className="profile-none">You have no passkey yet.</p>
            ) : (
              <ul className="profile-list" aria-label="Passkeys">
                {data.passkeys.map((passkey) => (
                  <Passkey
                    key={passkey.passkeyId}
                    passkey={passkey}
                    isLast={data.passkeys.length === 1}
                    isSecondFactor={data.isSecondFactor}
                  />
                ))}
              </ul>
            )}
            <SecondFactorSwitch own={data} />
          </>
        )}
      </Answer>
      {isAdding ? <AddDialog onClose={() => setIsAdding(false)} taken={own.data?.passkeys.map(({ name }) => name) ?? []} /> : null}
    </Group>
  )
}

function SecondFactorSwitch({ own }: { readonly own: OwnPasskeys }) {
  const { request } = useServices()
  const client = useQueryClient()
  // What was chosen shows at once, and until the cloud says how it stands.
  const [wanted, setWanted] = useState<boolean>()
  const turning = useMutation({
    mutationFn: (isOn: boolean) => profileDeeds(request).setSecondFactor(isOn),
    onSuccess: (_, isOn) =>
      toasts.show({ tone: 'good', text: isOn ? 'From now on a link alone does not sign you in.' : 'A link alone signs you in again.' }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['my-passkeys'] })
      setWanted(undefined)
    },
  })
  const canTurn = own.isSecondFactor || own.passkeys.length > 0
  return (
    <div className="profile-switch">
      <label className="profile-check">
        <input
          type="checkbox"
          role="switch"
          checked={wanted ?? own.isSecondFactor}
          disabled={!canTurn || turning.isPending}
          aria-describedby="second-factor-hint"
          onChange={(event) => {
            setWanted(event.target.checked)
            turning.mutate(event.target.checked)
          }}
        />
        <span>Ask for a passkey on top of a link or another service</span>
      </label>
      <p id="second-factor-hint">
        {!canTurn
          ? 'Add a passkey first.'
          : own.passkeys.length === 1
            ? 'You have one passkey. Add a second on another device before you rely on this: without it you cannot come in.'
            : 'Who gets hold of your mailbox then still cannot come in.'}
      </p>
      {turning.isError ? <FormError>{turning.error.message}</FormError> : null}
    </div>
  )
}

function Passkey({
  passkey,
  isLast,
  isSecondFactor,
}: {
  readonly passkey: OwnPasskey
  readonly isLast: boolean
  readonly isSecondFactor: boolean
}) {
  const [dialog, setDialog] = useState<'rename' | 'remove'>()
  const nowMs = useNow(60_000)
  return (
    <li>
      <div className="profile-item">
        <strong>{passkey.name}</strong>
        <small>
          added <Ago atMs={passkey.createdAtMs} nowMs={nowMs} />,{' '}
          {passkey.lastUsedAtMs === null ? (
            'not used yet'
          ) : (
            <>
              used <Ago atMs={passkey.lastUsedAtMs} nowMs={nowMs} />
            </>
          )}
        </small>
      </div>
      <button type="button" className="button is-small" aria-label={`Rename ${passkey.name}`} onClick={() => setDialog('rename')}>
        Rename
      </button>
      <button type="button" className="button is-small" aria-label={`Remove ${passkey.name}`} onClick={() => setDialog('remove')}>
        Remove
      </button>
      {dialog === 'rename' ? <RenameDialog passkey={passkey} onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'remove' ? (
        <RemoveDialog passkey={passkey} endsSecondFactor={isLast && isSecondFactor} onClose={() => setDialog(undefined)} />
      ) : null}
    </li>
  )
}

function AddDialog({ taken, onClose }: { readonly taken: readonly string[]; readonly onClose: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [name, setName] = useState(() => thisMachine(navigator.userAgent, taken))
  const adding = useMutation({
    mutationFn: async () => {
      const deeds = profileDeeds(request)
      await deeds.addPasskey(name.trim(), await passkeys.create(await deeds.passkeyOptions()))
    },
    onSuccess: async () => {
      onClose()
      toasts.show({ tone: 'good', text: 'The passkey is added. It signs you in from now on.' })
      await client.invalidateQueries({ queryKey: ['my-passkeys'] })
      await client.invalidateQueries({ queryKey: ['my-identities'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && !adding.isPending) adding.mutate()
  }
  return (
    <Dialog title="Add a passkey" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <label htmlFor="passkey-name">Name</label>
        <p className="profile-intro" id="passkey-name-hint">
          By which you tell it from others later. Your browser then asks where to keep the passkey.
        </p>
        <input
          id="passkey-name"
          data-first
          value={name}
          required
          maxLength={60}
          autoComplete="off"
          aria-describedby="passkey-name-hint"
          onChange={(event) => setName(event.target.value)}
        />
        {adding.isError ? <FormError>{adding.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={adding.isPending || name.trim() === ''}>
            {adding.isPending ? 'Waiting for your device…' : 'Go on'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function RenameDialog({ passkey, onClose }: { readonly passkey: OwnPasskey; readonly onClose: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [name, setName] = useState(passkey.name)
  const renaming = useMutation({
    mutationFn: () => profileDeeds(request).renamePasskey(passkey.passkeyId, name.trim()),
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: ['my-passkeys'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '') renaming.mutate()
  }
  return (
    <Dialog title="Rename the passkey" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <label htmlFor="passkey-rename">Name</label>
        <input
          id="passkey-rename"
          data-first
          value={name}
          required
          maxLength={60}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
        {renaming.isError ? <FormError>{renaming.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={renaming.isPending || name.trim() === ''}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function RemoveDialog({
  passkey,
  endsSecondFactor,
  onClose,
}: {
  readonly passkey: OwnPasskey
  readonly endsSecondFactor: boolean
  readonly onClose: () => void
}) {
  const { request } = useServices()
  const client = useQueryClient()
  const removal = useMutation({
    mutationFn: () => profileDeeds(request).removePasskey(passkey.passkeyId),
    onSuccess: async () => {
      onClose()
      toasts.show({ tone: 'good', text: `The passkey ${passkey.name} no longer signs you in.` })
      await client.invalidateQueries({ queryKey: ['my-passkeys'] })
      await client.invalidateQueries({ queryKey: ['my-identities'] })
    },
  })
  return (
    <Dialog title={`Remove ${passkey.name}`} onClose={onClose}>
      <div className="form">
        <p>
          It signs you in no more. {endsSecondFactor ? 'It is your last one: a link alone then signs you in again. ' : ''}
          Your device or password manager keeps its half until you delete it there, too.
        </p>
        {removal.isError ? <FormError>{removal.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Keep it
          </button>
          <button type="button" className="button is-danger" disabled={removal.isPending} onClick={() => removal.mutate()}>
            {removal.isPending ? 'Removing…' : 'Remove the passkey'}
          </button>
        </div>
      </div>
    </Dialog>
  )
}
