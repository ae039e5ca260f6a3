import { lazy } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { Around } from '../ui/around.tsx'
import { useTitle } from '../ui/hooks.ts'
import { PageBoundary } from '../ui/page-boundary.tsx'
import { icons } from '../ui/icons.tsx'
import { Notice } from '../ui/parts.tsx'
import { Shell } from '../ui/shell.tsx'
import { RoomFrame } from './room-frame.tsx'
import { SignInPage } from './sign-in/sign-in-page.tsx'

// Each page is a file of its own to load: the first one on screen must not wait for the others.
const AlertsPage = lazy(async () => ({ default: (await import('./alerts/alerts-page.tsx')).AlertsPage }))
const BoardPage = lazy(async () => ({ default: (await import('./boards/board-page.tsx')).BoardPage }))
const BoardsPage = lazy(async () => ({ default: (await import('./boards/boards-page.tsx')).BoardsPage }))
const ConnectPage = lazy(async () => ({ default: (await import('./connect/connect-page.tsx')).ConnectPage }))
const FunctionsPage = lazy(async () => ({ default: (await import('./functions/functions-page.tsx')).FunctionsPage }))
const HomePage = lazy(async () => ({ default: (await import('./home/home-page.tsx')).HomePage }))
const MetricsPage = lazy(async () => ({ default: (await import('./metrics/metrics-page.tsx')).MetricsPage }))
const NodePage = lazy(async () => ({ default: (await import('./node/node-page.tsx')).NodePage }))
const NodesPage = lazy(async () => ({ default: (await import('./nodes/nodes-page.tsx')).NodesPage }))

function NothingHere() {
  useTitle('Not found')
  return (
    <Notice
      icon={icons.search}
      title="There is nothing at this address"
      isPage
      action={
        <Link href="~/" className="button">
          Go to your nodes
        </Link>
      }
    >
      <p>The link may be old, or a letter went missing on the way.</p>
    </Notice>
  )
}

/** The pages of one room; their addresses are relative to it. */
function RoomPages() {
  const [path] = useLocation()
  return (
    <PageBoundary key={path}>
      <Switch>
        <Route path="/" component={HomePage} />
        <Route path="/nodes" component={NodesPage} />
        <Route path="/nodes/:nodeId">{({ nodeId }) => <NodePage key={nodeId} nodeId={nodeId} />}</Route>
        <Route path="/metrics" component={MetricsPage} />
        <Route path="/functions" component={FunctionsPage} />
        <Route path="/boards" component={BoardsPage} />
        <Route path="/boards/:boardId">{({ boardId }) => <BoardPage key={boardId} boardId={boardId} />}</Route>
        <Route path="/alerts" component={AlertsPage} />
        <Route path="/connect" component={ConnectPage} />
        <Route component={NothingHere} />
      </Switch>
    </PageBoundary>
  )
}

/** Which page an address shows: everything below `/rooms/<id>` is in that room, the rest in "All nodes". */
export function App() {
  const [path] = useLocation()
  return (
    <>
      <Switch>
        <Route path="/sign-in" component={SignInPage} />
        <Route path="/rooms/:roomId" nest>
          {({ roomId }) => (
            <RoomFrame key={roomId} roomId={roomId}>
              <RoomPages />
            </RoomFrame>
          )}
        </Route>
        <Route>
          <Shell>
            <RoomPages />
          </Shell>
        </Route>
      </Switch>
      <Around isSignedIn={path !== '/sign-in'} />
    </>
  )
}
