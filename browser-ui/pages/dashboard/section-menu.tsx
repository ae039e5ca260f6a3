import { useEffect, useRef, useState, type MouseEvent } from 'react'
import type { ChartSection } from '../../data/sections.ts'

/** The id of a section's element. */
export const sectionElementId = (sectionId: string): string => `section-${sectionId}`

/** The sections of the page; the one being read is marked and follows the scroll. */
export function SectionMenu({
  sections,
  onJump,
}: {
  readonly sections: readonly ChartSection[]
  readonly onJump: (sectionId: string) => void
}) {
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
        const first = sections.find((section) => visible.has(sectionElementId(section.id)))
        if (first) setCurrent(first.id)
      },
      // The band in which a section counts as being read: below the sticky bars (on a phone the strip of sections, too), above the lower half.
      { rootMargin: '-160px 0px -55% 0px' },
    )
    for (const section of sections) {
      const element = document.querySelector(`#${CSS.escape(sectionElementId(section.id))}`)
      if (element) observer.observe(element)
    }
    return () => observer.disconnect()
  }, [sections])

  // Keeps the marked entry in sight without moving the page: beside it in a long list, along the strip on a phone.
  useEffect(() => {
    const strip = list.current
    const entry = strip?.querySelector<HTMLElement>('[aria-current="true"]')
    if (!strip || !entry) return
    if (strip.scrollWidth > strip.clientWidth) strip.scrollTo({ left: entry.offsetLeft - 16, behavior: 'smooth' })
    const box = strip.closest<HTMLElement>('.dashboard-aside')
    if (box !== null && box.scrollHeight > box.clientHeight) {
      const top = entry.offsetTop - box.offsetTop
      if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 60) box.scrollTo({ top: top - box.clientHeight / 2 })
    }
  }, [current])

  const onClick = (event: MouseEvent, sectionId: string) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    onJump(sectionId)
  }

  // Above the first section, it is the one that is read next.
  const marked = sections.some(({ id }) => id === current) ? current : sections[0]?.id
  return (
    <nav aria-label="Sections">
      <ul className="section-menu" ref={list}>
        {sections.map((section) => (
          <li key={section.id}>
            <a
              href={`#${section.id}`}
              aria-current={marked === section.id ? 'true' : undefined}
              onClick={(event) => onClick(event, section.id)}
            >
              <span className="section-menu-name">{section.title}</span>
              <span className="section-menu-count">{section.contexts.length}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
