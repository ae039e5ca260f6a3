import { lazy, Suspense, useEffect, type ComponentType, type ReactNode } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import type { Role } from '../../src/domain/model.ts'
import { closedPlace, seesNodes } from '../data/shell/places.ts'
import { Around } from '../ui/shell/around.tsx'
import { useTitle } from '../ui/hooks.ts'
import { PageBoundary } from '../ui/shell/page-boundary.tsx'
import { icons } from '../ui/look/icons.tsx'
import { Notice } from '../ui/look/parts.tsx'
import { Shell } from '../ui/shell/shell.tsx'
import { useAddressInSpace, useSpace } from '../ui/spaces/space.ts'
import { RoomFrame } from './room-frame.tsx'
import { PersonalFrame } from './personal-frame.tsx'
import { SpaceFrame, ToUsualSpace } from './space-frame.tsx'

// Each page is a file of its own to load: the first one on screen must not wait for the others.
const AlertsSection = lazy(async () => ({ default: (await import('./alerts/alerts-section.tsx')).AlertsSection }))
const BoardPage = lazy(async () => ({ default: (await import('./boards/board-page.tsx')).BoardPage }))
const BoardsPage = lazy(async () => ({ default: (await import('./boards/boards-page.tsx')).BoardsPage }))
const ConnectPage = lazy(async () => ({ default: (await import('./connect/connect-page.tsx')).ConnectPage }))
const FunctionsPage = lazy(async () => ({ default: (await import('./functions/functions-page.tsx')).FunctionsPage }))
const ConfirmAddressPage = lazy(async () => ({ default: (await import('./sign-in/confirm-address-page.tsx')).ConfirmAddressPage }))
const ErasedPage = lazy(async () => ({ default: (await import('./erased/erased-page.tsx')).ErasedPage }))
const HomePage = lazy(async () => ({ default: (await import('./home/home-page.tsx')).HomePage }))
const JoinPage = lazy(async () => ({ default: (await import('./join/join-page.tsx')).JoinPage }))
const MetricsPage = lazy(async () => ({ default: (await import('./metrics/metrics-page.tsx')).MetricsPage }))
const loadNodePage = async () => ({ default: (await import('./node/node-page.tsx')).NodePage })
const NodePage = lazy(loadNodePage)
const NodesPage = lazy(async () => ({ default: (await import('./nodes/nodes-page.tsx')).NodesPage }))
const NoSpace = lazy(async () => ({ default: (await import('./no-space.tsx')).NoSpace }))
const SettingsPage = lazy(async () => ({ default: (await import('./settings/settings-page.tsx')).SettingsPage }))
const ProfilePage = lazy(async () => ({ default: (await import('./profile/profile-page.tsx')).ProfilePage }))
const SignInPage = lazy(async () => ({ default: (await import('./sign-in/sign-in-page.tsx')).SignInPage }))

/** Pages of coming in and going out: nothing around them, and no session needed. */
const passages: Readonly<Partial<Record<string, ComponentType>>> = {
  '/sign-in': SignInPage,
  '/join': JoinPage,
  '/confirm-address': ConfirmAddressPage,
  '/erased': ErasedPage,
}

function NothingHere() {
  useTitle('Not found')
  const addressOf = useAddressInSpace()
  return (
    <Notice
      icon={icons.search}
      title="There is nothing at this address"
      isPage
      action={
        <Link href={addressOf(undefined, '/')} className="button">
          Go to your nodes
        </Link>
      }
    >
      <p>The link may be old, or a letter went missing on the way.</p>
    </Notice>
  )
}

/** In place of a page that the role has nothing to do with. */
function NotForRole({ title, who }: { readonly title: string; readonly who: readonly Role[] }) {
  useTitle(title)
  return (
    <Notice icon={icons.lock} title={`${title} is not for your role`} isPage>
      <p>This page is for people with one of these roles: {who.join(', ')}. An admin or a manager can give you another role.</p>
    </Notice>
  )
}

/** In place of pages of nodes, for a role that sees none. */
function NoNodesForRole() {
  useTitle('No nodes here for you')
  const addressOf = useAddressInSpace()
  return (
    <Notice
      icon={icons.lock}
      title="Your role shows no nodes"
      isPage
      action={
        <Link href={addressOf(undefined, '/settings/space')} className="button">
          Go to the space
        </Link>
      }
    >
      <p>You look after billing here. An admin or a manager can give you a role that shows rooms and nodes.</p>
    </Notice>
  )
}

/** The pages of one room; their addresses are relative to it. */
function RoomPages() {
  const [path] = useLocation()
  const { role } = useSpace()
  if (!seesNodes(role)) return <NoNodesForRole />
  const closed = closedPlace(role, path)
  if (closed !== undefined) return <NotForRole title={closed.title} who={closed.for} />
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
        <Route path="/alerts/*?" component={AlertsSection} />
        <Route path="/connect" component={ConnectPage} />
        <Route component={NothingHere} />
      </Switch>
    </PageBoundary>
  )
}

/** The pages of one space: settings, rooms, and everything else in "All nodes"; their addresses are relative to it. */
function SpacePages() {
  return (
    <Switch>
      <Route path="/rooms/:roomId" nest>
        {({ roomId }) => (
          <RoomFrame key={roomId} roomId={roomId}>
            <RoomPages />
          </RoomFrame>
        )}
      </Route>
      <Route path="/settings/*?">
        <Boxed>
          <SettingsPage />
        </Boxed>
      </Route>
      <Route>
        <Shell>
          <RoomPages />
        </Shell>
      </Route>
    </Switch>
  )
}

function Boxed({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation()
  return (
    <Shell>
      <PageBoundary key={path}>{children}</PageBoundary>
    </Shell>
  )
}

/**
 * Which page an address shows. Everything below `/spaces/<id>` is in that space, and below `/rooms/<id>` there in that room; an
 * address that names no space leads to the usual one.
 */
export function App() {
  const [path] = useLocation()
  const Passage = passages[path]
  // Who opens a node by its address waits for its values: its page comes while the cloud still says who is there.
  useEffect(() => {
    if (/\/nodes\/./u.test(window.location.pathname)) void loadNodePage().catch(() => {})
  }, [])
  return (
    <>
      {Passage !== undefined ? (
        <PageBoundary key={path}>
          <Suspense fallback={null}>
            <Passage />
          </Suspense>
        </PageBoundary>
      ) : (
        <Switch>
          <Route path="/profile/*?">
            <PersonalFrame>
              <PageBoundary key={path}>
                <ProfilePage />
              </PageBoundary>
            </PersonalFrame>
          </Route>
          <Route path="/spaces/:spaceId" nest>
            {({ spaceId }) => (
              <SpaceFrame key={spaceId} spaceId={spaceId}>
                <SpacePages />
              </SpaceFrame>
            )}
          </Route>
          <Route>
            <ToUsualSpace none={<NoSpace />} />
          </Route>
        </Switch>
      )}
      <Around />
    </>
  )
}
