import { Popover } from 'radix-ui'
import { isUntouched, aggregations, type CardSettings } from '../../data/charts/card-settings.ts'
import { aggregationWords, kindWords } from '../../data/charts/facet-words.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import type { Deck } from '../deck.ts'
import { CheckChooser } from './check-chooser.tsx'
import { ControlPopover } from './control-popover.tsx'
import { controlIcons } from './control-icons.tsx'
import { usePortal } from './portal.ts'
import { OptionList } from './option-list.tsx'
import { useChartChoosers, type ChartChoosers, type FacetChooser } from './use-chart-choosers.ts'

interface ChartControlsProps {
  readonly deck: Deck
  readonly context: ContextSummary
  readonly settings: CardSettings
  readonly onSettings: (contextId: string, settings: CardSettings) => void
}

/** What can be chosen about a chart: a row of quiet words; on a phone one button for all of it. */
export function ChartControls({ deck, context, settings, onSettings }: ChartControlsProps) {
  const choosers = useChartChoosers(deck, context, settings, onSettings)
  const portal = usePortal()
  const isChanged = !isUntouched(settings)
  const reset = isChanged ? (
    <button type="button" className="control is-reset" onClick={choosers.reset} title="Back to what the chart came with">
      {controlIcons.reset} Reset
    </button>
  ) : null
  return (
    <>
      <div className="control-row" role="group" aria-label={`Controls of ${context.title || context.id}`}>
        <ControlPopover label="Group by" words={groupText(choosers)} isChanged={settings.groupBy !== undefined} onOpen={choosers.renew}>
          <Grouping choosers={choosers} />
        </ControlPopover>
        <ControlPopover
          label="Aggregate"
          words={aggregationWords[choosers.aggregation].toLowerCase()}
          isChanged={settings.aggregation !== undefined}
        >
          <Aggregating choosers={choosers} />
        </ControlPopover>
        {choosers.facets.map((facet) => (
          <ControlPopover key={facet.id} label={facet.title} words={facet.words} isChanged={facet.isChanged} onOpen={choosers.renew}>
            <Facet facet={facet} />
          </ControlPopover>
        ))}
        <ControlPopover label="Chart type" words={kindWords[choosers.kind].toLowerCase()} isChanged={settings.kind !== undefined}>
          <Painting choosers={choosers} />
        </ControlPopover>
        {reset}
      </div>
      <div className="control-adjust">
        <Popover.Root onOpenChange={(isOpen) => (isOpen ? choosers.renew() : undefined)}>
          <Popover.Trigger className="control" data-changed={isChanged || undefined}>
            {controlIcons.adjust} Adjust
          </Popover.Trigger>
          <Popover.Portal container={portal}>
            <Popover.Content className="popover control-popover is-sheet" align="start" sideOffset={4} collisionPadding={12}>
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
                <Popover.Close className="button is-small">Done</Popover.Close>
              </div>
            </Popover.Content>
          </Popover.Portal>
        </Popover.Root>
      </div>
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
