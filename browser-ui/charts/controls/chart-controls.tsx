import { useCallback, useState, type ReactNode } from 'react'
import { isUntouched, aggregations, type CardSettings } from '../../data/charts/card-settings.ts'
import { aggregationWords, kindWords } from '../../data/charts/facet-words.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import type { Deck } from '../deck.ts'
import { PopoverOnDemand, reachingForPopover } from '../../ui/overlays/popover-on-demand.tsx'
import { CheckChooser } from './check-chooser.tsx'
import { controlIcons } from './control-icons.tsx'
import { OptionList } from './option-list.tsx'
import { usePortal } from './portal.ts'
import { useChartChoosers, type ChartChoosers, type FacetChooser } from './use-chart-choosers.ts'

interface ChartControlsProps {
  readonly deck: Deck
  readonly context: ContextSummary
  readonly settings: CardSettings
  readonly onSettings: (contextId: string, settings: CardSettings) => void
}

/** A control that is a word, and the list behind it. */
interface Control {
  readonly id: string
  readonly label: string
  readonly words: string
  readonly isChanged: boolean
  readonly content: ReactNode
}

/** What can be chosen about a chart: a row of quiet words; on a phone one button for all of it. */
export function ChartControls({ deck, context, settings, onSettings }: ChartControlsProps) {
  const choosers = useChartChoosers(deck, context, settings, onSettings)
  // A hundred charts have six lists each; only the one that is open is made.
  const [open, setOpen] = useState<{ readonly id: string; readonly anchor: HTMLElement }>()
  const close = useCallback(() => setOpen(undefined), [])
  const portal = usePortal()
  const isChanged = !isUntouched(settings)
  const press = (id: string, anchor: HTMLElement) => {
    setOpen(open?.id === id ? undefined : { id, anchor })
    if (open?.id !== id) choosers.renew()
  }
  const controls: readonly Control[] = [
    {
      id: 'group',
      label: 'Group by',
      words: groupText(choosers),
      isChanged: settings.groupBy !== undefined,
      content: <Grouping choosers={choosers} />,
    },
    {
      id: 'aggregate',
      label: 'Aggregate',
      words: aggregationWords[choosers.aggregation].toLowerCase(),
      isChanged: settings.aggregation !== undefined,
      content: <Aggregating choosers={choosers} />,
    },
    ...choosers.facets.map((facet) => ({
      id: facet.id,
      label: facet.title,
      words: facet.words,
      isChanged: facet.isChanged,
      content: <Facet facet={facet} />,
    })),
    {
      id: 'kind',
      label: 'Chart type',
      words: kindWords[choosers.kind].toLowerCase(),
      isChanged: settings.kind !== undefined,
      content: <Painting choosers={choosers} />,
    },
  ]
  const reset = isChanged ? (
    <button type="button" className="control is-reset" onClick={choosers.reset} title="Back to what the chart came with">
      {controlIcons.reset} Reset
    </button>
  ) : null
  return (
    <>
      <div className="control-row" role="group" aria-label={`Controls of ${context.title || context.id}`}>
        {controls.map((control) => (
          <button
            key={control.id}
            type="button"
            className="control"
            data-changed={control.isChanged || undefined}
            data-state={open?.id === control.id ? 'open' : undefined}
            aria-haspopup="dialog"
            {...reachingForPopover}
            aria-expanded={open?.id === control.id}
            aria-label={`${control.label}: ${control.words}`}
            onClick={(event) => press(control.id, event.currentTarget)}
          >
            <span className="control-words">{control.words}</span>
          </button>
        ))}
        {reset}
      </div>
      <div className="control-adjust">
        <button
          type="button"
          className="control"
          data-changed={isChanged || undefined}
          aria-haspopup="dialog"
          {...reachingForPopover}
          aria-expanded={open?.id === 'all'}
          onClick={(event) => press('all', event.currentTarget)}
        >
          {controlIcons.adjust} Adjust
        </button>
      </div>
      {open === undefined ? null : (
        <PopoverOnDemand
          anchor={open.anchor}
          className={open.id === 'all' ? 'popover control-popover is-sheet' : 'popover control-popover'}
          label={controls.find(({ id }) => id === open.id)?.label ?? 'Adjust'}
          align="start"
          container={portal}
          beginsAtChosen={open.id !== 'all'}
          onClose={close}
        >
          {open.id === 'all' ? (
            <>
              <Grouping choosers={choosers} />
              <Aggregating choosers={choosers} />
              {choosers.facets.map((facet) => (
                <details key={facet.id} className="control-fold">
                  <summary>
                    {facet.title} <span>{facet.words}</span>
                  </summary>
                  <Facet facet={facet} />
                </details>
              ))}
              <Painting choosers={choosers} />
              <div className="control-foot">
                {reset}
                <button type="button" className="button is-small" onClick={close}>
                  Done
                </button>
              </div>
            </>
          ) : (
            controls.find(({ id }) => id === open.id)?.content
          )}
        </PopoverOnDemand>
      )}
    </>
  )
}

const groupText = ({ groupBy, groups }: ChartChoosers) =>
  `by ${groupBy.map((id) => (groups.find((group) => group.id === id)?.name ?? id).toLowerCase()).join(', ')}`

function Grouping({ choosers }: { readonly choosers: ChartChoosers }) {
  return (
    <fieldset className="chooser">
      <legend>Group by</legend>
      <div className="chooser-list">
        {choosers.groups.map(({ id, name }) => (
          <label key={id} className="chooser-radio">
            <input type="checkbox" checked={choosers.groupBy.includes(id)} onChange={() => choosers.toggleGroup(id)} />
            <span className="chooser-name">{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Aggregating({ choosers }: { readonly choosers: ChartChoosers }) {
  return (
    <OptionList
      title="Join several metrics as"
      options={aggregations.map((id) => ({ id, name: aggregationWords[id] }))}
      value={choosers.aggregation}
      onChoose={choosers.aggregate}
    />
  )
}

function Painting({ choosers }: { readonly choosers: ChartChoosers }) {
  return (
    <OptionList
      title="Chart type"
      options={choosers.kinds.map((id) => ({ id, name: kindWords[id], icon: controlIcons[id] }))}
      value={choosers.kind}
      onChoose={choosers.paint}
    />
  )
}

function Facet({ facet }: { readonly facet: FacetChooser }) {
  return (
    <CheckChooser
      title={facet.title}
      groups={facet.groups}
      isAll={!facet.isChanged}
      onAll={facet.all}
      {...(facet.id === 'labels' ? { note: 'Metrics that have one of the chosen values of every chosen label.' } : {})}
    />
  )
}
