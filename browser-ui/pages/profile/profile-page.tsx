import { lazy, useLayoutEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { profilePlaces } from '../../data/account/profile-places.ts'
import { problemCode, signInProblem } from '../../data/account/sign-in-problem.ts'
import { icons } from '../../ui/look/icons.tsx'
import { SubNav } from '../../ui/shell/sub-nav.tsx'
import { toasts } from '../../ui/messages/toasts.ts'
import './profile.css'
import { PersonSection } from './person-section.tsx'

const WaysSection = lazy(async () => ({ default: (await import('./ways-section.tsx')).WaysSection }))
const BrowsersSection = lazy(async () => ({ default: (await import('./browsers-section.tsx')).BrowsersSection }))
const NotificationsSection = lazy(async () => ({ default: (await import('./notifications-section.tsx')).NotificationsSection }))
const TokensSection = lazy(async () => ({ default: (await import('./tokens-section.tsx')).TokensSection }))
const PrivacySection = lazy(async () => ({ default: (await import('./privacy/privacy-section.tsx')).PrivacySection }))
const InboxSection = lazy(async () => ({ default: (await import('./privacy/inbox-section.tsx')).InboxSection }))
const MirrorSection = lazy(async () => ({ default: (await import('./privacy/mirror-section.tsx')).MirrorSection }))
const DeleteSection = lazy(async () => ({ default: (await import('./delete-section.tsx')).DeleteSection }))

const sections = {
  person: PersonSection,
  ways: WaysSection,
  browsers: BrowsersSection,
  notifications: NotificationsSection,
  tokens: TokensSection,
  privacy: PrivacySection,
  delete: DeleteSection,
} as const

/** Not in the navigation: they are for whoever owns the installation, and the page of the own data leads there. */
const ofOwner: Readonly<Record<string, typeof InboxSection>> = { '/profile/requests': InboxSection, '/profile/mirror': MirrorSection }

/** A person's own pages: who they are here, how they sign in, and the way out. They belong to no space. */
export function ProfilePage() {
  const [path] = useLocation()
  const [problem, setProblem] = useState<string>()
  // What came of a trip to another service that began here.
  useLayoutEffect(() => {
    const code = problemCode(window.location.hash)
    const isLinked = window.location.hash === '#linked'
    if (code === undefined && !isLinked) return
    window.history.replaceState(window.history.state, '', window.location.pathname)
    setProblem(code)
    if (isLinked) toasts.show({ tone: 'good', text: 'The account is tied to yours. It signs you in from now on.' })
  }, [])
  const SectionOfOwner = ofOwner[path]
  const Section = SectionOfOwner ?? sections[profilePlaces.find(({ href }) => href === path)?.id ?? 'person']
  const words = problem === undefined ? undefined : signInProblem(problem)
  return (
    <div className="sub-page">
      <SubNav label="Your profile" items={profilePlaces} current={SectionOfOwner === undefined ? undefined : '/profile/privacy'} />
      <div className="profile">
        {words === undefined ? null : (
          <div className="banner is-error profile-problem" role="alert">
            {icons.warning}
            <p>
              <strong>{words.title}</strong> {words.text}
            </p>
            <button type="button" className="icon-button" aria-label="Close this message" onClick={() => setProblem(undefined)}>
              {icons.close}
            </button>
          </div>
        )}
        <Section />
      </div>
    </div>
  )
}
