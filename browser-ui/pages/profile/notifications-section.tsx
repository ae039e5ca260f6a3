import { QueryClientProvider, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { hearsOfNodes, pushSummary, pushTrouble, type PushBrowser } from '../../data/account/push-browsers.ts'
import { usualSpace } from '../../data/shell/usual-space.ts'
import { useNow, useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { lastSpace } from '../../ui/spaces/last-space.ts'
import { useMe } from '../../ui/account/me.ts'
import { ServicesContext, useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { roomRowsQuery } from '../../ui/spaces/space-details.ts'
import { NotifyDialog } from './notify-dialog.tsx'
import { Ago, Answer, Group } from './parts.tsx'
import { pushApi, pushQuery } from './push-api.ts'
import { ownEndpointHash, pushState } from './this-browser.ts'
import './notifications.css'

/** On which browsers this person is notified, in each of their spaces. */
export function NotificationsSection() {
  useTitle('Notifications')
  const { inSpace } = useServices()
  const me = useMe().data
  const spaces = me?.spaces.filter(({ role }) => hearsOfNodes(role)) ?? []
  const usual = me === undefined ? undefined : usualSpace(me, '/', lastSpace.get())?.spaceId
  const [chosen, setChosen] = useState<string>()
  const space = spaces.find(({ spaceId }) => spaceId === (chosen ?? usual)) ?? spaces[0]
  return (
    <>
      <h1>Notifications</h1>
      {space === undefined ? (
        <p className="profile-note">
          {me === undefined ? 'Loading…' : 'You are in no space that tells of nodes, so there is nothing to be notified of.'}
        </p>
      ) : (
        <>
          {spaces.length < 2 ? null : (
            <div className="form push-space">
              <label htmlFor="push-space">Space</label>
              <select id="push-space" className="select" value={space.spaceId} onChange={(event) => setChosen(event.target.value)}>
                {spaces.map(({ spaceId, name }) => (
                  <option key={spaceId} value={spaceId}>
                    {name}
                  </option>
                ))}
              </select>
            </div>
          )}
          <QueryClientProvider key={space.spaceId} client={inSpace(space.spaceId).client}>
            <ServicesContext value={inSpace(space.spaceId).services}>
              <BrowsersOfSpace spaceName={space.name} />
            </ServicesContext>
          </QueryClientProvider>
        </>
      )}
    </>
  )
}

function BrowsersOfSpace({ spaceName }: { readonly spaceName: string }) {
  const { request } = useServices()
  const browsers = useQuery(pushQuery(request))
  const here = useQuery({ queryKey: ['push-here'], queryFn: async () => (await ownEndpointHash()) ?? null, staleTime: 0 })
  const state = useQuery({ queryKey: ['push-state'], queryFn: pushState, staleTime: 0 }).data
  const [edited, setEdited] = useState<{ readonly browser: PushBrowser | undefined }>()
  const isHere = (browser: PushBrowser) => browser.endpointHash === here.data
  const isNotifiedHere = browsers.data?.some(isHere) === true
  const trouble = state === undefined ? undefined : pushTrouble[state]
  const close = () => {
    setEdited(undefined)
    void here.refetch()
  }
  return (
    <Group
      title="Browsers"
      intro={`A browser that you allow shows what happens in ${spaceName}, also while no page of it is open. It stops when you sign out there.`}
      tools={
        isNotifiedHere || state === undefined || trouble !== undefined ? undefined : (
          <button type="button" className="button is-primary" onClick={() => setEdited({ browser: undefined })}>
            {icons.bell} Notify me on this browser
          </button>
        )
      }
    >
      {trouble === undefined ? null : (
        <p className="profile-note" role="status">
          {trouble}
        </p>
      )}
      <Answer query={browsers} title="Your browsers cannot be read">
        {(rows) =>
          rows.length === 0 ? (
            <p className="profile-none">You are notified on no browser yet.</p>
          ) : (
            <ul className="profile-list" aria-label="Browsers that notify you">
              {rows.map((browser) => (
                <BrowserLine key={browser.pushId} browser={browser} isHere={isHere(browser)} onEdit={() => setEdited({ browser })} />
              ))}
            </ul>
          )
        }
      </Answer>
      {edited === undefined ? null : <NotifyDialog browser={edited.browser} spaceName={spaceName} onClose={close} />}
    </Group>
  )
}

function BrowserLine({
  browser,
  isHere,
  onEdit,
}: {
  readonly browser: PushBrowser
  readonly isHere: boolean
  readonly onEdit: () => void
}) {
  const { request } = useServices()
  const client = useQueryClient()
  const nowMs = useNow(60_000)
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const removing = useMutation({
    mutationFn: () => pushApi.remove(request, browser.pushId),
    onSuccess: () => toasts.show({ tone: 'good', text: `${browser.name} notifies you no more.` }),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['push'] }),
  })
  return (
    <li data-current={isHere}>
      <div className="profile-item">
        <strong>
          {browser.name}
          {isHere ? <span className="profile-mark">{icons.check} This browser</span> : null}
        </strong>
        <small>
          {pushSummary(browser, (roomId) => rooms.find((room) => room.roomId === roomId)?.name)}, since{' '}
          <Ago atMs={browser.createdAtMs} nowMs={nowMs} />
        </small>
      </div>
      <button type="button" className="button is-small" onClick={onEdit}>
        Edit<span className="visually-hidden"> {browser.name}</span>
      </button>
      <button type="button" className="button is-small" disabled={removing.isPending} onClick={() => removing.mutate()}>
        Remove<span className="visually-hidden"> {browser.name}</span>
      </button>
    </li>
  )
}
