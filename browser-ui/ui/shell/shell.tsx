import { Suspense, type ReactNode } from 'react'
import { seesNodes } from '../../data/shell/places.ts'
import { LastKnown } from './last-known.tsx'
import { useMe } from '../account/me.ts'
import { PaletteOnDemand } from '../palette/palette-on-demand.tsx'
import { Failure, Skeleton } from '../look/parts.tsx'
import { Waiting } from '../look/progress-line.tsx'
import { useSpaceIfAny } from '../spaces/space.ts'
import { TabBar } from './tab-bar.tsx'
import { TopBar } from './top-bar.tsx'
import { TroubleInTab } from './trouble.tsx'

/**
 * Bars and content of a page for a person who is signed in; without a session the answer 401 leads to the sign-in page. The ways to
 * rooms and pages are there inside a space.
 */
export function Shell({ children }: { readonly children: ReactNode }) {
  const me = useMe()
  const space = useSpaceIfAny()
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
      {space === undefined ? null : (
        <>
          {seesNodes(space.role) ? <TroubleInTab /> : null}
          <TabBar />
          <PaletteOnDemand />
        </>
      )}
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
