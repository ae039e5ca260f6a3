import { memo, startTransition, useEffect, useRef, useState } from 'react'
import { ChartCard } from '../../charts/chart-card.tsx'
import type { Deck } from '../../charts/deck.ts'
import { createNearObserver } from '../../charts/near.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import type { ChartSection } from '../../data/sections.ts'
import type { PageState } from './page-state.ts'
import { sectionElementId } from './section-menu.tsx'
import { useCardSettings } from './use-page-state.ts'

/** Cards that come and go together: whole rows of a grid of one, two, three or four columns. */
const chunkSize = 12
const observeNear = createNearObserver(1200)

/** One section of a page of charts. Only what is around the screen is made; the rest is names in places of the right height. */
export const SectionView = memo(function SectionView({
  section,
  deck,
  page,
  columns,
  isSearched,
  wanted,
}: {
  readonly section: ChartSection
  readonly deck: Deck
  readonly page: PageState
  /** Columns of the grid, for the height of what is not there. */
  readonly columns: number
  readonly isSearched: boolean
  /** A context that must be in the document, since the focus goes there. */
  readonly wanted: string | undefined
}) {
  const [isOpened, setIsOpened] = useState(false)
  const isWanted = wanted !== undefined && section.contexts.some(({ id }) => id === wanted)
  const isOpen = isOpened || isSearched || isWanted || !section.isFolded
  const chunks = Array.from({ length: Math.ceil(section.contexts.length / chunkSize) }, (_, index) =>
    section.contexts.slice(index * chunkSize, (index + 1) * chunkSize),
  )
  const titleId = `${sectionElementId(section.id)}-title`
  return (
    <section className="chart-section" id={sectionElementId(section.id)} aria-labelledby={titleId}>
      <div className="section-head">
        <h2 id={titleId}>{section.title}</h2>
        <span className="section-count">
          {section.contexts.length} {section.contexts.length === 1 ? 'chart' : 'charts'}
        </span>
        {section.isFolded ? (
          <button type="button" className="link-button" aria-expanded={isOpen} onClick={() => setIsOpened(!isOpen)}>
            {isOpen ? 'Hide' : 'Show'}
          </button>
        ) : null}
      </div>
      {isOpen
        ? chunks.map((contexts) => (
            <Chunk
              key={contexts[0]?.id}
              contexts={contexts}
              deck={deck}
              page={page}
              columns={columns}
              isWanted={wanted !== undefined && contexts.some(({ id }) => id === wanted)}
            />
          ))
        : null}
    </section>
  )
})

/** Height of a card with the space below it, before any was measured. */
const rowHeightPx = 330

function Chunk({
  contexts,
  deck,
  page,
  columns,
  isWanted,
}: {
  readonly contexts: readonly ContextSummary[]
  readonly deck: Deck
  readonly page: PageState
  readonly columns: number
  readonly isWanted: boolean
}) {
  const grid = useRef<HTMLDivElement>(null)
  const [isNear, setIsNear] = useState(false)
  const [measured, setMeasured] = useState<{ readonly heightPx: number; readonly columns: number }>()
  useEffect(() => {
    const element = grid.current
    if (element === null) return undefined
    return observeNear(element, (near) => {
      // What has the focus stays: taking it away would send a keyboard user to the top of the page.
      if (!near && element.contains(document.activeElement)) return
      if (!near && element.querySelector('.chart-card') !== null) setMeasured({ heightPx: element.offsetHeight, columns })
      // Cards are made bit by bit between the frames of a scroll.
      startTransition(() => setIsNear(near))
    })
  }, [columns])
  const isShown = isNear || isWanted
  const heightPx = measured?.columns === columns ? measured.heightPx : Math.ceil(contexts.length / Math.max(1, columns)) * rowHeightPx
  return (
    <div ref={grid} className={isShown ? 'chart-grid' : 'chart-grid is-far'} style={isShown ? undefined : { height: heightPx }}>
      {contexts.map((context) =>
        isShown ? (
          <PageCard key={context.id} context={context} deck={deck} page={page} />
        ) : (
          // A place with a name: the browser's own search finds it, and a script can scroll to it.
          <div key={context.id} className="chart-slot" data-context={context.id}>
            {context.title || context.id}
          </div>
        ),
      )}
    </div>
  )
}

function PageCard({ context, deck, page }: { readonly context: ContextSummary; readonly deck: Deck; readonly page: PageState }) {
  const settings = useCardSettings(page, context.id)
  return <ChartCard deck={deck} context={context} settings={settings} onSettings={page.setCard} onExpand={page.open} />
}
