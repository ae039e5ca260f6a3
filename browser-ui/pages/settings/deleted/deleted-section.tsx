import './deleted.css'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deletedWords,
  kindName,
  purgeWords,
  retentionRows,
  type DeletedItem,
  type PurgeOrder,
  type RetentionDays,
} from '../../../data/settings/deleted-answers.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'
import { useNow, useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { Problem } from '../../../ui/look/problem.tsx'
import { useServices } from '../../../ui/services.ts'
import { useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'

const deletedQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['deleted'],
    queryFn: async () => ((await request.get('/deleted')) as { items: readonly DeletedItem[] }).items,
  })
const retentionQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['retention'],
    queryFn: async () => ((await request.get('/retention')) as { days: RetentionDays }).days,
  })
const purgesQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['purges'],
    queryFn: async () => ((await request.get('/purges')) as { orders: readonly PurgeOrder[] }).orders,
  })

/** What was deleted in the space and can be restored, for how long, and purges that ask. */
export function DeletedSection() {
  useTitle('Deleted')
  const { request } = useServices()
  const { may } = useSpaceDetails()
  const items = useQuery(deletedQuery(request))
  const days = useQuery(retentionQuery(request))
  return (
    <>
      <SectionHead title="Deleted">
        What people of this space deleted is hidden at once and can be brought back for a while. Then it goes for good.
      </SectionHead>
      {may('space.change') ? <Purges /> : null}
      <section className="card settings-card" aria-labelledby="deleted-list">
        <h2 id="deleted-list">Can be restored</h2>
        {items.data === undefined ? (
          items.isError ? (
            <Failure title="The list cannot be read" error={items.error} onRetry={() => void items.refetch()} />
          ) : (
            <Skeleton lines={4} label="Loading what was deleted" />
          )
        ) : (
          <DeletedList items={items.data} />
        )}
      </section>
      {days.data === undefined ? null : <RetentionForm key={JSON.stringify(days.data)} kept={days.data} mayChange={may('space.change')} />}
    </>
  )
}

function DeletedList({ items }: { readonly items: readonly DeletedItem[] }) {
  const { request } = useServices()
  const client = useQueryClient()
  const nowMs = useNow(60_000)
  const restoring = useMutation({
    mutationFn: (item: DeletedItem) => request.post(`/deleted/${item.kind}/${encodeURIComponent(item.id)}/restore`, {}),
    onSuccess: (_answer, { kind, name }) => {
      void client.invalidateQueries()
      toasts.show({ tone: 'good', text: `${kindName(kind)} ${name} is back.` })
    },
  })
  if (items.length === 0) return <p className="settings-sub">Nothing that you could restore was deleted lately.</p>
  return (
    <>
      <ul className="deleted-list">
        {items.map((item) => (
          <li key={`${item.kind}/${item.id}`}>
            <div>
              <strong title={item.name}>{item.name}</strong>
              <span className="page-sub">{deletedWords(item, nowMs)}</span>
            </div>
            <button type="button" className="button is-small" disabled={restoring.isPending} onClick={() => restoring.mutate(item)}>
              Restore<span className="visually-hidden"> {item.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <Problem error={restoring.error} />
    </>
  )
}

function RetentionForm({ kept, mayChange }: { readonly kept: RetentionDays; readonly mayChange: boolean }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [days, setDays] = useState(kept)
  const isChanged = JSON.stringify(days) !== JSON.stringify(kept)
  const saving = useMutation({
    mutationFn: async () => (await request.put('/retention', { days })) as { days: RetentionDays },
    onSuccess: (answer) => {
      client.setQueryData(retentionQuery(request).queryKey, answer.days)
      void client.invalidateQueries({ queryKey: ['deleted'] })
      toasts.show({ tone: 'good', text: 'The days are saved.' })
    },
  })
  return (
    <form
      className="card settings-card"
      aria-labelledby="deleted-days"
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged && !saving.isPending) saving.mutate()
      }}
    >
      <h2 id="deleted-days">For how many days</h2>
      <p className="settings-sub">0 to 90. With 0 what is deleted cannot be restored.</p>
      <ul className="deleted-days">
        {retentionRows.map(({ name, words }) => (
          <li key={name}>
            <label htmlFor={`days-${name}`}>{words}</label>
            {mayChange ? (
              <input
                id={`days-${name}`}
                type="number"
                inputMode="numeric"
                min={0}
                max={90}
                step={1}
                required
                value={Number.isNaN(days[name]) ? '' : days[name]}
                onChange={(event) => setDays({ ...days, [name]: event.target.valueAsNumber })}
              />
            ) : (
              <span id={`days-${name}`}>{days[name]} days</span>
            )}
          </li>
        ))}
      </ul>
      <Problem error={saving.error} />
      {mayChange ? (
        <div className="form-actions">
          <button type="submit" className="button is-primary" disabled={!isChanged || saving.isPending}>
            {saving.isPending ? 'Saving…' : 'Save'}
          </button>
        </div>
      ) : null}
    </form>
  )
}

function Purges() {
  const { request } = useServices()
  const client = useQueryClient()
  const orders = useQuery(purgesQuery(request)).data ?? []
  const approving = useMutation({
    mutationFn: (orderId: string) => request.post(`/purges/${encodeURIComponent(orderId)}/approve`, {}),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['purges'] })
      toasts.show({ tone: 'good', text: 'It is purged within the hour.' })
    },
  })
  const waiting = orders.filter(({ approvedAtMs }) => approvedAtMs === null)
  if (waiting.length === 0) return null
  return (
    <>
      {waiting.map((order) => (
        <Notice key={order.orderId} icon={icons.warning} title="A purge asks before it takes so much">
          <p>{purgeWords(order)} Restore what you want to keep. If the numbers surprise you, look at the clock of the server first.</p>
          <button type="button" className="button is-danger" disabled={approving.isPending} onClick={() => approving.mutate(order.orderId)}>
            Purge them
          </button>
          <Problem error={approving.error} />
        </Notice>
      ))}
    </>
  )
}
