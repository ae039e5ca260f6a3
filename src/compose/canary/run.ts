import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { newMarker } from '../../../cloud/canary/marker.ts'
import { searchPlace, verdictOf, type Place, type SearchedPlace } from '../../../cloud/canary/search-place.ts'
import { openedPieces, storedPieces } from '../../../cloud/canary/stored-pieces.ts'
import type { ItemWrite, MetadataStore } from '../../../cloud/store/port.ts'
import type { NodeId } from '../../domain/ids.ts'
import { version } from '../../domain/version.ts'
import type { Clock } from '../../support/clock.ts'
import type { CanaryReport } from './report.ts'
import { filePieces, filesBelow } from './file-pieces.ts'
import type { SearchedMirror } from './mirror-pieces.ts'
import type { CloudPlace, Watcher } from './watcher.ts'
import { canaryHostname, weaveMarkers } from './weave.ts'

/** What a run needs of the installation it proves. */
export interface CanaryDeps {
  readonly cloud: CloudPlace
  readonly watcher: Watcher
  readonly claimToken: string
  readonly raw: MetadataStore
  readonly store: MetadataStore
  /** Reads a stream of the running cloud as its operator. */
  readonly stream: (path: string) => Promise<AsyncIterable<Uint8Array>>
  readonly removeNode: (nodeId: NodeId) => Promise<void>
  /** Undefined: there is none. */
  readonly mirror: SearchedMirror | undefined
  /** What a backup taken now holds, opened; the folder is for its file and goes afterwards. */
  readonly backupPieces: (folder: string) => AsyncIterable<Uint8Array>
  /** Folders and files that belong to the installation, and logs that the operator names. */
  readonly files: readonly string[]
  readonly outbox: string
  readonly seconds: number
  readonly clock: Clock
  readonly tell: (line: string) => void
  readonly stop: AbortSignal
}

const controlKey = { partition: 'canary', sort: 'control' } as const
const controlKeptMs = 3_600_000
const mirrorPatienceMs = 180_000

/**
 * The proof that no live value is kept: random markers go through the running cloud as values, live, from the past and of alerts; then
 * every place where something could have stayed is searched for them, and for a control that was put there on purpose.
 */
export async function runCanary(deps: CanaryDeps): Promise<CanaryReport> {
  const { raw, store, clock, tell } = deps
  const startedAtMs = clock.nowMs()
  const control = newMarker()
  const folder = await mkdtemp(join(tmpdir(), 'throughline-canary-'))
  const log = readWhile(await deps.stream(`/api/throughline/v1/canary/log?control=${control}`))
  try {
    await clearLeftovers(deps)
    tell('Planting the control …')
    await plant(raw, control, clock.nowMs() + controlKeptMs)
    tell(`Sending markers through the cloud for ${deps.seconds} seconds …`)
    const woven = await weaveMarkers(deps)
    const { markers, delivered } = woven
    const searched: SearchedPlace[] = []
    const search = async (place: Place) => {
      tell(`Searching ${place.what} …`)
      const outcome = await searchPlace(place, markers, control)
      searched.push(outcome)
      return outcome
    }
    // Memory first: the log is still being read, so the control is there, and what was delivered is as fresh as it gets.
    const heap = await deps.stream('/api/throughline/v1/canary/heap')
    await search({ name: 'memory', what: 'the memory of the running cloud', form: 'stream', pieces: heap, hasControl: true })
    const isMessage = ({ kind }: { readonly kind: string }) => kind === 'message'
    const stored = (name: Place['name'], what: string, isWanted: Parameters<typeof storedPieces>[1], hasControl: boolean): Place => ({
      name,
      what,
      form: 'items',
      pieces: storedPieces(raw, isWanted),
      hasControl,
    })
    await search(stored('table', 'the table, as it lies at rest', (item) => !isMessage(item), true))
    await search(stored('queue', 'messages that wait or were sent', isMessage, false))
    await search({
      name: 'opened',
      what: 'the table with its seals opened',
      form: 'items',
      pieces: openedPieces(raw, store),
      hasControl: true,
    })
    const outbox = filePieces(await filesBelow([deps.outbox]))
    await search({ name: 'outbox', what: 'the log of changes', form: 'stream', pieces: outbox, hasControl: true })
    const backup: Place = {
      name: 'backup',
      what: 'a backup taken now, opened',
      form: 'items',
      pieces: deps.backupPieces(folder),
      hasControl: true,
    }
    await search(backup)
    const { mirror } = deps
    if (mirror !== undefined) {
      await untilMirrored(mirror, control, clock)
      await search({ name: 'mirror', what: 'every row of the mirror', form: 'items', pieces: mirror.everything(), hasControl: true })
    }
    await search({
      name: 'files',
      what: 'the files of the installation',
      form: 'stream',
      pieces: filePieces(await filesBelow(deps.files)),
      hasControl: true,
    })
    await deps.removeNode(woven.nodeId)
    const lines = await log.end()
    await search({ name: 'log', what: 'the log, line by line', form: 'items', pieces: lines, hasControl: true })
    return {
      version,
      startedAtMs,
      endedAtMs: clock.nowMs(),
      delivered,
      markers,
      control,
      places: searched,
      notSearched: mirror === undefined ? ['mirror'] : [],
      verdict: verdictOf(searched),
    }
  } finally {
    await log.end()
    await unplant(raw)
    await rm(folder, { recursive: true, force: true })
  }
}

/** A run that was stopped leaves its node; the next one takes it away. */
async function clearLeftovers({ watcher, removeNode }: CanaryDeps): Promise<void> {
  const { nodes } = (await watcher.get('/api/throughline/v1/nodes')) as { nodes: { nodeId: NodeId; hostname: string; state: string }[] }
  for (const { nodeId, hostname, state } of nodes) if (canaryHostname.test(hostname) && state !== 'live') await removeNode(nodeId)
}

async function plant(raw: MetadataStore, marker: string, expiresAtMs: number): Promise<void> {
  const item: ItemWrite = { ...controlKey, kind: 'canary-control', data: { marker }, expiresAtMs }
  for (;;) {
    const before = await raw.read(controlKey)
    if ((await raw.write(item, before?.revision ?? 'absent')) !== undefined) return
  }
}

async function unplant(raw: MetadataStore): Promise<void> {
  for (;;) {
    const item = await raw.read(controlKey)
    if (item === undefined || (await raw.remove(controlKey, item.revision))) return
  }
}

/** The mirror comes a little behind the table; the control says when it is there. */
async function untilMirrored(mirror: SearchedMirror, control: string, clock: Clock): Promise<void> {
  const endMs = clock.monotonicMs() + mirrorPatienceMs
  while (clock.monotonicMs() < endMs) {
    for await (const piece of mirror.controls()) if (Buffer.from(piece).includes(control)) return
    await pause(mirror.lookMs)
  }
}

/** Reads a stream until it is told to end; what came is searched afterwards, so it is bounded. */
function readWhile(stream: AsyncIterable<Uint8Array>) {
  const pieces: Uint8Array[] = []
  const iterator = stream[Symbol.asyncIterator]()
  let ended: Promise<unknown> | undefined
  const reading = (async () => {
    for (;;) {
      const { value, done } = await iterator.next().catch(() => ({ value: undefined, done: true as const }))
      if (done === true || value === undefined) return
      pieces.push(value)
    }
  })()
  return {
    async end(): Promise<AsyncIterable<Uint8Array>> {
      ended ??= Promise.race([reading, Promise.resolve(iterator.return?.())])
      await ended
      return (async function* () {
        yield Buffer.concat(pieces)
      })()
    },
  }
}
