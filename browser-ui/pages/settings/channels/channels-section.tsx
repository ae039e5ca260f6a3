import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ChannelRow } from '../../../data/settings/channel-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { WhoMayChange } from '../../../ui/account/who-may-change.tsx'
import { roomRowsQuery, useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { ChannelDialog } from './channel-dialog.tsx'
import { channelsApi, channelsQuery, integrationsQuery } from './channels-api.ts'
import './channels.css'

/** Where notifications of this space go. */
export function ChannelsSection() {
  useTitle('Notification channels')
  const { request } = useServices()
  const client = useQueryClient()
  const { may } = useSpaceDetails()
  const channels = useQuery(channelsQuery(request))
  const [edited, setEdited] = useState<{ readonly channel: ChannelRow | undefined }>()
  const [removing, setRemoving] = useState<ChannelRow>()
  const removal = useMutation({
    mutationFn: (channel: ChannelRow) => channelsApi.remove(request, channel.channelId),
    onSuccess: async (_, { name }) => {
      setRemoving(undefined)
      toasts.show({ tone: 'good', text: `“${name}” is deleted.` })
      await client.invalidateQueries({ queryKey: ['channels'] })
    },
  })
  if (channels.data === undefined) {
    return channels.isError ? (
      <Failure title="The channels cannot be read" error={channels.error} onRetry={() => void channels.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading channels" />
    )
  }
  const mayChange = may('channels.change')
  return (
    <>
      <SectionHead
        title="Notification channels"
        action={
          mayChange ? (
            <button type="button" className="button is-primary" onClick={() => setEdited({ channel: undefined })}>
              {icons.plus} New channel
            </button>
          ) : undefined
        }
      >
        Where people are told about alerts and nodes that are out of reach. Each can be tested after it was added.
      </SectionHead>
      {mayChange ? null : <WhoMayChange permission="channels.change" />}
      {channels.data.length === 0 ? (
        <Notice icon={icons.mail} title="No channel is set up yet">
          <p>{mayChange ? 'Add the first one: a webhook, a chat, or whatever your team looks at.' : 'An admin can add one.'}</p>
        </Notice>
      ) : (
        <ul className="card settings-list" aria-label="Notification channels">
          {channels.data.map((channel) => (
            <ChannelLine
              key={channel.channelId}
              channel={channel}
              mayChange={mayChange}
              onEdit={() => setEdited({ channel })}
              onRemove={() => setRemoving(channel)}
            />
          ))}
        </ul>
      )}
      {edited === undefined ? null : <ChannelDialog channel={edited.channel} onClose={() => setEdited(undefined)} />}
      {removing === undefined ? null : (
        <ConfirmDialog
          title={`Delete ${removing.name}`}
          button="Delete the channel"
          deed={{ isPending: removal.isPending, error: removal.error, mutate: () => removal.mutate(removing) }}
          onClose={() => {
            removal.reset()
            setRemoving(undefined)
          }}
        >
          <p>Its settings and its secrets are erased here. They cannot be brought back. To stop it for a while, switch it off instead.</p>
        </ConfirmDialog>
      )}
    </>
  )
}

function ChannelLine({
  channel,
  mayChange,
  onEdit,
  onRemove,
}: {
  readonly channel: ChannelRow
  readonly mayChange: boolean
  readonly onEdit: () => void
  readonly onRemove: () => void
}) {
  const { request } = useServices()
  const client = useQueryClient()
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const integration = useQuery(integrationsQuery(request)).data?.find(({ slug }) => slug === channel.slug)
  const { channelId, name, isEnabled, roomIds } = channel
  const { queryKey } = channelsQuery(request)
  const turning = useMutation({
    mutationFn: (next: boolean) => channelsApi.change(request, channelId, { isEnabled: next }),
    onMutate: (next) =>
      client.setQueryData(queryKey, (list) => list?.map((row) => (row.channelId === channelId ? { ...row, isEnabled: next } : row))),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['channels'] }),
  })
  const where =
    roomIds === null
      ? 'all rooms'
      : roomIds.length === 0
        ? 'no room: those it was for are gone'
        : roomIds.map((roomId) => rooms.find((room) => room.roomId === roomId)?.name ?? 'a room you do not see').join(', ')
  return (
    <li className="settings-row" data-channel={name}>
      <span className="settings-row-icon">{icons.mail}</span>
      <span className="settings-row-text">
        <span className="settings-row-name" title={name}>
          {name}
        </span>
        <span className="settings-note">
          {integration?.name ?? channel.slug} · {where}
          {mayChange ? '' : isEnabled ? ' · on' : ' · off'}
        </span>
      </span>
      {mayChange ? (
        <span className="settings-row-deeds">
          <button
            type="button"
            role="switch"
            className="switch"
            aria-checked={isEnabled}
            aria-label={`${name} is on`}
            onClick={() => turning.mutate(!isEnabled)}
          >
            <span className="switch-knob" aria-hidden="true" />
          </button>
          <button type="button" className="button is-small" onClick={onEdit}>
            Edit<span className="visually-hidden"> {name}</span>
          </button>
          <button type="button" className="icon-button" aria-label={`Delete ${name}`} onClick={onRemove}>
            {icons.bin}
          </button>
        </span>
      ) : null}
    </li>
  )
}
