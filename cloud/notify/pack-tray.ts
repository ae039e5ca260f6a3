import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { notifyLimits } from './limits.ts'
import { changesOf, emptyTray, type AlertChange, type Group, type ReachChange, type Told, type Tray } from './tray.ts'

const unpackedBytesMax = 32 * 1024 * 1024

/** Trays of before incidents were followed say nothing of `isUnnamed`: they count as named. */
type PackedTold = readonly [status: Told['status'], atMs: number, hasLeft: 0 | 1, isUnnamed?: 0 | 1]
type PackedGroup = Omit<Group, 'unnamed'> & { readonly unnamed: readonly (readonly [string, PackedTold | null])[] }
/** What is small or has many words; memory of very many news and alerts follows it in bytes. */
interface Packed {
  readonly groups: readonly PackedGroup[]
  readonly sealing: { readonly messageId: string; readonly groups: readonly PackedGroup[]; readonly isFlood: boolean } | null
  readonly again: readonly string[]
  readonly failed: readonly (readonly [string, number])[]
  readonly seals: readonly number[]
  readonly isToldCut: boolean
  readonly silenced: Tray['silenced']
  readonly held?: readonly (readonly [string, AlertChange | ReachChange])[]
  readonly idCount: number
  readonly toldCount: number
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
    const blob = bytesOf(tray)
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
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
  const jsonEnd = 4 + bytes.readUInt32LE(0)
  const text = inflateRawSync(bytes.subarray(4, jsonEnd), { maxOutputLength: unpackedBytesMax }).toString('utf8')
  const { groups, sealing, again, failed, seals, isToldCut, silenced, held, idCount, toldCount } = JSON.parse(text) as Packed
  tray.groups = groups.map(groupOf)
  tray.sealing = sealing === null ? undefined : { ...sealing, groups: sealing.groups.map(groupOf) }
  tray.again = [...again]
  tray.failed = new Map(failed)
  tray.seals = [...seals]
  tray.isToldCut = isToldCut
  tray.silenced = { ...silenced }
  for (const [hash, change] of held ?? []) tray.held.set(hash, change)

  const idTimes = jsonEnd + hashChars * idCount
  const toldHashes = idTimes + 4 * idCount
  const toldTimes = toldHashes + hashChars * toldCount
  const toldMarks = toldTimes + 4 * toldCount
  const idText = bytes.toString('latin1', jsonEnd, idTimes)
  for (let n = 0; n < idCount; n++) tray.ids.set(hashAt(idText, n), bytes.readUInt32LE(idTimes + 4 * n) * 1_000)
  const toldText = bytes.toString('latin1', toldHashes, toldTimes)
  for (let n = 0; n < toldCount; n++) {
    const mark = bytes.readUInt8(toldMarks + n)
    const status = toldStatuses[(mark >> 1) & 3] ?? 'warning'
    const atMs = bytes.readUInt32LE(toldTimes + 4 * n) * 1_000
    tray.told.set(hashAt(toldText, n), { status, atMs, hasLeft: (mark & 1) === 1, isUnnamed: (mark & unnamedMark) !== 0 })
  }
  return tray
}

const hashChars = 16
const unnamedMark = 8
const toldStatuses = ['warning', 'critical', 'unreachable'] as const satisfies readonly Told['status'][]
const hashAt = (text: string, n: number) => text.slice(n * hashChars, (n + 1) * hashChars)
const seconds = (atMs: number) => Math.min(0xffff_ffff, Math.max(0, Math.floor(atMs / 1_000)))

/** Words, deflated, behind their length; then the hashes and times of news, then those of what was told, and a byte of each. */
function bytesOf(tray: Tray): Buffer {
  const json = deflateRawSync(JSON.stringify(packed(tray)), { level: 3 })
  const { ids, told } = tray
  const numbers = (values: readonly number[]) => {
    const bytes = Buffer.allocUnsafe(4 * values.length)
    values.forEach((value, n) => bytes.writeUInt32LE(value, 4 * n))
    return bytes
  }
  const marks = [...told.values()].map(
    ({ status, hasLeft, isUnnamed }) => (toldStatuses.indexOf(status) << 1) | (hasLeft ? 1 : 0) | (isUnnamed ? unnamedMark : 0),
  )
  return Buffer.concat([
    numbers([json.length]),
    json,
    Buffer.from([...ids.keys()].join(''), 'latin1'),
    numbers([...ids.values()].map(seconds)),
    Buffer.from([...told.keys()].join(''), 'latin1'),
    numbers([...told.values()].map(({ atMs }) => seconds(atMs))),
    Buffer.from(marks),
  ])
}

function forget(tray: Tray, nowMs: number): void {
  const { ids, failed } = tray
  const newest = Math.max(0, ...[...ids.values()].slice(-1))
  for (const [id, atMs] of ids) {
    if (ids.size <= notifyLimits.idsKept && newest - atMs <= notifyLimits.idsKeptMs) break
    ids.delete(id)
  }
  // A tenth more than needed, so that a full memory is not sorted at every change.
  if (tray.told.size > notifyLimits.toldKept) cutTold(tray, Math.floor(notifyLimits.toldKept * 0.9))
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
  const { ids, told, groups, held } = tray
  if (told.size + ids.size > 200) {
    cutTold(tray, Math.floor(told.size / 2))
    for (const [id] of [...ids].slice(0, Math.ceil(ids.size / 2))) ids.delete(id)
    return true
  }
  if (held.size > 0) {
    for (const [hash] of [...held].slice(0, Math.ceil(held.size / 2))) held.delete(hash)
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

function packed({ groups, sealing, again, failed, seals, ids, told, held, isToldCut, silenced }: Tray): Packed {
  return {
    groups: groups.map(packedGroup),
    sealing: sealing === undefined ? null : { ...sealing, groups: sealing.groups.map(packedGroup) },
    again,
    failed: [...failed],
    seals,
    isToldCut,
    silenced,
    held: [...held],
    idCount: ids.size,
    toldCount: told.size,
  }
}

const packedTold = ({ status, atMs, hasLeft, isUnnamed }: Told): PackedTold => [status, atMs, hasLeft ? 1 : 0, isUnnamed ? 1 : 0]
const toldOf = ([status, atMs, hasLeft, isUnnamed]: PackedTold): Told => ({
  status,
  atMs,
  hasLeft: hasLeft === 1,
  isUnnamed: isUnnamed === 1,
})
const packedGroup = (group: Group): PackedGroup => ({
  ...group,
  unnamed: [...group.unnamed].map(([hash, told]) => [hash, told === undefined ? null : packedTold(told)] as const),
})
const groupOf = (group: PackedGroup): Group => ({
  ...group,
  unnamed: new Map(group.unnamed.map(([hash, told]) => [hash, told === null ? undefined : toldOf(told)] as const)),
})
