import { useEffect, useMemo, useState, type RefObject } from 'react'
import type { ChartSection } from '../../data/sections.ts'
import { useActions, type PageAction } from '../../ui/palette/actions.ts'

const none: readonly PageAction[] = []

/** The card that a key is meant for: the one with the focus, else the one under the pointer. */
function currentContext(): string | undefined {
  const card = document.activeElement?.closest('[data-context]') ?? document.querySelector('[data-context]:hover')
  return card?.getAttribute('data-context') ?? undefined
}

/** The first card on screen below the bars. */
function firstOnScreen(): string | undefined {
  const cards = [...document.querySelectorAll('[data-context]')]
  return cards.find((card) => card.getBoundingClientRect().top >= 100)?.getAttribute('data-context') ?? undefined
}

/**
 * Keys of a page of charts: next and previous chart, expand, search. Answers the context that must be in the document because the
 * focus goes there.
 */
export function useChartKeys(
  sections: readonly ChartSection[],
  search: RefObject<HTMLInputElement | null>,
  onExpand: (contextId: string) => void,
  /** A large chart lies over the page: its keys rest. */
  isCovered: boolean,
): string | undefined {
  const [wanted, setWanted] = useState<{ readonly contextId: string }>()
  const order = useMemo(
    () => sections.filter((section) => !section.isFolded).flatMap((section) => section.contexts.map(({ id }) => id)),
    [sections],
  )

  useEffect(() => {
    if (wanted === undefined) return
    const plot = document.querySelector<HTMLElement>(`[data-context="${CSS.escape(wanted.contextId)}"] .chart-plot`)
    plot?.focus({ preventScroll: true })
    plot?.closest('[data-context]')?.scrollIntoView({ block: 'center', behavior: 'instant' })
  }, [wanted])

  const list = useMemo(() => {
    const go = (by: number) => {
      const current = currentContext()
      const at = current === undefined ? -1 : order.indexOf(current)
      const contextId = at === -1 ? (firstOnScreen() ?? order[0]) : order[Math.min(order.length - 1, Math.max(0, at + by))]
      if (contextId !== undefined) setWanted({ contextId })
    }
    return [
      { id: 'chart-next', title: 'Next chart', group: 'This page', key: 'j', run: () => go(1) },
      { id: 'chart-previous', title: 'Previous chart', group: 'This page', key: 'k', run: () => go(-1) },
      {
        id: 'chart-expand',
        title: 'Expand this chart',
        group: 'This page',
        key: 'e',
        keywords: 'large table values compare export csv png curl',
        run() {
          const contextId = currentContext() ?? firstOnScreen()
          if (contextId !== undefined) onExpand(contextId)
        },
      },
      { id: 'chart-search', title: 'Search charts', group: 'This page', key: '/', run: () => search.current?.focus() },
    ] as const
  }, [order, onExpand, search])
  useActions(isCovered ? none : list)
  return wanted?.contextId
}
