import { useLayoutEffect, useRef, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { isAt } from '../data/shell/places.ts'
import './sub-nav.css'

/** The parts of a page that has several: a column beside it, on a phone or as a strip above it. The nearest one to the address is marked. */
export function SubNav({
  label,
  items,
  isStrip = false,
}: {
  readonly label: string
  /** Above the page on every screen, for pages that need the width. */
  readonly isStrip?: boolean
  readonly items: readonly { readonly href: string; readonly title: string; readonly icon?: ReactNode }[]
}) {
  const [path] = useLocation()
  const nav = useRef<HTMLElement>(null)
  const [here] = items.filter(({ href }) => isAt(path, href)).sort((a, b) => b.href.length - a.href.length)
  // A strip scrolls sideways: where one is must be in sight.
  useLayoutEffect(() => {
    const strip = nav.current
    const current = strip?.querySelector<HTMLElement>('[aria-current]')
    if (strip && current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2
  }, [path])
  return (
    <nav className={isStrip ? 'sub-nav is-strip' : 'sub-nav'} aria-label={label} ref={nav}>
      {items.map(({ href, title, icon }) => (
        <Link key={href} href={href} aria-current={href === here?.href ? 'page' : undefined}>
          {icon} {title}
        </Link>
      ))}
    </nav>
  )
}
