import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { notifyLimits } from './limits.ts'
import { changesOf, emptyTray, type Group, type Told, type Tray } from './tray.ts'

const unpackedBytesMax = 32 * 1024 * 1024

type PackedTold = readonly [status: Told['status'], atMs: number, hasLeft: 0 | 1]
type PackedGroup = Omit<Group, 'unnamed'> & { readonly unnamed: readonly (readonly [string, PackedTold | null])[] }
interface Packed {
  readonly groups: readonly PackedGroup[]
  readonly sealing: { readonly messageId: string; readonly groups: readonly PackedGroup[]; readonly isFlood: boolean } | null
  readonly again: readonly string[]
  readonly failed: readonly (readonly [string, number])[]
  readonly seals: readonly number[]
  readonly ids: readonly (readonly [string, number])[]
  readonly told: readonly (readonly [string, ...PackedTold])[]
  readonly isToldCut: boolean
  readonly silenced: Tray['silenced']
}

/** What an item says of a tray without unpacking it. */
export interface TrayData {
  readonly [name: string]: number
  readonly open: number
  readonly waiting: number
}

/** The content of a tray's item; what would not fit loses its oldest memory first, and never a change. */
export function packTray(tray: Tray, nowMs: number): { readonly data: TrayData; readonly blob: Uint8Array } {
  forget(tray, nowMs)
  for (;;) {
    const blob = deflateRawSync(JSON.stringify(packed(tray)), { level: 3 })
    if (blob.length <= notifyLimits.trayBytes || !shrink(tray)) {
      const waiting = (tray.sealing === undefined ? 0 : 1) + tray.again.length
      return { data: { open: tray.groups.length, waiting }, blob }
    }
  }
}

/** The tray of an item; an empty one when there is none. */
export function unpackTray(blob: Uint8Array | undefined): Tray {
  const tray = emptyTray()
  if (blob === undefined) return tray
  const text = inflateRawSync(blob, { maxOutputLength: unpackedBytesMax }).toString('utf8')
  const { groups, sealing, again, failed, seals, ids, told, isToldCut, silenced } = JSON.parse(text) as Packed
  tray.groups = groups.map(groupOf)
  tray.sealing = sealing === null ? undefined : { ...sealing, groups: sealing.groups.map(groupOf) }
  tray.again = [...again]
  tray.failed = new Map(failed)
  tray.seals = [...seals]
  for (const [id, atMs] of ids) tray.ids.set(id, atMs)
  for (const [hash, ...rest] of told) tray.told.set(hash, toldOf(rest))
  tray.isToldCut = isToldCut
  tray.silenced = { ...silenced }
  return tray
}

function forget(tray: Tray, nowMs: number): void {
  const { ids, failed } = tray
  const newest = Math.max(0, ...[...ids.values()].slice(-1))
  for (const [id, atMs] of ids) {
    if (ids.size <= notifyLimits.idsKept && newest - atMs <= notifyLimits.idsKeptMs) break
    ids.delete(id)
  }
  cutTold(tray, notifyLimits.toldKept)
  for (const [messageId, untilMs] of failed) if (untilMs <= nowMs || failed.size > notifyLimits.failedKept) failed.delete(messageId)
  tray.seals = tray.seals.filter((atMs) => nowMs - atMs < notifyLimits.floodWithinMs).slice(-notifyLimits.floodMessages)
}

/** Keeps what was told last; the rest is not known any more. */
function cutTold(tray: Tray, most: number): void {
  if (tray.told.size <= most) return
  const oldest = [...tray.told].sort(([, a], [, b]) => a.atMs - b.atMs).slice(0, tray.told.size - most)
  for (const [hash] of oldest) tray.told.delete(hash)
  tray.isToldCut = true
}

/** Makes a tray smaller; answers whether there was anything left to leave out. */
function shrink(tray: Tray): boolean {
  const { ids, told, groups } = tray
  if (told.size + ids.size > 200) {
    cutTold(tray, Math.floor(told.size / 2))
    for (const [id] of [...ids].slice(0, Math.ceil(ids.size / 2))) ids.delete(id)
    return true
  }
  const largest = [...groups].sort((a, b) => changesOf(b) - b.counted - (changesOf(a) - a.counted))[0]
  if (largest === undefined || largest.unnamed.size + largest.alerts.length <= 1) return false
  largest.counted += largest.unnamed.size
  largest.unnamed.clear()
  const kept = Math.max(1, Math.floor(largest.alerts.length / 2))
  largest.counted += largest.alerts.length - kept
  largest.alerts = largest.alerts.slice(0, kept)
  return true
}

function packed({ groups, sealing, again, failed, seals, ids, told, isToldCut, silenced }: Tray): Packed {
  return {
    groups: groups.map(packedGroup),
    sealing: sealing === undefined ? null : { ...sealing, groups: sealing.groups.map(packedGroup) },
    again,
    failed: [...failed],
    seals,
    ids: [...ids],
    told: [...told].map(([hash, each]) => [hash, ...packedTold(each)] as const),
    isToldCut,
    silenced,
  }
}

const packedTold = ({ status, atMs, hasLeft }: Told): PackedTold => [status, atMs, hasLeft ? 1 : 0]
const toldOf = ([status, atMs, hasLeft]: PackedTold): Told => ({ status, atMs, hasLeft: hasLeft === 1 })
const packedGroup = (group: Group): PackedGroup => ({
  ...group,
  unnamed: [...group.unnamed].map(([hash, told]) => [hash, told === undefined ? null : packedTold(told)] as const),
})
const groupOf = (group: PackedGroup): Group => ({
  ...group,
  unnamed: new Map(group.unnamed.map(([hash, told]) => [hash, told === null ? undefined : toldOf(told)] as const)),
})
