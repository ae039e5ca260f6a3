import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { checkWords, type ProviderDomain } from '../../../data/settings/sign-in-answers.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Command } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { Problem } from '../../../ui/look/problem.tsx'
import { useMoment } from '../use-moment.ts'
import { providerApi, providerQuery } from './provider-api.ts'

/** The domains whose addresses the provider speaks for, each with the DNS record that proves it. */
export function DomainList({ domains }: { readonly domains: readonly ProviderDomain[] }) {
  const { request } = useServices()
  const client = useQueryClient()
  const { queryKey } = providerQuery(request)
  const [typed, setTyped] = useState('')
  const [removing, setRemoving] = useState<string>()
  const adding = useMutation({
    mutationFn: () => providerApi.addDomain(request, typed.trim()),
    onSuccess: (provider) => {
      setTyped('')
      client.setQueryData(queryKey, provider)
    },
  })
  const removal = useMutation({
    mutationFn: (domain: string) => providerApi.removeDomain(request, domain),
    onSuccess: (provider, domain) => {
      setRemoving(undefined)
      toasts.show({ tone: 'good', text: `${domain} is removed.` })
      client.setQueryData(queryKey, provider)
    },
  })
  return (
    <div className="settings-part">
      <h2>Domains</h2>
      <p className="settings-note">
        The server is believed for addresses of these domains alone. The DNS record proves that a domain is yours; leave it there, it is
        looked up again each day.
      </p>
      {domains.length === 0 ? null : (
        <ul className="card settings-list" aria-label="Domains">
          {domains.map((domain) => (
            <DomainLine key={domain.domain} domain={domain} onRemove={() => setRemoving(domain.domain)} />
          ))}
        </ul>
      )}
      <form
        className="settings-adder"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.trim() !== '' && !adding.isPending) adding.mutate()
        }}
      >
        <input
          className="domain-field"
          type="text"
          required
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={253}
          aria-label="Domain to add"
          placeholder="example.org"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <button type="submit" className="button">
          {icons.plus} Add domain
        </button>
      </form>
      <Problem error={adding.error} />
      {removing === undefined ? null : (
        <ConfirmDialog
          title={`Remove ${removing}`}
          button="Remove the domain"
          deed={{ isPending: removal.isPending, error: removal.error, mutate: () => removal.mutate(removing) }}
          onClose={() => {
            removal.reset()
            setRemoving(undefined)
          }}
        >
          <p>Nobody with an address of it signs in with your server any more. Added again, it gets another record.</p>
        </ConfirmDialog>
      )}
    </div>
  )
}

function DomainLine({ domain: row, onRemove }: { readonly domain: ProviderDomain; readonly onRemove: () => void }) {
  const { request } = useServices()
  const client = useQueryClient()
  const moment = useMoment()
  const { domain, isProven, provenAtMs, record } = row
  const checking = useMutation({
    mutationFn: () => providerApi.checkDomain(request, domain),
    onSuccess: (provider) => {
      const isNow = provider.domains.some((each) => each.domain === domain && each.isProven)
      toasts.show({ tone: isNow ? 'good' : 'error', text: checkWords(domain, isNow) })
      client.setQueryData(providerQuery(request).queryKey, provider)
    },
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
  })
  return (
    <li className="settings-row domain-row" data-domain={domain}>
      <span className="settings-row-text">
        <span className="settings-row-name" title={domain}>
          {domain}{' '}
          <span className="domain-state" data-proven={isProven}>
            {isProven ? 'Proven' : 'Not proven yet'}
          </span>
        </span>
        <span className="settings-note">
          {isProven && provenAtMs !== null ? `Looked up ${moment(provenAtMs)}` : 'Put this TXT record into the DNS, then check.'}
        </span>
      </span>
      <span className="settings-row-deeds">
        <button
          type="button"
          className="button is-small"
          aria-disabled={checking.isPending}
          onClick={() => {
            if (!checking.isPending) checking.mutate()
          }}
        >
          {checking.isPending ? 'Checking…' : 'Check'}
          <span className="visually-hidden"> {domain}</span>
        </button>
        <button type="button" className="icon-button" aria-label={`Remove ${domain}`} onClick={onRemove}>
          {icons.bin}
        </button>
      </span>
      <dl className="settings-facts domain-record">
        <dt>Name</dt>
        <dd>
          <Command text={record.name} label={`Copy the name of the record of ${domain}`} />
        </dd>
        <dt>{record.type} value</dt>
        <dd>
          <Command text={record.value} label={`Copy the value of the record of ${domain}`} />
        </dd>
      </dl>
    </li>
  )
}
