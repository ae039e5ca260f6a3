import { useQuery } from '@tanstack/react-query'
import { Suspense, type ReactNode } from 'react'
import { LastKnown } from './last-known.tsx'
import { overlays } from './overlays.ts'
import { Failure, Skeleton } from './parts.tsx'
import { Waiting } from './progress-line.tsx'
import { meQuery } from './queries.ts'
import { useServices } from './services.ts'
import { TabBar } from './tab-bar.tsx'
import { TopBar } from './top-bar.tsx'
import { TroubleInTab } from './trouble.tsx'

/** Bars and content of a page for a person who is signed in; without a session the answer 401 leads to the sign-in page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { api } = useServices()
  // A cloud that was away when the page was opened is asked again until it answers.
  const me = useQuery({ ...meQuery(api), refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : false) })
  return (
    <>
      <TopBar me={me.data} />
      <main id="content" className="content" tabIndex={-1}>
        <LastKnown />
        {me.data ? (
          <Suspense fallback={<PageSkeleton />}>{children}</Suspense>
        ) : me.isError ? (
          <Failure title="The cloud does not answer" error={me.error} onRetry={() => void me.refetch()} />
        ) : (
          <PageSkeleton />
        )}
      </main>
      {me.data === undefined ? null : <TroubleInTab />}
      {me.data === undefined ? null : <TabBar onShowKeys={() => overlays.open('keys')} />}
    </>
  )
}

function PageSkeleton() {
  return (
    <>
      <Waiting />
      <Skeleton lines={6} label="Loading" />
    </>
  )
}
