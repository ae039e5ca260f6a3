import { useRef, type ReactNode } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { sectionsFor, settingsSections, type SettingsSection } from '../../data/settings/sections.ts'
import { isAt } from '../../data/shell/places.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { useKeepFocusNear } from '../../ui/overlays/keep-focus-near.ts'
import { Notice } from '../../ui/look/parts.tsx'
import { useSpace } from '../../ui/spaces/space.ts'
import { SubNav } from '../../ui/shell/sub-nav.tsx'
import { AuditSection } from './audit/audit-section.tsx'
import { ChannelsSection } from './channels/channels-section.tsx'
import { DeletedSection } from './deleted/deleted-section.tsx'
import { MessagesSection } from './messages/messages-section.tsx'
import { ReachSection } from './reachability/reach-section.tsx'
import { PeopleSection } from './people/people-section.tsx'
import { RoomSection } from './rooms/room-section.tsx'
import { RoomsSection } from './rooms/rooms-section.tsx'
import { SignInSection } from './sign-in/sign-in-section.tsx'
import { SpaceSection } from './space/space-section.tsx'
import { TokensSection } from './tokens/tokens-section.tsx'
import './settings.css'

const sectionIcons: Readonly<Record<SettingsSection['id'], ReactNode>> = {
  space: icons.space,
  people: icons.people,
  rooms: icons.room,
  'claim-tokens': icons.token,
  'sign-in': icons.lock,
  channels: icons.mail,
  messages: icons.bell,
  reachability: icons.offline,
  deleted: icons.bin,
  audit: icons.record,
}

/** The settings of a space: its navigation, and the part that the address names. */
export function SettingsPage() {
  const { name, role } = useSpace()
  const [path] = useLocation()
  const mine = sectionsFor(role)
  const closed = settingsSections.find(({ id, href }) => isAt(path, href) && !mine.some((section) => section.id === id))
  const body = useRef<HTMLDivElement>(null)
  useKeepFocusNear(body)
  return (
    <div className="sub-page">
      <SubNav label={`Settings of ${name}`} items={mine.map(({ id, href, title }) => ({ href, title, icon: sectionIcons[id] }))} />
      <div ref={body} className="settings-body">
        {closed === undefined ? (
          <Switch>
            <Route path="/settings/space" component={SpaceSection} />
            <Route path="/settings/people" component={PeopleSection} />
            <Route path="/settings/rooms" component={RoomsSection} />
            <Route path="/settings/rooms/:roomId">{({ roomId }) => <RoomSection key={roomId} roomId={roomId} />}</Route>
            <Route path="/settings/claim-tokens" component={TokensSection} />
            <Route path="/settings/sign-in" component={SignInSection} />
            <Route path="/settings/channels" component={ChannelsSection} />
            <Route path="/settings/messages" component={MessagesSection} />
            <Route path="/settings/reachability" component={ReachSection} />
            <Route path="/settings/deleted" component={DeletedSection} />
            <Route path="/settings/audit" component={AuditSection} />
            <Route>
              <Redirect to="/settings/space" replace />
            </Route>
          </Switch>
        ) : (
          <NotForRole section={closed} />
        )}
      </div>
    </div>
  )
}

function NotForRole({ section }: { readonly section: SettingsSection }) {
  useTitle(section.title)
  return (
    <Notice icon={icons.lock} title={`${section.title} ${section.title.endsWith('s') ? 'are' : 'is'} not for your role`} isPage>
      <p>Ask an admin of this space if you need them.</p>
    </Notice>
  )
}
