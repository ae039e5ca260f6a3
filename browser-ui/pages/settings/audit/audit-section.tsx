import { useInfiniteQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { auditQuery, filterOf, spanQuery } from '../../../data/audit/audit-question.ts'
import type { AuditPage } from '../../../data/audit/audit-answers.ts'
import { apiBase } from '../../../offline/keep-rules.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { usePageSearch } from '../../../ui/palette/page-search.ts'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { useSpace } from '../../../ui/spaces/space.ts'
import { timeZone } from '../../../ui/account/time-zone.ts'
import { SectionHead } from '../section-head.tsx'
import { useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { AuditDeliveryForm } from './audit-delivery.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { AuditProofButton } from './audit-proof.tsx'
import { AuditTable } from './audit-table.tsx'
import './audit.css'

const pageSize = 50

/** What was done in the space and by whom, newest first. */
export function AuditSection() {
  useTitle('Audit')
  const { request } = useServices()
  const { spaceId } = useSpace()
  const { may } = useSpaceDetails()
  const format = useSyncExternalStore(timeZone.subscribe, () => timeZone.format)
  const [search] = usePageSearch()
  const filter = filterOf(search)
  const isFiltered = Object.values(filter).some((text) => text !== '')
  const entries = useInfiniteQuery({
    queryKey: ['audit', filter, format.zone],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam }) =>
      (await request.get(`/audit?${auditQuery(filter, (text) => format.parseField(text), pageParam, pageSize)}`)) as AuditPage,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const span = new URLSearchParams(spanQuery(filter, (text) => format.parseField(text))).toString()
  const exportHref = `${apiBase}/spaces/${encodeURIComponent(spaceId)}/audit/export${span === '' ? '' : `?${span}`}`
  const rows = entries.data?.pages.flatMap(({ events }) => events)
  return (
    <>
      <SectionHead
        title="Audit"
        action={
          <span className="settings-row-deeds">
            <AuditProofButton />
            <a className="button is-small" href={exportHref} download="throughline-audit.jsonl">
              {icons.download} Export
            </a>
          </span>
        }
      >
        Nothing here can be changed or deleted.{' '}
        {may('nodes.view-all') ? 'You see everything in this space.' : 'You see what concerns you and your rooms.'}
      </SectionHead>
      <AuditFilters filter={filter} />
      {rows === undefined ? (
        entries.isError ? (
          <Failure title="The audit cannot be read" error={entries.error} onRetry={() => void entries.refetch()} />
        ) : (
          <Skeleton lines={8} label="Loading the audit" />
        )
      ) : rows.length === 0 ? (
        <Notice icon={icons.record} title={isFiltered ? 'Nothing matches' : 'Nothing has happened yet'}>
          <p>{isFiltered ? 'Take a filter away, or choose a longer span.' : 'What people and agents do here is listed from now on.'}</p>
        </Notice>
      ) : (
        <>
          <AuditTable entries={rows} />
          <div className="audit-more">
            {entries.hasNextPage ? (
              <button type="button" className="button" disabled={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
                {entries.isFetchingNextPage ? 'Loading…' : 'Older entries'}
              </button>
            ) : (
              <p className="settings-note">This is the oldest entry{isFiltered ? ' that matches' : ''}.</p>
            )}
          </div>
        </>
      )}
      {may('audit.deliver') ? <AuditDeliveryForm /> : null}
    </>
  )
}
