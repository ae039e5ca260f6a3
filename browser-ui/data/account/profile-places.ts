/** The parts of a person's own pages, in the order of their navigation; whole addresses, since they are in no space. */
export const profilePlaces = [
  { id: 'person', href: '/profile', title: 'Profile', words: 'me name address email theme time zone' },
  { id: 'ways', href: '/profile/passkeys', title: 'Ways to sign in', words: 'passkeys second factor google github' },
  { id: 'browsers', href: '/profile/sessions', title: 'Signed-in browsers', words: 'sessions devices sign out' },
  { id: 'notifications', href: '/profile/notifications', title: 'Notifications', words: 'push browser alerts web push bell' },
  { id: 'tokens', href: '/profile/api-tokens', title: 'API tokens', words: 'terraform grafana mcp key' },
  { id: 'privacy', href: '/profile/privacy', title: 'Your data', words: 'privacy receipt export download consent analytics gdpr held' },
  { id: 'delete', href: '/profile/delete', title: 'Delete account', words: 'leave erase goodbye' },
] as const
