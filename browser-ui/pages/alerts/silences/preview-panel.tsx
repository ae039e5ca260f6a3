import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { readDraft, type SilenceDraft } from '../../../data/silences/silence-draft.ts'
import { timeFormat } from '../../../data/time/format-time.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { SeverityMark } from '../../../ui/look/severity-mark.tsx'
import { silencesApi } from './silences-api.ts'

/** Typing settles before the cloud is asked. */
const settleMs = 350
const listedMax = 6

/** What the silence would keep quiet now, and when it holds next. */
export function PreviewPanel({ draft }: { readonly draft: SilenceDraft }) {
  const { request } = useServices()
  const [settled, setSettled] = useState(draft)
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(draft), settleMs)
    return () => window.clearTimeout(timer)
  }, [draft])
  const preview = useQuery({
    queryKey: ['silence-preview', JSON.stringify({ ...settled, name: '' })],
    queryFn: async () => {
      const read = readDraft({ ...settled, name: '' }, Date.now())
      if ('problem' in read) return { mutes: [], total: 0, nodes: 0, occurrences: [], hasMore: false, problem: read.problem }
      return silencesApi.preview(request, read.content)
    },
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  })
  const format = timeFormat(draft.timeZone)
  const nowS = Date.now() / 1_000
  const found = preview.data
  const timeWords = (fromMs: number, toMs: number | null) =>
    toMs === null ? `from ${format.moment(fromMs / 1_000, nowS, false)} on` : format.span(fromMs / 1_000, toMs / 1_000, nowS)
  return (
    <section className="silence-preview" aria-label="Preview">
      <h3>What it does</h3>
      <div aria-live="polite">
        {preview.isError ? (
          <p className="silence-problem">{preview.error.message}</p>
        ) : found === undefined ? (
          <p className="silence-note">Looking…</p>
        ) : found.problem !== null ? (
          <p className="silence-problem">
            {icons.info} <span>{found.problem}</span>
          </p>
        ) : (
          <>
            <p>
              {found.total === 0
                ? 'Nothing that is raised now fits.'
                : `Quiet now: ${found.total} raised ${found.total === 1 ? 'alert' : 'alerts'} on ${found.nodes} ${found.nodes === 1 ? 'node' : 'nodes'}.`}
            </p>
            {found.mutes.length === 0 ? null : (
              <ul className="silence-mutes">
                {found.mutes.slice(0, listedMax).map(({ nodeId, hostname, chart, name, status }) => (
                  <li key={`${nodeId} ${chart} ${name}`}>
                    <SeverityMark status={status} />
                    <span>
                      {name} on {hostname}
                    </span>
                  </li>
                ))}
                {found.total > listedMax ? <li className="silence-note">and {found.total - listedMax} more</li> : null}
              </ul>
            )}
            <p>
              {found.occurrences.length === 0
                ? 'It holds at no time to come.'
                : found.occurrences.length === 1
                  ? 'It holds:'
                  : 'Next times:'}
            </p>
            <ul className="silence-times">
              {found.occurrences.map(({ fromMs, toMs }) => (
                <li key={fromMs}>{timeWords(fromMs, toMs)}</li>
              ))}
              {found.hasMore ? <li className="silence-note">and so on</li> : null}
            </ul>
            <p className="silence-note">Times of {draft.timeZone.replaceAll('_', ' ')}.</p>
          </>
        )}
      </div>
    </section>
  )
}
