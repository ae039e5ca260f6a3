import { useEffect, useRef, useState } from 'react'
import type { ChartSection } from '../../data/sections.ts'

/** The sections of the page; the one being read is marked and follows the scroll. */
export function SectionMenu({ sections }: { readonly sections: readonly ChartSection[] }) {
  const [current, setCurrent] = useState<string>()
  const list = useRef<HTMLUListElement>(null)

  useEffect(() => {
    const visible = new Set<string>()
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) visible.add(target.id)
          else visible.delete(target.id)
        }
        const first = sections.find((section) => visible.has(section.id))
        if (first) setCurrent(first.id)
      },
      // The band in which a section counts as being read: below the sticky bars, above the lower half.
      { rootMargin: '-140px 0px -55% 0px' },
    )
    for (const section of sections) {
      const element = document.querySelector(`#${CSS.escape(section.id)}`)
      if (element) observer.observe(element)
    }
    return () => observer.disconnect()
  }, [sections])

  // On a phone the menu is a strip: keep the marked entry in sight without moving the page.
  useEffect(() => {
    const strip = list.current
    const entry = strip?.querySelector<HTMLElement>('[aria-current="true"]')
    if (strip && entry && strip.scrollWidth > strip.clientWidth) strip.scrollTo({ left: entry.offsetLeft - 16, behavior: 'smooth' })
  }, [current])

  return (
    <nav aria-label="Sections">
      <ul className="section-menu" ref={list}>
        {sections.map((section) => (
          <li key={section.id}>
            <a href={`#${section.id}`} aria-current={current === section.id ? 'true' : undefined}>
              {section.title}
              <span className="section-menu-count">{section.contexts.length}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
