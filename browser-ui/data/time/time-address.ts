import { windowLimits, type TimeView, type Timeline } from './timeline.ts'

/**
 * What an address says of time: `last=900` a live window of so many seconds, `from=…&to=…` a span in epoch seconds, `play=always`
 * forced play. Undefined when it says nothing; what is no number says nothing.
 */
export interface TimeAddress {
  readonly lastS?: number
  readonly span?: readonly [number, number]
  readonly isForced?: boolean
}

const wholeNumber = (text: string | null) => (text !== null && /^\d{1,11}$/u.test(text) ? Number(text) : undefined)

export function readTimeAddress(search: string): TimeAddress | undefined {
  const query = new URLSearchParams(search)
  const lastS = wholeNumber(query.get('last'))
  const [fromS, toS] = [wholeNumber(query.get('from')), wholeNumber(query.get('to'))]
  const address: TimeAddress = {
    ...(lastS === undefined ? {} : { lastS }),
    ...(fromS === undefined || toS === undefined || fromS === toS ? {} : { span: [fromS, toS] as const }),
    ...(query.get('play') === 'always' ? { isForced: true } : {}),
  }
  return Object.keys(address).length === 0 ? undefined : address
}

/** The query of an address with this view of time in it and everything else as it was; begins with `?` unless it is empty. */
export function writeTimeAddress(search: string, view: TimeView, usualWindowS: number): string {
  const query = new URLSearchParams(search)
  for (const name of ['last', 'from', 'to', 'play']) query.delete(name)
  if (view.endS !== undefined && (view.mode === 'past' || view.mode === 'locked')) {
    const toS = Math.round(view.endS)
    query.set('from', String(toS - Math.round(view.windowS)))
    query.set('to', String(toS))
  } else {
    const lastS = Math.round(view.windowS)
    if (lastS !== usualWindowS) query.set('last', String(lastS))
    if (view.isForced) query.set('play', 'always')
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Brings a timeline to where an address says, within its bounds. */
export function followTimeAddress(timeline: Timeline, { lastS, span, isForced }: TimeAddress): void {
  if (span !== undefined) return timeline.show(...span)
  if (lastS !== undefined) timeline.setWindow(Math.min(windowLimits.maxS, lastS))
  if (isForced === true) timeline.setForced(true)
}
