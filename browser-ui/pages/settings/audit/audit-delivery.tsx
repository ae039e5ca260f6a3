import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { deliveryWords } from '../../../data/audit/delivery-words.ts'
import type { AuditDelivery } from '../../../data/audit/audit-answers.ts'
import { CopyButton, Failure, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Problem } from '../../../ui/look/problem.tsx'

const queryKey = ['audit-delivery']

/** Where entries are sent as they come, for tools that watch over security. */
export function AuditDeliveryForm() {
  const { request } = useServices()
  const delivery = useQuery({ queryKey, queryFn: async () => (await request.get('/audit/delivery')) as AuditDelivery })
  return (
    <section className="card settings-card" aria-labelledby="delivery-title">
      <h2 id="delivery-title">Send entries to other tools</h2>
      {delivery.data !== undefined ? (
        <DeliveryFields key={JSON.stringify([delivery.data.webhookUrl, delivery.data.syslog])} stored={delivery.data} />
      ) : delivery.isError ? (
        <Failure title="The settings cannot be read" error={delivery.error} onRetry={() => void delivery.refetch()} />
      ) : (
        <Skeleton lines={3} label="Loading" />
      )}
    </section>
  )
}

function DeliveryFields({ stored }: { readonly stored: AuditDelivery }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [webhookUrl, setWebhookUrl] = useState(stored.webhookUrl ?? '')
  const [host, setHost] = useState(stored.syslog?.host ?? '')
  const [port, setPort] = useState(String(stored.syslog?.port ?? 6514))
  const saving = useMutation({
    mutationFn: async () =>
      (await request.put('/audit/delivery', {
        webhookUrl: webhookUrl.trim() === '' ? null : webhookUrl.trim(),
        syslog: host.trim() === '' ? null : { host: host.trim(), port: Number(port) },
      })) as AuditDelivery | undefined,
    onSuccess: () => toasts.show({ tone: 'good', text: 'Saved.' }),
  })
  const secret = saving.data?.secret ?? undefined
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!saving.isPending) saving.mutate()
      }}
    >
      <p className="settings-note">Each entry goes there once it is kept. Leave a field empty to send nothing.</p>
      <label htmlFor="delivery-url">Webhook address</label>
      <input
        id="delivery-url"
        type="url"
        placeholder="https://"
        autoComplete="off"
        value={webhookUrl}
        onChange={(event) => setWebhookUrl(event.target.value)}
      />
      <div className="form-pair">
        <span>
          <label htmlFor="delivery-host">Syslog host</label>
          <input id="delivery-host" type="text" autoComplete="off" value={host} onChange={(event) => setHost(event.target.value)} />
        </span>
        <span>
          <label htmlFor="delivery-port">Syslog port</label>
          <input
            id="delivery-port"
            type="number"
            inputMode="numeric"
            min={1}
            max={65_535}
            value={port}
            onChange={(event) => setPort(event.target.value)}
          />
        </span>
      </div>
      {deliveryWords(stored).map((line) => (
        <p key={line} className="settings-note">
          {line}
        </p>
      ))}
      {secret === undefined ? null : (
        <div role="status">
          <p>
            <strong>Webhooks are signed with this secret. It is shown once.</strong>
          </p>
          <div className="command">
            <pre>
              <code>{secret}</code>
            </pre>
            <CopyButton text={secret} label="Copy the secret" />
          </div>
        </div>
      )}
      <Problem error={saving.error} />
      <div className="form-actions">
        {secret === undefined ? null : (
          <button
            type="button"
            className="button is-quiet"
            onClick={() => {
              saving.reset()
              void client.invalidateQueries({ queryKey })
            }}
          >
            I have the secret
          </button>
        )}
        <button type="submit" className="button is-primary" disabled={saving.isPending}>
          {saving.isPending ? 'Saving…' : 'Save'}
        </button>
      </div>
    </form>
  )
}
