import { QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Router } from 'wouter'
import { useBrowserLocation } from 'wouter/use-browser-location'
import { spacePath } from '../data/shell/places.ts'
import { usualSpace } from '../data/shell/usual-space.ts'
import { lastSpace } from '../ui/spaces/last-space.ts'
import { useMe } from '../ui/account/me.ts'
import { ServicesContext, useServices } from '../ui/services.ts'
import { Shell } from '../ui/shell/shell.tsx'
import { InSpace } from './space-frame.tsx'

/**
 * A page about the person and no space, such as the profile: around it the bars of the space that was looked at last, inside
 * whole addresses and the person's own requests. For somebody in no space the bars lead nowhere.
 */
export function PersonalFrame({ children }: { readonly children: ReactNode }) {
  const services = useServices()
  const me = useMe().data
  const space = me === undefined ? undefined : usualSpace(me, '/', lastSpace.get())
  const inside = (
    <Router hook={useBrowserLocation}>
      <QueryClientProvider client={services.personal.client}>
        <ServicesContext value={services}>{children}</ServicesContext>
      </QueryClientProvider>
    </Router>
  )
  if (space === undefined) return <Shell>{inside}</Shell>
  return (
    <InSpace space={space}>
      <Router base={spacePath(space.spaceId)}>
        <Shell>{inside}</Shell>
      </Router>
    </InSpace>
  )
}
