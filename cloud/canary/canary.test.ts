import { deflateRawSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { silentLog, type Log } from '../../src/support/log.ts'
import { createLogTap } from './log-tap.ts'
import { createMarkerSearch, isMarker, newMarker, searchStream } from './marker.ts'
import { searchPlace, verdictOf, type Place } from './search-place.ts'
import { storedPieces } from './stored-pieces.ts'
import { createWatchedProcess } from './watched-process.ts'

async function* each<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

it('[CN4] a marker is found in every form in which it could lie', async () => {
  const markers = Array.from({ length: 50 }, newMarker)
  expect(markers.every(isMarker)).toBe(true)
  const [marker = '', other = ''] = markers
  const search = createMarkerSearch([marker, other])
  const double = (write: (bytes: Buffer) => void) => {
    const bytes = Buffer.alloc(24, 7)
    write(bytes)
    return bytes
  }
  const forms = [
    Buffer.from(`{"value":${marker}}`),
    Buffer.from(`the value is ${Number(marker).toFixed(2)} %`),
    Buffer.from(`x${marker}`, 'utf16le'),
    double((bytes) => bytes.writeDoubleLE(Number(marker), 9)),
    double((bytes) => bytes.writeDoubleBE(Number(marker), 3)),
    gzipSync(`a ${marker} b`),
    deflateRawSync(JSON.stringify([1, Number(marker)])),
  ]
  for (const bytes of forms) expect(search.in(bytes)).toEqual([marker])
  expect(search.in(Buffer.from('1234567.1234567'))).toEqual([])
  const text = Buffer.from(`.......${marker}.......`)
  for (let cut = 1; cut < text.length; cut++)
    expect((await searchStream(search, each(text.subarray(0, cut), text.subarray(cut)))).found).toEqual([marker])
})

it('[CN2] [CN6] a value that was kept is found, and a control that is missed proves nothing', async () => {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const [value, control] = [newMarker(), newMarker()]
  const place = (): Place => ({
    name: 'table',
    what: 'the table',
    form: 'items',
    pieces: storedPieces(store, () => true),
    hasControl: true,
  })
  expect(verdictOf([await searchPlace(place(), [value], control)])).toBe('blind')
  await store.write({ partition: 'canary', sort: 'control', kind: 'canary-control', data: { marker: control } }, 'absent')
  expect(verdictOf([await searchPlace(place(), [value], control)])).toBe('clean')
  await store.write({ partition: 'canary', sort: 'other', kind: 'canary-control', data: { marker: value } }, 'absent')
  const outcome = await searchPlace(place(), [value], control)
  expect([outcome.found, outcome.isControlFound, verdictOf([outcome])]).toEqual([1, true, 'found'])
})

it('[CN2] the running cloud shows its log while it is read, with the control in it and in memory', async () => {
  const written: string[] = []
  const log: Log = { ...silentLog, info: (event) => void written.push(event) }
  const tap = createLogTap(log)
  const watched = createWatchedProcess({ tap, clock: createHandClock() })
  const control = newMarker()
  const lines = watched.log(control)
  expect((await lines.next()).value).toContain(control)
  tap.log.info('up', { port: 1 })
  expect(JSON.parse((await lines.next()).value ?? '')).toEqual({ level: 'info', event: 'up', port: 1 })
  const pieces = (async function* () {
    for await (const piece of watched.heap()) yield Buffer.from(piece)
  })()
  expect((await searchStream(createMarkerSearch([control]), pieces)).found).toEqual([control])
  await lines.return(undefined)
  tap.log.info('down')
  expect(written).toEqual(['canary_control', 'up', 'down'])
  await expect(watched.log('8443').next()).rejects.toMatchObject({ code: 'BODY_UNPROCESSABLE' })
})
