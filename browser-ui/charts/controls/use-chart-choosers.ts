import { useCallback, useState, useSyncExternalStore } from 'react'
import {
  choiceOf,
  kindOf,
  kindsFor,
  toggled,
  toggledGroup,
  toggledLabel,
  withSetting,
  type CardSettings,
  type ChartKind,
} from '../../data/charts/card-settings.ts'
import { chosenWords, counted, groupsFor, groupWord, instanceNoun, tellingLabels, type FacetOption } from '../../data/charts/facet-words.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import type { Aggregation, ChartFacets, GroupBy } from '../../data/metrics/metrics-feed.ts'
import type { Deck } from '../deck.ts'
import type { CheckGroup } from './check-chooser.tsx'

/** One list of a chart to choose from. */
export interface FacetChooser {
  readonly id: 'nodes' | 'instances' | 'dimensions' | 'labels'
  readonly title: string
  /** What is let through: `2 of 5 disks`. */
  readonly words: string
  readonly isChanged: boolean
  readonly groups: readonly CheckGroup[]
  readonly all: () => void
}

/** Everything that can be chosen about a chart, and how it is chosen. */
export interface ChartChoosers {
  readonly groupBy: readonly GroupBy[]
  readonly groups: readonly { readonly id: GroupBy; readonly name: string }[]
  readonly aggregation: Aggregation
  readonly kind: ChartKind
  readonly kinds: readonly ChartKind[]
  /** Only lists with something to choose. */
  readonly facets: readonly FacetChooser[]
  readonly toggleGroup: (group: GroupBy) => void
  readonly aggregate: (aggregation: Aggregation) => void
  readonly paint: (kind: ChartKind) => void
  readonly reset: () => void
  /** A list was opened. */
  readonly renew: () => void
}

/** The choosers of a chart, after what its feed knows of the context; renewed when that changes, never with a tick. */
export function useChartChoosers(
  deck: Deck,
  context: ContextSummary,
  settings: CardSettings,
  onSettings: (contextId: string, settings: CardSettings) => void,
): ChartChoosers {
  const { feed } = deck
  // Facets follow the status (agents list their charts, nodes come and go) and what agents say with their first answers, and are
  // looked up again when a list is opened.
  useSyncExternalStore(feed.onStatus, () => feed.status)
  const onAnswer = useCallback(
    (listener: () => void) => feed.onData((contextIds) => void (contextIds.has(context.id) && listener())),
    [feed, context.id],
  )
  useSyncExternalStore(onAnswer, () => feed.heard(context.id))
  const [, setOpenings] = useState(0)
  const facets = feed.facets(context.id)
  const choice = choiceOf(context, settings)
  const set = <K extends keyof CardSettings>(key: K, value: CardSettings[K] | undefined) =>
    onSettings(context.id, withSetting(settings, key, value))

  const list = (
    id: 'nodes' | 'instances' | 'dimensions',
    key: 'nodeIds' | 'instances' | 'dimensions',
    options: readonly FacetOption[],
    noun: readonly [string, string],
  ): FacetChooser => {
    const chosen = settings[key]
    const ids = options.map((option) => option.id)
    return {
      id,
      title: titled(noun[1]),
      words: chosenWords(options, chosen, noun),
      isChanged: chosen !== undefined,
      groups: [
        { title: '', options, chosen, toggle: (entry) => set(key, toggled(ids, chosen, entry)), only: (entry) => set(key, [entry]) },
      ],
      all: () => set(key, undefined),
    }
  }
  const choosers = [
    list('nodes', 'nodeIds', facets.nodes, ['node', 'nodes']),
    list('instances', 'instances', facets.instances, instanceNoun(context.id)),
    list('dimensions', 'dimensions', facets.dimensions, ['dimension', 'dimensions']),
  ].filter((chooser) => chooser.isChanged || (chooser.groups[0]?.options.length ?? 0) > 1)

  return {
    groupBy: choice.groupBy,
    groups: groupsFor(facets, choice.groupBy).map((group) => ({ id: group, name: titled(groupWord(group, context.id)) })),
    aggregation: choice.aggregation,
    kind: kindOf(context, settings),
    kinds: kindsFor(context),
    facets:
      tellingLabels(facets).length === 0 && settings.labels === undefined ? choosers : [...choosers, labelChooser(facets, settings, set)],
    toggleGroup: (group) => set('groupBy', toggledGroup(choice.groupBy, group)),
    aggregate: (aggregation) => set('aggregation', aggregation),
    paint: (kind) => set('kind', kind),
    reset: () => onSettings(context.id, {}),
    renew: () => setOpenings((before) => before + 1),
  }
}

const titled = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function labelChooser(
  facets: ChartFacets,
  settings: CardSettings,
  set: (key: 'labels', value: CardSettings['labels'] | undefined) => void,
): FacetChooser {
  const labels = settings.labels ?? []
  const shown = facets.labels.filter(({ key, values }) => values.length > 1 || labels.some((label) => label.key === key))
  const change = (next: NonNullable<CardSettings['labels']>) => set('labels', next.length === 0 ? undefined : next)
  return {
    id: 'labels',
    title: 'Labels',
    words: labels.length === 0 ? counted(shown.length, ['label', 'labels']) : labels.map((label) => label.value).join(', '),
    isChanged: labels.length > 0,
    groups: shown.map(({ key, values }) => ({
      title: key,
      options: values.map(({ value, count }) => ({ id: value, name: value, count })),
      // Labels are named to narrow: nothing is checked until one is.
      chosen: labels.filter((label) => label.key === key).map((label) => label.value),
      toggle: (value) => change(toggledLabel(labels, key, value)),
      only: (value) => change([...labels.filter((label) => label.key !== key), { key, value }]),
    })),
    all: () => set('labels', undefined),
  }
}
