import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { browserName, type PushBrowser } from '../../data/account/push-browsers.ts'
import type { ChannelOption } from '../../data/settings/channel-answers.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { NoticeOptions } from '../../ui/spaces/notice-options.tsx'
import { RoomChoice } from '../../ui/spaces/room-choice.tsx'
import { roomRowsQuery } from '../../ui/spaces/space-details.ts'
import { FormError } from '../sign-in/sign-in-frame.tsx'
import { pushApi } from './push-api.ts'
import { subscribe } from './this-browser.ts'

/** What a browser tells. For this browser, when it is new, the permission is asked on the way. */
export function NotifyDialog({
  browser,
  spaceName,
  onClose,
}: {
  /** Undefined: this browser begins. */
  readonly browser: PushBrowser | undefined
  readonly spaceName: string
  readonly onClose: () => void
}) {
  const { request } = useServices()
  const client = useQueryClient()
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const [name, setName] = useState(browser?.name ?? browserName(navigator.userAgent))
  const [options, setOptions] = useState<readonly ChannelOption[]>(browser?.options ?? ['CRITICAL', 'UNREACHABLE'])
  const [isEverywhere, setIsEverywhere] = useState(browser === undefined || browser.roomIds === null)
  const [roomIds, setRoomIds] = useState<readonly string[]>(browser?.roomIds ?? [])
  const saving = useMutation({
    mutationFn: async () => {
      const wish = {
        name: name.trim(),
        options,
        roomIds: isEverywhere ? null : roomIds.filter((id) => rooms.some(({ roomId }) => roomId === id)),
      }
      if (browser !== undefined) return pushApi.change(request, browser.pushId, wish)
      const subscription = await subscribe(await pushApi.key(request))
      return pushApi.add(request, { ...subscription, ...wish })
    },
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: browser === undefined ? `You are notified here of ${spaceName}.` : `“${name.trim()}” is saved.` })
      await client.invalidateQueries({ queryKey: ['push'] })
      onClose()
    },
  })
  const isReady = name.trim() !== '' && options.length > 0 && (isEverywhere || roomIds.length > 0) && !saving.isPending
  return (
    <Dialog title={browser === undefined ? 'Notify me on this browser' : `Edit ${browser.name}`} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) saving.mutate()
        }}
      >
        <label htmlFor="push-name">Name</label>
        <input
          id="push-name"
          data-first
          type="text"
          required
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <NoticeOptions legend="Tell me when" chosen={options} onChoose={setOptions} />
        <label className="room-option">
          <input type="checkbox" checked={isEverywhere} onChange={(event) => setIsEverywhere(event.target.checked)} />
          <span>For all rooms you see</span>
        </label>
        {isEverywhere ? null : (
          <RoomChoice legend="Rooms" note="It tells about nodes of these rooms." rooms={rooms} chosen={roomIds} onChoose={setRoomIds} />
        )}
        <p className="profile-note">Notifications name alerts and nodes, never a value.</p>
        {saving.isError ? <FormError>{saving.error.message}</FormError> : null}
        <div className="dialog-buttons">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={!isReady}>
            {saving.isPending ? 'Saving…' : browser === undefined ? 'Allow and save' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
