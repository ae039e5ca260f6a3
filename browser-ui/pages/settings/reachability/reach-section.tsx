import './reachability.css'
import '../channels/channels.css'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { delayChoices, delayWords, splitRows, type ReachAnswer, type ReachRow } from '../../../data/settings/reach-answers.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Failure, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { Problem } from '../../../ui/look/problem.tsx'
import { WhoMayChange } from '../../../ui/account/who-may-change.tsx'
import { roomRowsQuery, useSpaceDetails } from '../../../ui/spaces/space-details.ts'

const reachQuery = (request: CloudRequest) =>
  queryOptions({ queryKey: ['reach-settings'], queryFn: async () => (await request.get('/reach-settings')) as ReachAnswer })

/** After how long people are told that a node is out of reach, for the space and by room. */
export function ReachSection() {
  useTitle('Reachability')
  const { request } = useServices()
  const settings = useQuery({ ...reachQuery(request), refetchOnWindowFocus: false })
  if (settings.data === undefined) {
    return settings.isError ? (
      <Failure title="The settings cannot be read" error={settings.error} onRetry={() => void settings.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading the settings" />
    )
  }
  return <ReachForm key={JSON.stringify(settings.data.rows)} kept={settings.data} />
}

function ReachForm({ kept }: { readonly kept: ReachAnswer }) {
  const { request } = useServices()
  const client = useQueryClient()
  const { may } = useSpaceDetails()
  const rooms = useQuery(roomRowsQuery(request)).data ?? []
  const before = splitRows(kept.rows)
  const [space, setSpace] = useState(before.space)
  const [ofRooms, setOfRooms] = useState(before.rooms)
  const mayChange = may('channels.change')
  const isChanged = JSON.stringify([space, ofRooms]) !== JSON.stringify([before.space, before.rooms])
  const saving = useMutation({
    mutationFn: async () => {
      const isPlain = space.isOn && space.delayS === null && space.settingId === undefined
      return (await request.put('/reach-settings', { rows: [...(isPlain ? [] : [space]), ...ofRooms] })) as ReachAnswer
    },
    onSuccess: (answer) => {
      client.setQueryData(reachQuery(request).queryKey, answer)
      toasts.show({ tone: 'good', text: 'The settings are saved.' })
    },
  })
  const free = rooms.filter(({ roomId, isAllNodes }) => !isAllNodes && !ofRooms.some((row) => row.roomId === roomId))
  const nameOf = (roomId: string | null) => rooms.find((room) => room.roomId === roomId)?.name ?? 'A room that is gone'
  const { nodes, withinS } = kept.quorum
  return (
    <>
      <SectionHead title="Reachability">
        Channels that tell of nodes out of reach do so after this delay. A node that comes back before is not told of.
      </SectionHead>
      {mayChange ? null : <WhoMayChange permission="channels.change" />}
      <form
        className="card settings-card reach-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged && !saving.isPending) saving.mutate()
        }}
      >
        <ul className="reach-rows" aria-label="Delays">
          <ReachLine
            row={space}
            name={ofRooms.length === 0 ? 'All nodes' : 'All other nodes'}
            defaultS={kept.defaultDelayS}
            mayChange={mayChange}
            onChange={setSpace}
          />
          {ofRooms.map((row, at) => (
            <ReachLine
              key={row.roomId}
              row={row}
              name={nameOf(row.roomId)}
              defaultS={space.delayS ?? kept.defaultDelayS}
              mayChange={mayChange}
              onChange={(next) => setOfRooms(ofRooms.with(at, next))}
              onRemove={() => setOfRooms(ofRooms.filter((each) => each !== row))}
            />
          ))}
        </ul>
        {mayChange && free.length > 0 ? (
          <div className="reach-add">
            <label htmlFor="reach-room">Another delay for a room</label>
            <select
              id="reach-room"
              value=""
              onChange={(event) => setOfRooms([...ofRooms, { roomId: event.target.value, delayS: null, isOn: true }])}
            >
              <option value="" disabled>
                Choose a room
              </option>
              {free.map(({ roomId, name }) => (
                <option key={roomId} value={roomId}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        ) : null}
        <Problem error={saving.error} />
        {mayChange ? (
          <div className="form-actions">
            <button
              type="button"
              className="button is-quiet"
              disabled={!isChanged}
              onClick={() => {
                setSpace(before.space)
                setOfRooms(before.rooms)
              }}
            >
              Undo changes
            </button>
            <button type="submit" className="button is-primary" disabled={!isChanged || saving.isPending}>
              {saving.isPending ? 'Saving…' : 'Save'}
            </button>
          </div>
        ) : null}
      </form>
      <section className="card settings-card" aria-labelledby="reach-together">
        <h2 id="reach-together">What goes together is told once</h2>
        <ul className="settings-goes">
          <li>
            {nodes} nodes or more that go within {delayWords(withinS)} are one message, and so is their return.
          </li>
          <li>Nodes behind a parent that is lost are one message with it.</li>
          <li>After a restart of this cloud agents have five minutes to come back before anybody is told.</li>
        </ul>
      </section>
    </>
  )
}

function ReachLine({
  row,
  name,
  defaultS,
  mayChange,
  onChange,
  onRemove,
}: {
  readonly row: ReachRow
  readonly name: string
  readonly defaultS: number
  readonly mayChange: boolean
  readonly onChange: (row: ReachRow) => void
  readonly onRemove?: () => void
}) {
  return (
    <li className="reach-row" data-reach={name}>
      <span className="reach-name" title={name}>
        {name}
      </span>
      {mayChange ? (
        <>
          <select
            aria-label={`Delay of ${name}`}
            value={row.delayS ?? 'default'}
            disabled={!row.isOn}
            onChange={(event) => onChange({ ...row, delayS: event.target.value === 'default' ? null : Number(event.target.value) })}
          >
            {delayChoices(defaultS, row.delayS).map(({ delayS, words }) => (
              <option key={words} value={delayS ?? 'default'}>
                {words}
              </option>
            ))}
          </select>
          <button
            type="button"
            role="switch"
            className="switch"
            aria-checked={row.isOn}
            aria-label={`Tell of ${name}`}
            onClick={() => onChange({ ...row, isOn: !row.isOn })}
          >
            <span className="switch-knob" aria-hidden="true" />
          </button>
          {onRemove === undefined ? (
            <span className="reach-gap" />
          ) : (
            <button type="button" className="icon-button" aria-label={`No delay of its own for ${name}`} onClick={onRemove}>
              {icons.bin}
            </button>
          )}
        </>
      ) : (
        <span className="settings-note">{row.isOn ? delayWords(row.delayS ?? defaultS) : 'not told of'}</span>
      )}
    </li>
  )
}
