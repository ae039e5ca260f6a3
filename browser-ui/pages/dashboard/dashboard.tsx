import './dashboard.css'
import { lazy, Suspense, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import type { Deck } from '../../charts/deck.ts'
import { VitalTile } from '../../charts/vital-tile.tsx'
import { noSettings } from '../../data/charts/card-settings.ts'
import { searchContexts } from '../../data/charts/context-search.ts'
import { dashboardBanner } from '../../data/charts/dashboard-words.ts'
import { arrangeSections } from '../../data/sections.ts'
import { vitals } from '../../data/vitals.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Notice, Skeleton } from '../../ui/look/parts.tsx'
import { TimeBar } from '../time/time-bar.tsx'
import { SectionView } from './chart-section.tsx'
import type { PageState } from './page-state.ts'
import { SectionMenu, sectionElementId } from './section-menu.tsx'
import { useChartKeys } from './use-chart-keys.ts'

const ExpandedChart = lazy(async () => ({ default: (await import('../../charts/expanded/expanded-chart.tsx')).ExpandedChart }))

const cardWidthPx = 400
const gapPx = 14
/** Room-wide numbers at a glance ask every node; beyond this many the charts below do that on demand. */
const vitalNodesMax = 100

interface DashboardProps {
  readonly deck: Deck
  readonly page: PageState
  /** The time zone of the node, if the page is about one. */
  readonly nodeZone?: string | undefined
  /** What the cloud has stored of contexts is still on its way. */
  readonly isLoading: boolean
  /** In place of charts, when the nodes have none. */
  readonly empty: ReactNode
}

/** All charts of a feed's nodes: numbers at a glance, a search, sections with their menu, one chart large. */
export function Dashboard({ deck, page, nodeZone, isLoading, empty }: DashboardProps) {
  const { feed } = deck
  const status = useSyncExternalStore(feed.onStatus, () => feed.status)
  const fragment = useSyncExternalStore(page.subscribe, page.get)
  const [search, setSearch] = useState('')
  const [wasOpen, setWasOpen] = useState(false)
  const [columns, setColumns] = useState(1)
  const searchField = useRef<HTMLInputElement>(null)
  const body = useRef<HTMLDivElement>(null)
  if (status.link === 'open' && !wasOpen) setWasOpen(true)

  const contexts = useMemo(() => (status.contexts === undefined ? undefined : [...status.contexts.values()]), [status.contexts])
  const sections = useMemo(() => arrangeSections(searchContexts(contexts ?? [], search)), [contexts, search])
  const wanted = useChartKeys(sections, searchField, page.open, fragment.open !== undefined)
  const isAnyLive = status.nodes.some(({ state, trouble }) => state === 'live' && trouble === undefined)
  const banner = dashboardBanner(status, wasOpen)
  const shownVitals = status.nodes.length > vitalNodesMax ? [] : vitals.filter((vital) => status.contexts?.has(vital.contextId))
  const isSearched = search.trim() !== ''
  const isWaiting = contexts === undefined && isLoading
  const expanded = fragment.open === undefined ? undefined : status.contexts?.get(fragment.open)

  useEffect(() => {
    const element = body.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() =>
      setColumns(Math.max(1, Math.floor((element.clientWidth + gapPx) / (Math.min(cardWidthPx, element.clientWidth) + gapPx)))),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const jump = (sectionId: string) => {
    // At once: a glide over many screens would make every chart on its way, and go on after a search changed the page under it.
    document.querySelector(`#${CSS.escape(sectionElementId(sectionId))}`)?.scrollIntoView({ behavior: 'instant' })
    page.setSection(sectionId)
  }
  // A link to a section is followed once its section is there, and not again after a search that found nothing.
  const isArranged = sections.length > 0
  const isFollowed = useRef(false)
  useEffect(() => {
    const { section } = page.get()
    if (!isArranged || isFollowed.current) return
    isFollowed.current = true
    if (section !== undefined) document.querySelector(`#${CSS.escape(sectionElementId(section))}`)?.scrollIntoView({ behavior: 'instant' })
  }, [isArranged, page])

  return (
    <>
      <TimeBar timeline={feed.timeline} isFlowing={status.link === 'open' && isAnyLive} nodeZone={nodeZone} />
      {banner === undefined ? null : (
        <p className={`banner is-${banner.tone}`} role="status">
          {banner.tone === 'info' ? icons.info : icons.warning}
          <span>
            <strong>{banner.title}</strong> {banner.text}
          </span>
        </p>
      )}
      {shownVitals.length === 0 ? null : (
        <section className="vitals" aria-label="At a glance">
          {shownVitals.map((vital) => (
            <VitalTile
              key={vital.id}
              deck={deck}
              vital={vital}
              units={status.contexts?.get(vital.contextId)?.units ?? ''}
              nodeCount={status.nodes.length}
            />
          ))}
        </section>
      )}
      <div className="dashboard-body" data-empty={!(isArranged || isSearched || isWaiting) || undefined}>
        <aside className="dashboard-aside">
          <label className="search is-small" title="Search charts (/)">
            {icons.search}
            <span className="visually-hidden">Search charts</span>
            <input
              ref={searchField}
              type="search"
              value={search}
              placeholder="Search charts"
              onChange={(event) => setSearch(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return
                setSearch('')
                event.currentTarget.blur()
              }}
            />
          </label>
          <SectionMenu sections={sections} onJump={jump} />
        </aside>
        <div className="dashboard-sections" ref={body}>
          {sections.map((section) => (
            <SectionView
              key={section.id}
              section={section}
              deck={deck}
              page={page}
              columns={columns}
              isSearched={isSearched}
              wanted={wanted}
            />
          ))}
          {isArranged ? null : isSearched && contexts !== undefined ? (
            <Notice
              icon={icons.search}
              title="No chart matches"
              action={
                <button type="button" className="button" onClick={() => setSearch('')}>
                  Show all charts
                </button>
              }
            >
              <p>Try another word: a context such as disk.io, a unit, or a word of its title.</p>
            </Notice>
          ) : isWaiting ? (
            <Skeleton lines={8} label="Loading charts" />
          ) : (
            empty
          )}
        </div>
      </div>
      {expanded === undefined ? null : (
        <Suspense>
          <ExpandedChart
            key={expanded.id}
            deck={deck}
            context={expanded}
            settings={fragment.cards.get(expanded.id) ?? noSettings}
            onSettings={page.setCard}
            panel={fragment.panel}
            onPanel={page.setPanel}
            onClose={page.close}
          />
        </Suspense>
      )}
    </>
  )
}
