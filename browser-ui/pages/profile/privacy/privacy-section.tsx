import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Receipt } from '../../../../src/domain/receipt.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { Failure, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { Group, momentText } from '../parts.tsx'
import { ConsentGroup } from './consent-group.tsx'
import { CorrectGroup } from './correct-group.tsx'
import { ExportGroup } from './export-group.tsx'
import { FactsGroup } from './facts-group.tsx'
import { privacyQueries } from './privacy-api.ts'
import './privacy.css'
import { ReceiptRows } from './receipt-rows.tsx'
import { ReceiptSummary } from './receipt-summary.tsx'
import { RequestsSlot } from './requests-slot.tsx'
import { SpacesGroup } from './spaces-group.tsx'

/** Everything that is held about the person, taking it along, and putting it right. */
export function PrivacySection() {
  useTitle('Your data')
  const { request } = useServices()
  const receipt = useQuery(privacyQueries(request).receipt)
  return (
    <>
      <h1>Your data</h1>
      {receipt.data !== undefined ? (
        <Held receipt={receipt.data} />
      ) : receipt.isError ? (
        <Failure title="What is held about you cannot be read" error={receipt.error} onRetry={() => void receipt.refetch()} />
      ) : (
        <Reading />
      )}
      <ExportGroup spaces={receipt.data?.spaces.filter(({ held }) => held !== null) ?? []} />
      <CorrectGroup />
      <RequestsSlot />
      <ConsentGroup />
      {receipt.data === undefined ? null : <FactsGroup facts={receipt.data.facts} />}
      <Group title="Delete it">
        <p>
          You can delete your account. Whatever names you goes, everywhere, and you get a certificate of it.{' '}
          <Link href="/profile/delete">See what a deletion does</Link>.
        </p>
      </Group>
    </>
  )
}

function Held({ receipt }: { readonly receipt: Receipt }) {
  return (
    <>
      <Group
        title="What is held about you"
        intro={`Read from every store just now (${momentText(receipt.madeAtMs, receipt.madeAtMs)}), row by row. Nothing here is a copy that was prepared.`}
      >
        <ReceiptSummary receipt={receipt} />
        <p>
          Live values, the numbers of your charts and the lines of your logs, are not in this list because they are never kept. They pass
          from the agent to your browser. Whoever runs this cloud can prove it with <code>throughline canary run</code>.
        </p>
      </Group>
      <ReceiptRows rows={receipt.person.rows} />
      <SpacesGroup spaces={receipt.spaces} />
    </>
  )
}

/** While every row is looked at: how many were. */
function Reading() {
  const { request } = useServices()
  const rows = useQuery(privacyQueries(request).progress).data
  return (
    <Group title="What is held about you" intro="Every row of every store is looked at. With many nodes this takes some seconds.">
      <p role="status">{typeof rows === 'number' && rows > 0 ? `${rows.toLocaleString('en')} rows read.` : 'Reading begins.'}</p>
      <Skeleton lines={5} label="Loading" />
    </Group>
  )
}
