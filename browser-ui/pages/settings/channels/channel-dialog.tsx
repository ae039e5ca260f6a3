import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  fieldsToSend,
  missingFields,
  repeatChoices,
  type ChannelDetails,
  type ChannelOption,
  type ChannelRow,
  type Integration,
} from '../../../data/settings/channel-answers.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { Failure, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Problem } from '../../../ui/look/problem.tsx'
import { NoticeOptions } from '../../../ui/spaces/notice-options.tsx'
import { RoomChoice } from '../../../ui/spaces/room-choice.tsx'
import { roomRowsQuery } from '../../../ui/spaces/space-details.ts'
import { ChannelTests } from './channel-tests.tsx'
import { channelQuery, channelsApi, integrationsQuery } from './channels-api.ts'
import { FieldInput } from './field-input.tsx'

/** Sets up a channel, or changes one. Secrets that are kept are never filled in again. */
export function ChannelDialog({ channel, onClose }: { readonly channel: ChannelRow | undefined; readonly onClose: () => void }) {
  const { request } = useServices()
  const integrations = useQuery(integrationsQuery(request))
  const kept = useQuery({ ...channelQuery(request, channel?.channelId ?? ''), enabled: channel !== undefined, refetchOnWindowFocus: false })
  const isReady = integrations.data !== undefined && (channel === undefined || (kept.data !== undefined && !kept.isStale))
  const error = integrations.error ?? kept.error
  return (
    <Dialog title={channel === undefined ? 'New channel' : `Edit ${channel.name}`} onClose={onClose}>
      {integrations.data !== undefined && (channel === undefined || kept.data !== undefined) ? (
        <ChannelForm integrations={integrations.data} kept={kept.data} onClose={onClose} />
      ) : error === null || isReady ? (
        <Skeleton lines={5} label="Loading the channel" />
      ) : (
        <Failure
          title="The channel cannot be read"
          error={error}
          onRetry={() => void Promise.all([integrations.refetch(), kept.refetch()])}
        />
      )}
    </Dialog>
  )
}

function ChannelForm({
  integrations,
  kept,
  onClose,
}: {
  readonly integrations: readonly Integration[]
  readonly kept: ChannelDetails | undefined
  readonly onClose: () => void
}) {
  const { request } = useServices()
  const client = useQueryClient()
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const [slug, setSlug] = useState(kept?.slug ?? integrations[0]?.slug ?? '')
  const [name, setName] = useState(kept?.name ?? '')
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.entries(kept?.fields ?? {}).map(([field, value]) => [field, String(value)])),
  )
  const [options, setOptions] = useState<readonly ChannelOption[]>(kept?.options ?? ['CRITICAL', 'WARNING', 'CLEAR'])
  const [repeatMin, setRepeatMin] = useState(kept?.repeatMin ?? 0)
  const [includesValue, setIncludesValue] = useState(kept?.includesValue ?? false)
  const [isEverywhere, setIsEverywhere] = useState(kept === undefined || kept.roomIds === null)
  const [roomIds, setRoomIds] = useState<readonly string[]>(kept?.roomIds ?? [])
  const integration = integrations.find((candidate) => candidate.slug === slug)
  const fields = integration?.fields ?? []
  const secretsSet = kept?.secretsSet ?? []
  const missing = missingFields(fields, typed, secretsSet)
  const saving = useMutation({
    mutationFn: () => {
      const wish = {
        name: name.trim(),
        isEnabled: kept?.isEnabled ?? true,
        roomIds: isEverywhere ? null : roomIds,
        options,
        repeatMin,
        includesValue,
        fields: fieldsToSend(fields, typed, kept),
      }
      return kept === undefined ? channelsApi.create(request, slug, wish) : channelsApi.change(request, kept.channelId, wish)
    },
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: `“${name.trim()}” is saved.` })
      await client.invalidateQueries({ queryKey: ['channels'] })
      onClose()
    },
  })
  const isReady =
    name.trim() !== '' && missing.length === 0 && options.length > 0 && (isEverywhere || roomIds.length > 0) && !saving.isPending
  const repeats = repeatChoices.some((choice) => choice.repeatMin === repeatMin)
    ? repeatChoices
    : [...repeatChoices, { repeatMin, words: `Every ${repeatMin} minutes` }]
  return (
    <form
      className="form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) saving.mutate()
      }}
    >
      {kept === undefined ? (
        <>
          <label htmlFor="channel-kind">Kind</label>
          <select id="channel-kind" value={slug} onChange={(event) => setSlug(event.target.value)}>
            {integrations.map((candidate) => (
              <option key={candidate.slug} value={candidate.slug}>
                {candidate.name}
              </option>
            ))}
          </select>
        </>
      ) : (
        <p className="settings-note">{integration?.name ?? slug}</p>
      )}
      <label htmlFor="channel-name">Name</label>
      <input id="channel-name" type="text" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      {fields.map((field) => (
        <FieldInput
          key={`${slug} ${field.name}`}
          field={field}
          value={typed[field.name] ?? ''}
          isKept={secretsSet.includes(field.name)}
          onChange={(value) => setTyped({ ...typed, [field.name]: value })}
        />
      ))}
      <NoticeOptions legend="Tell when" chosen={options} onChoose={setOptions} />
      <label htmlFor="channel-repeat">Remind while it lasts</label>
      <select id="channel-repeat" value={repeatMin} onChange={(event) => setRepeatMin(Number(event.target.value))}>
        {repeats.map((choice) => (
          <option key={choice.repeatMin} value={choice.repeatMin}>
            {choice.words}
          </option>
        ))}
      </select>
      <label className="room-option">
        <input type="checkbox" checked={isEverywhere} onChange={(event) => setIsEverywhere(event.target.checked)} />
        <span>For all rooms</span>
      </label>
      {isEverywhere ? null : (
        <RoomChoice legend="Rooms" note="It tells about nodes of these rooms." rooms={rooms} chosen={roomIds} onChoose={setRoomIds} />
      )}
      <label className="room-option">
        <input
          type="checkbox"
          checked={includesValue}
          aria-describedby="channel-value-note"
          onChange={(event) => setIncludesValue(event.target.checked)}
        />
        <span>Say the value of an alert</span>
      </label>
      <p id="channel-value-note" className="settings-note">
        The number is asked from the agent when the message leaves, and kept nowhere here. Whoever runs the other side gets it, and may keep
        it.
      </p>
      {kept === undefined ? null : <ChannelTests channelId={kept.channelId} />}
      <Problem error={saving.error} />
      {missing.length === 0 ? null : <p className="settings-note">Still needed: {missing.join(', ')}.</p>}
      <div className="form-actions">
        <button type="button" className="button is-quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button is-primary" disabled={!isReady}>
          {saving.isPending ? 'Saving…' : kept === undefined ? 'Add the channel' : 'Save'}
        </button>
      </div>
    </form>
  )
}
