import { createMarkerSearch, searchStream } from './marker.ts'

export const placeNames = ['table', 'opened', 'queue', 'outbox', 'mirror', 'backup', 'log', 'memory', 'files'] as const

/** Somewhere a value could have stayed. */
export interface Place {
  readonly name: (typeof placeNames)[number]
  /** What was looked at, in words. */
  readonly what: string
  /** `items`: each piece stands for itself and may be compressed; `stream`: pieces of one text. */
  readonly form: 'items' | 'stream'
  readonly pieces: AsyncIterable<Uint8Array>
  /** Whether the control was put there: then it has to be found. */
  readonly hasControl: boolean
}

/** What a search of one place ended with. */
export interface SearchedPlace {
  readonly name: Place['name']
  readonly what: string
  readonly pieces: number
  readonly bytes: number
  /** How many of the markers were found: none, if the promise is kept. */
  readonly found: number
  /** Whether the control was found; null where none was put. */
  readonly isControlFound: boolean | null
}

/** Looks for the markers and for the control in a place, piece by piece in bounded memory. */
export async function searchPlace(place: Place, markers: readonly string[], control: string): Promise<SearchedPlace> {
  const search = createMarkerSearch([...markers, control])
  let pieces = 0
  const counted = async function* () {
    for await (const piece of place.pieces) {
      pieces++
      yield piece
    }
  }
  let bytes = 0
  const found = new Set<string>()
  if (place.form === 'stream') {
    const whole = await searchStream(search, counted())
    bytes = whole.bytes
    for (const marker of whole.found) found.add(marker)
  } else {
    for await (const piece of counted()) {
      bytes += piece.byteLength
      for (const marker of search.in(piece)) found.add(marker)
    }
  }
  const { name, what, hasControl } = place
  return {
    name,
    what,
    pieces,
    bytes,
    found: markers.filter((each) => found.has(each)).length,
    isControlFound: hasControl ? found.has(control) : null,
  }
}

/** `clean`: no marker anywhere, and every control was found; `found`: a value stayed; `blind`: a control was missed, so the search proves nothing. */
export type Verdict = 'clean' | 'found' | 'blind'

export function verdictOf(places: readonly SearchedPlace[]): Verdict {
  if (places.some(({ found }) => found > 0)) return 'found'
  return places.some(({ isControlFound }) => isControlFound === false) ? 'blind' : 'clean'
}
