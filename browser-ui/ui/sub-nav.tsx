import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import './sub-nav.css'

/** The parts of a page that has several: a column beside it, on a phone a strip above it. */
export function SubNav({
  label,
  items,
}: {
  readonly label: string
  readonly items: readonly { readonly href: string; readonly title: string }[]
}) {
  const [path] = useLocation()
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    const strip = nav.current
    const current = strip?.querySelector<HTMLElement>('[aria-current]')
    if (strip && current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2
  }, [path])
  return (
    <nav className="sub-nav" aria-label={label} ref={nav}>
      {items.map(({ href, title }) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  )
}
