import { useLayoutEffect, useRef, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { isAt } from '../../data/shell/places.ts'
import './sub-nav.css'

/** The parts of a page that has several: a column beside it, on a phone or as a strip above it. The nearest one to the address is marked, or `current`. */
export function SubNav({
  label,
  items,
  isStrip = false,
  current,
}: {
  readonly label: string
  /** Above the page on every screen, for pages that need the width. */
  readonly isStrip?: boolean
  /** The `href` of the item that is marked, for addresses that do not tell by themselves. */
  readonly current?: string | undefined
  readonly items: readonly { readonly href: string; readonly title: string; readonly icon?: ReactNode }[]
}) {
  const [path] = useLocation()
  const nav = useRef<HTMLElement>(null)
  const [here] = items.filter(({ href }) => isAt(path, href)).sort((a, b) => b.href.length - a.href.length)
  // A strip scrolls sideways: where one is must be in sight.
  useLayoutEffect(() => {
    const strip = nav.current
    const marked = strip?.querySelector<HTMLElement>('[aria-current]')
    if (strip && marked) strip.scrollLeft = marked.offsetLeft - (strip.clientWidth - marked.offsetWidth) / 2
  }, [path])
  return (
    <nav className={isStrip ? 'sub-nav is-strip' : 'sub-nav'} aria-label={label} ref={nav}>
      {items.map(({ href, title, icon }) => (
        <Link key={href} href={href} aria-current={href === (current ?? here?.href) ? 'page' : undefined}>
          {icon} {title}
        </Link>
      ))}
    </nav>
  )
}
