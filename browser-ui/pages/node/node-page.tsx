import './node-page.css'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState, useSyncExternalStore } from 'react'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { ChartCard } from '../../charts/chart-card.tsx'
import type { Deck } from '../../charts/deck.ts'
import { VitalTile } from '../../charts/vital-tile.tsx'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import { bannerFor } from '../../data/feed/feed-words.ts'
import type { FeedStatus } from '../../data/feed/node-feed.ts'
import { arrangeSections, type ChartSection } from '../../data/sections.ts'
import { vitals } from '../../data/vitals.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { NodeHeader } from './node-header.tsx'
import { SectionMenu } from './section-menu.tsx'
import { TimeBar } from '../time/time-bar.tsx'
import { useTimeline } from '../time/use-timeline.ts'
import { useNodeDeck } from './use-node-deck.ts'
import { Link } from 'wouter'

const refreshMs = 5000
const noContexts: readonly ContextSummary[] = []

/** One node, live: builds itself from the contexts its agent has. */
export function NodePage({ nodeId }: { readonly nodeId: string }) {
  const { api } = useServices()
  const timeline = useTimeline()
  const deck = useNodeDeck(nodeId, timeline)
  const node = useQuery({ queryKey: ['node', nodeId], queryFn: () => api.node(nodeId), refetchInterval: refreshMs })
  const contexts = useQuery({ queryKey: ['contexts', nodeId], queryFn: () => api.contexts(nodeId), staleTime: 60_000 })
  useTitle(node.data?.hostname ?? 'Node')

  // Also a node that was there a moment ago: it may be removed while it is watched.
  if (node.error instanceof ThroughlineError && node.error.code === 'NOT_FOUND') {
    return (
      <Notice
        icon={icons.server}
        title="There is no such node in your space"
        action={
          <Link href="/nodes" className="button">
            Go to your nodes
          </Link>
        }
      >
        <p>It may have been removed, or the link leads to another space.</p>
      </Notice>
    )
  }
  if (node.data === undefined && node.isError)
    return <Failure title="This node cannot be read" error={node.error} onRetry={() => void node.refetch()} />
  return (
    <div className="node-page">
      {node.data === undefined ? <Skeleton lines={2} label="Loading the node" /> : <NodeHeader node={node.data} deck={deck} />}
      {deck === undefined ? null : (
        <Dashboard
          deck={deck}
          stored={contexts.data}
          isLoading={contexts.isPending}
          storedState={node.data?.state}
          nodeZone={node.data?.timezone}
        />
      )}
    </div>
  )
}

function useFeedStatus(deck: Deck): FeedStatus {
  return useSyncExternalStore(deck.feed.onStatus, () => deck.feed.status)
}

interface DashboardProps {
  readonly deck: Deck
  readonly stored: readonly ContextSummary[] | undefined
  readonly isLoading: boolean
  readonly storedState: FeedStatus['nodeState']
  readonly nodeZone: string | undefined
}

function Dashboard({ deck, stored, isLoading, storedState, nodeZone }: DashboardProps) {
  const status = useFeedStatus(deck)
  const [search, setSearch] = useState('')
  const [wasOpen, setWasOpen] = useState(false)
  if (status.link === 'open' && !wasOpen) setWasOpen(true)

  // The cloud's stored list draws the page at once; the agent's own list, when it comes, is the truth.
  const contexts = useMemo(() => {
    const own = status.catalogue === undefined ? [] : [...status.catalogue.contexts.values()]
    return own.length > 0 ? own : (stored ?? noContexts)
  }, [status.catalogue, stored])
  const sections = useMemo(() => {
    const words = search.toLowerCase().trim()
    const shown =
      words === ''
        ? contexts
        : contexts.filter((context) => `${context.id} ${context.title} ${context.family}`.toLowerCase().includes(words))
    return arrangeSections(shown)
  }, [contexts, search])
  const units = useMemo(() => new Map(contexts.map((context) => [context.id, context.units])), [contexts])
  const shownVitals = vitals.filter((vital) => units.has(vital.contextId))
  const banner = bannerFor({ ...status, nodeState: status.nodeState ?? storedState }, wasOpen)

  return (
    <>
      <TimeBar timeline={deck.feed.timeline} isFlowing={status.link === 'open' && banner === undefined} nodeZone={nodeZone} />
      {banner === undefined ? null : (
        <p className={`banner is-${banner.tone}`} role="status">
          {icons.warning}
          <span>
            <strong>{banner.title}</strong> {banner.text}
          </span>
        </p>
      )}
      {shownVitals.length === 0 ? null : (
        <section className="vitals" aria-label="At a glance">
          {shownVitals.map((vital) => (
            <VitalTile key={vital.id} deck={deck} vital={vital} units={units.get(vital.contextId) ?? ''} />
          ))}
        </section>
      )}
      <div className="node-body">
        <aside className="node-aside">
          <label className="search is-small">
            {icons.search}
            <span className="visually-hidden">Search charts</span>
            <input type="search" value={search} placeholder="Search charts" onChange={(event) => setSearch(event.target.value)} />
          </label>
          <SectionMenu sections={sections} />
        </aside>
        <div className="node-sections">
          {sections.map((section) => (
            <Section key={section.id} section={section} deck={deck} isSearched={search.trim() !== ''} />
          ))}
          {sections.length > 0 ? null : search !== '' ? (
            <Notice icon={icons.search} title="No chart matches">
              <p>Try another word: a context such as disk.io, or a word of its title.</p>
            </Notice>
          ) : isLoading ? (
            <Skeleton lines={8} label="Loading charts" />
          ) : (
            <Notice icon={icons.server} title="This node has not told its charts yet">
              <p>They appear by themselves as soon as its agent has linked up.</p>
            </Notice>
          )}
        </div>
      </div>
    </>
  )
}

function Section({ section, deck, isSearched }: { readonly section: ChartSection; readonly deck: Deck; readonly isSearched: boolean }) {
  const [isOpened, setIsOpened] = useState(false)
  const isOpen = isOpened || isSearched || !section.isFolded
  return (
    <section className="chart-section" id={section.id} aria-labelledby={`${section.id}-title`}>
      <div className="section-head">
        <h2 id={`${section.id}-title`}>{section.title}</h2>
        <span className="section-count">
          {section.contexts.length} {section.contexts.length === 1 ? 'chart' : 'charts'}
        </span>
        {section.isFolded ? (
          <button type="button" className="link-button" aria-expanded={isOpen} onClick={() => setIsOpened(!isOpened)}>
            {isOpen ? 'Hide' : 'Show'}
          </button>
        ) : null}
      </div>
      {isOpen ? (
        <div className="chart-grid">
          {section.contexts.map((context) => (
            <ChartCard key={context.id} deck={deck} context={context} />
          ))}
        </div>
      ) : null}
    </section>
  )
}
