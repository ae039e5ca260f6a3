import { useCallback, useDeferredValue, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { boardLimits, type ChartTile } from '../../../src/domain/board.ts'
import { ChartCard } from '../../charts/chart-card.tsx'
import { PortalContext } from '../../charts/controls/portal.ts'
import { chartWith, settingsOf } from '../../data/boards/tiles.ts'
import { noSettings, type CardSettings } from '../../data/charts/card-settings.ts'
import { searchContexts } from '../../data/charts/context-search.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import { arrangeSections } from '../../data/sections.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { icons } from '../../ui/look/icons.tsx'
import type { BoardCharts } from './use-board-charts.ts'

/** More matches than anybody scrolls through; a word more finds the rest. */
const listedMax = 200

/** A chart that was chosen: the tile that was there, set anew, or what a new one shows. */
export interface ChosenChart {
  readonly tile: ChartTile | undefined
  readonly contextId: string
  readonly settings: CardSettings
  readonly title: string | undefined
}

interface ChartDialogProps {
  readonly charts: BoardCharts
  /** The chart that is changed; undefined for a new one. */
  readonly tile: ChartTile | undefined
  readonly onChart: (chart: ChosenChart) => void
  readonly onClose: () => void
}

/** Chooses what a chart shows: a search over what the room measures, beside the chart itself, live and with its controls. */
export function ChartDialog({ charts, tile, onChart, onClose }: ChartDialogProps) {
  const { deck } = charts
  const contexts = useSyncExternalStore(deck?.feed.onStatus ?? never, () => deck?.feed.status.contexts)
  const [search, setSearch] = useState('')
  const deferredSearch = useDeferredValue(search)
  const [contextId, setContextId] = useState(tile?.contextId)
  const [settings, setSettings] = useState<CardSettings>(tile === undefined ? noSettings : settingsOf(tile))
  const [title, setTitle] = useState(tile?.title ?? '')
  const [portal, setPortal] = useState<HTMLElement | null>(null)
  const onSettings = useCallback((_contextId: string, next: CardSettings) => setSettings(next), [])
  const all = useMemo(() => arrangeSections(contexts?.values() ?? []).flatMap((section) => section.contexts), [contexts])
  const found = useMemo(() => searchContexts(all, deferredSearch), [all, deferredSearch])
  const context = contextId === undefined ? undefined : contexts?.get(contextId)

  const choose = (id: string) => {
    setContextId(id)
    // Settings of another context say nothing here.
    setSettings(id === tile?.contextId ? settingsOf(tile) : noSettings)
  }
  const submit = () => {
    if (contextId === undefined) return
    const shownTitle = title.trim() === '' ? undefined : title.trim()
    const changed = tile && chartWith({ ...tile, contextId, title: shownTitle }, settings)
    onClose()
    onChart({ tile: changed, contextId, settings, title: shownTitle })
  }
  return (
    <Dialog title={tile === undefined ? 'Add a chart' : 'Edit chart'} onClose={onClose}>
      <PortalContext value={portal}>
        <form
          className="board-form"
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          <div className="chart-chooser">
            <div className="chart-chooser-list">
              <label className="search is-small">
                {icons.search}
                <span className="visually-hidden">Search charts of this room</span>
                <input
                  type="search"
                  value={search}
                  placeholder="Search, such as disk or cpu"
                  autoComplete="off"
                  onChange={(event) => setSearch(event.target.value)}
                  onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
                />
              </label>
              <p className="visually-hidden" role="status">
                {found.length} charts
              </p>
              <ContextList contexts={found} chosen={contextId} onChoose={choose} />
            </div>
            <section className="chart-chooser-preview" aria-label="Preview">
              {deck !== undefined && context !== undefined ? (
                <ChartCard
                  key={context.id}
                  deck={deck}
                  context={context}
                  settings={settings}
                  onSettings={onSettings}
                  {...(title.trim() === '' ? {} : { title: title.trim() })}
                />
              ) : (
                <p className="tile-note">
                  {contextId === undefined
                    ? 'Choose a chart to see it here, live.'
                    : `No node of this room collects ${contextId} at the moment.`}
                </p>
              )}
            </section>
          </div>
          <label>
            <span>Title (the chart has its own if you leave this empty)</span>
            <input
              className="board-field"
              value={title}
              maxLength={boardLimits.titleChars}
              placeholder={context?.title ?? ''}
              autoComplete="off"
              onChange={(event) => setTitle(event.target.value)}
            />
          </label>
          <div className="board-form-buttons">
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="button is-primary" disabled={contextId === undefined}>
              {tile === undefined ? 'Add chart' : 'Done'}
            </button>
          </div>
        </form>
        <div ref={setPortal} />
      </PortalContext>
    </Dialog>
  )
}

const never = () => () => {}

interface ContextListProps {
  readonly contexts: readonly ContextSummary[]
  readonly chosen: string | undefined
  readonly onChoose: (contextId: string) => void
}

/** The contexts that were found, as radio buttons: arrow keys walk through them. */
function ContextList({ contexts, chosen, onChoose }: ContextListProps) {
  const list = useRef<HTMLDivElement>(null)
  if (contexts.length === 0) return <p className="tile-note">Nothing in this room matches.</p>
  return (
    <div ref={list} className="context-list" role="radiogroup" aria-label="Charts of this room">
      {contexts.slice(0, listedMax).map((context) => (
        <label key={context.id} className="context-option" data-chosen={context.id === chosen || undefined}>
          <input type="radio" name="context" value={context.id} checked={context.id === chosen} onChange={() => onChoose(context.id)} />
          <span className="context-option-title">{context.title || context.id}</span>
          <span className="context-option-id">{context.id}</span>
        </label>
      ))}
      {contexts.length > listedMax ? <p className="tile-note">{contexts.length - listedMax} more; another word finds them.</p> : null}
    </div>
  )
}
