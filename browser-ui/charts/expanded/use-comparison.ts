import { useEffect, useState } from 'react'
import { shiftOf, type ComparisonId } from '../../data/charts/compare.ts'
import type { ChartChoice, MetricsFrame } from '../../data/metrics/metrics-feed.ts'
import type { Deck } from '../deck.ts'

/** An earlier period of a chart. */
export interface Comparison {
  readonly frame: MetricsFrame | undefined
  readonly isLoading: boolean
  /** Why there is none, in a sentence. */
  readonly trouble: string | undefined
  readonly shiftS: number
}

/** While the window moves, the earlier period is asked again after this share of it, but not more often than every few seconds. */
const renewShare = 0.1
const renewLeastS = 10

/** Asks for the period before, or the same time a day or a week ago; asked anew as the window moves on. */
export function useComparison(deck: Deck, choice: ChartChoice, id: ComparisonId | undefined, points: number): Comparison {
  const { feed } = deck
  const [state, setState] = useState<Comparison>(none)
  // The choice as text: cards make a new object for every change, also of what does not matter here.
  const key = JSON.stringify(choice)
  useEffect(() => {
    if (id === undefined) {
      setState(none)
      return undefined
    }
    const abort = new AbortController()
    let askedEndS = Number.NEGATIVE_INFINITY
    let askedWindowS = 0
    let isAsking = false
    const ask = () => {
      const [fromS, toS] = feed.timeline.span()
      const windowS = toS - fromS
      if (windowS <= 0 || isAsking) return
      const movedS = Math.abs(toS - askedEndS)
      if (windowS === askedWindowS && movedS < Math.max(renewLeastS, windowS * renewShare)) return
      const shiftS = shiftOf(id, windowS)
      const isOther = windowS !== askedWindowS
      askedEndS = toS
      askedWindowS = windowS
      isAsking = true
      setState((before) => ({ ...(isOther ? none : before), isLoading: true, shiftS }))
      // A little beyond the end, so that it lasts until it is asked again.
      const aheadS = Math.max(renewLeastS, windowS * renewShare)
      feed
        .frameOf(
          JSON.parse(key) as ChartChoice,
          Math.floor(fromS - shiftS),
          Math.ceil(Math.min(toS - shiftS + aheadS, toS)),
          points,
          abort.signal,
        )
        .then(
          (frame) => setState({ frame, isLoading: false, shiftS, trouble: isBare(frame) ? nothingKept : undefined }),
          (error: unknown) => {
            if (abort.signal.aborted) return
            setState({ frame: undefined, isLoading: false, shiftS, trouble: error instanceof Error ? error.message : nothingKept })
          },
        )
        .finally(() => {
          isAsking = false
        })
    }
    ask()
    const stops = [feed.timeline.onChange(ask), feed.onData(ask)]
    return () => {
      abort.abort()
      for (const stop of stops) stop()
    }
  }, [feed, id, key, points])
  return state
}

const none: Comparison = { frame: undefined, isLoading: false, trouble: undefined, shiftS: 0 }
const nothingKept = 'The agents keep no values of that period.'
const isBare = (frame: MetricsFrame) => frame.series.every(({ values }) => values.every((value) => value === null))
