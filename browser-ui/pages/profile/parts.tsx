import type { ReactNode } from 'react'
import { agoWords } from '../../data/time/ago-words.ts'
import { Failure, Skeleton } from '../../ui/look/parts.tsx'
import { timeZone } from '../../ui/account/time-zone.ts'

/** A group of the profile with its own heading. */
export function Group({
  title,
  intro,
  children,
  tools,
}: {
  readonly title: string
  readonly intro?: ReactNode
  readonly children: ReactNode
  readonly tools?: ReactNode
}) {
  return (
    <section className="profile-group card">
      <div className="profile-group-head">
        <div>
          <h2>{title}</h2>
          {intro === undefined ? null : <p className="profile-intro">{intro}</p>}
        </div>
        {tools}
      </div>
      {children}
    </section>
  )
}

/** The answer of a question, or what there is instead of it. */
export function Answer<Data>({
  query,
  title,
  children,
}: {
  readonly query: { readonly data: Data | undefined; readonly error: unknown; readonly isError: boolean; refetch(): unknown }
  /** Said when it cannot be read. */
  readonly title: string
  readonly children: (data: Data) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Failure title={title} error={query.error} onRetry={() => void query.refetch()} />
  return <Skeleton lines={3} label="Loading" />
}

/** A moment as people say it: how long ago, with the exact time on pointing at it. */
export function Ago({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  return (
    <time dateTime={new Date(atMs).toISOString()} title={momentText(atMs, nowMs)}>
      {agoWords(nowMs - atMs)}
    </time>
  )
}

/** A day and time in the person's zone, without seconds. */
export const momentText = (atMs: number, nowMs: number): string => timeZone.format.moment(atMs / 1000, nowMs / 1000, false)
