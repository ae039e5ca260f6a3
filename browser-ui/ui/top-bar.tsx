import { useMutation } from '@tanstack/react-query'
import { DropdownMenu } from 'radix-ui'
import { Link, useLocation } from 'wouter'
import type { Me } from '../link/api.ts'
import { useThemeChoice } from './hooks.ts'
import { icons, logo } from './icons.tsx'
import { useServices } from './services.ts'
import { theme, type ThemeChoice } from './theme.ts'

const themeChoices: readonly { value: ThemeChoice; label: string; icon: (typeof icons)['sun'] }[] = [
  { value: 'system', label: 'Like this machine', icon: icons.system },
  { value: 'light', label: 'Light', icon: icons.sun },
  { value: 'dark', label: 'Dark', icon: icons.moon },
]

/** Light, dark, or as the machine says. */
export function ThemeMenu() {
  const choice = useThemeChoice()
  const current = themeChoices.find((option) => option.value === choice)
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="icon-button" aria-label={`Theme: ${current?.label ?? ''}`}>
        {current?.icon}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <DropdownMenu.RadioGroup value={choice} onValueChange={(value) => theme.choose(value as ThemeChoice)}>
            {themeChoices.map((option) => (
              <DropdownMenu.RadioItem key={option.value} value={option.value} className="menu-item">
                {option.icon}
                {option.label}
                <DropdownMenu.ItemIndicator className="menu-check">{icons.check}</DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function ProfileMenu({ me }: { readonly me: Me }) {
  const { api, live } = useServices()
  const signOut = useMutation({
    mutationFn: () => api.signOut(),
    onSuccess: () => {
      live.close()
      // A full load, so that nothing of this person stays in the page's memory.
      window.location.assign('/sign-in')
    },
  })
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="avatar" aria-label={`Signed in as ${me.email}`}>
        {me.email.charAt(0).toUpperCase()}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <div className="menu-head">
            <strong>{me.email}</strong>
            <span>
              {me.role} of {me.space.name}
            </span>
          </div>
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item" onSelect={() => signOut.mutate()}>
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** The pages of a room, in the order of the bar. */
const places = [
  { href: '/', title: 'Home' },
  { href: '/nodes', title: 'Nodes' },
  { href: '/metrics', title: 'Metrics' },
  { href: '/functions', title: 'Live' },
  { href: '/boards', title: 'Boards' },
  { href: '/alerts', title: 'Alerts' },
  { href: '/connect', title: 'Connect' },
] as const

const isAt = (path: string, href: string) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`))

/** The bar above every page: the name, where one can go, and who is signed in. */
export function TopBar({ me }: { readonly me: Me | undefined }) {
  const [path] = useLocation()
  return (
    <header className="top-bar">
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <Link href="/" className="brand">
        {logo}
        <span className="brand-name">Throughline</span>
        <span className="brand-line">Your metrics pass through. Nothing stays.</span>
      </Link>
      <nav className="top-nav" aria-label="Main">
        {places.map(({ href, title }) => (
          <Link key={href} href={href} aria-current={isAt(path, href) ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <div className="top-tools">
        <ThemeMenu />
        {me === undefined ? null : <ProfileMenu me={me} />}
      </div>
    </header>
  )
}
