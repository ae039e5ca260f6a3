import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, Route, Switch } from 'wouter'
import { icons } from '../ui/icons.tsx'
import { Failure, Notice, Skeleton } from '../ui/parts.tsx'
import { useServices } from '../ui/services.ts'
import { useTitle } from '../ui/hooks.ts'
import { TopBar } from '../ui/top-bar.tsx'
import { ConnectPage } from './connect-page.tsx'
import { NodePage } from './node-page.tsx'
import { NodesPage } from './nodes-page.tsx'
import { SignInPage } from './sign-in-page.tsx'

/** Pages for a person who is signed in; without a session the answer 401 leads to the sign-in page. */
function Signed({ children }: { readonly children: ReactNode }) {
  const { api } = useServices()
  const me = useQuery({ queryKey: ['me'], queryFn: () => api.me(), staleTime: 60_000 })
  return (
    <>
      <TopBar me={me.data} />
      <main id="content" className="content" tabIndex={-1}>
        {me.data ? (
          children
        ) : me.isError ? (
          <Failure title="The cloud does not answer" error={me.error} onRetry={() => void me.refetch()} />
        ) : (
          <Skeleton lines={6} label="Loading" />
        )}
      </main>
    </>
  )
}

function NotFoundPage() {
  useTitle('Not found')
  return (
    <>
      <TopBar me={undefined} />
      <main id="content" className="content" tabIndex={-1}>
        <h1 className="visually-hidden">Not found</h1>
        <Notice
          icon={icons.search}
          title="There is nothing at this address"
          action={
            <Link href="/" className="button">
              Go to your nodes
            </Link>
          }
        >
          <p>The link may be old, or a letter went missing on the way.</p>
        </Notice>
      </main>
    </>
  )
}

/** Which page an address shows. */
export function App() {
  return (
    <Switch>
      <Route path="/sign-in">
        <SignInPage />
      </Route>
      <Route path="/">
        <Signed>
          <NodesPage />
        </Signed>
      </Route>
      <Route path="/nodes/:nodeId">
        {({ nodeId }) => (
          <Signed>
            <NodePage key={nodeId} nodeId={nodeId} />
          </Signed>
        )}
      </Route>
      <Route path="/connect">
        <Signed>
          <ConnectPage />
        </Signed>
      </Route>
      <Route>
        <NotFoundPage />
      </Route>
    </Switch>
  )
}
