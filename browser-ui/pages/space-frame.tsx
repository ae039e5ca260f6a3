import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useMemo, type ReactNode } from 'react'
import { Link, Redirect, useLocation } from 'wouter'
import { rootRoomName, spacePath } from '../data/shell/places.ts'
import { usualSpace } from '../data/shell/usual-space.ts'
import type { MySpace } from '../link/api.ts'
import { useTitle } from '../ui/hooks.ts'
import { icons } from '../ui/look/icons.tsx'
import { lastSpace } from '../ui/spaces/last-space.ts'
import { useMe } from '../ui/account/me.ts'
import { Notice } from '../ui/look/parts.tsx'
import { RoomContext } from '../ui/spaces/room.ts'
import { ServicesContext, useServices } from '../ui/services.ts'
import { Shell } from '../ui/shell/shell.tsx'
import { SpaceContext } from '../ui/spaces/space.ts'
import { pageTitle } from '../ui/shell/window-title.ts'

/** The pages of one space, with its services around them; says so when the person is in no such space. */
export function SpaceFrame({ spaceId, children }: { readonly spaceId: string; readonly children: ReactNode }) {
  const me = useMe().data
  const space = me?.spaces.find((candidate) => candidate.spaceId === spaceId)
  const isKnown = space !== undefined
  useEffect(() => {
    if (isKnown) lastSpace.set(spaceId)
  }, [isKnown, spaceId])
  const title = space !== undefined && (me?.spaces.length ?? 0) > 1 ? space.name : ''
  useEffect(() => {
    pageTitle.setSpace(title)
    return () => pageTitle.setSpace('')
  }, [title])
  if (space !== undefined) return <InSpace space={space}>{children}</InSpace>
  return <Shell>{me === undefined ? null : <NoSuchSpace />}</Shell>
}

/** Gives the parts inside the services of a space, and tells them which it is. */
export function InSpace({ space, children }: { readonly space: MySpace; readonly children: ReactNode }) {
  const { services, client } = useServices().inSpace(space.spaceId)
  const root = useMemo(() => ({ roomId: undefined, name: rootRoomName(space.role) }), [space.role])
  // The socket of a space that is not on screen any more.
  useEffect(() => () => services.live.close(), [services])
  return (
    <QueryClientProvider client={client}>
      <ServicesContext value={services}>
        <SpaceContext value={space}>
          <RoomContext value={root}>{children}</RoomContext>
        </SpaceContext>
      </ServicesContext>
    </QueryClientProvider>
  )
}

/** Leads an address that names no space to the same page of the usual one; `none` is shown to who is in no space. */
export function ToUsualSpace({ none }: { readonly none: ReactNode }) {
  const me = useMe().data
  const [path] = useLocation()
  if (me === undefined) return <Shell>{null}</Shell>
  const space = usualSpace(me, path, lastSpace.get())
  if (space === undefined) return <Shell>{none}</Shell>
  const { pathname, search, hash } = window.location
  return <Redirect to={`${spacePath(space.spaceId, pathname)}${search}${hash}`} replace />
}

function NoSuchSpace() {
  useTitle('No such space')
  return (
    <Notice
      icon={icons.space}
      title="You are in no such space"
      isPage
      action={
        <Link href="~/" className="button">
          Go to your own
        </Link>
      }
    >
      <p>It may have been deleted, you may have been taken out of it, or the link was meant for somebody else.</p>
    </Notice>
  )
}
