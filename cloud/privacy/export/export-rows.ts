import { findAboutPerson, findInSpace, type ReceiptStores } from '../receipt/find-items.ts'
import { gatherRows } from '../receipt/gather-rows.ts'
import type { FoundItem, MapOf } from '../receipt/look-at-item.ts'
import { rowsElsewhere, type ElsewhereDeps } from '../receipt/rows-elsewhere.ts'
import type { ReceiptRow } from '../../../src/domain/receipt.ts'
import type { OwnSpace, Subject } from '../receipt/subject.ts'

export interface ExportRowsDeps extends ReceiptStores, ElsewhereDeps {
  readonly map?: MapOf
}

/** Every row about a person, one by one and uncut, as it is found. */
export async function* rowsOfPerson(deps: ExportRowsDeps, subject: Subject, nowMs: number): AsyncGenerator<ReceiptRow> {
  // Their own rows and traces; the rest of the spaces they run is another file.
  const alone: Subject = { ...subject, spaces: subject.spaces.map((space) => ({ ...space, isAdmin: false })) }
  for await (const { found } of findAboutPerson(deps, alone, optionsOf(deps))) yield* rowOf(found, nowMs)
  yield* (await rowsElsewhere(deps, alone)).person
}

/** Every row of a space, one by one and uncut, for its admins. */
export async function* rowsOfSpace(deps: ExportRowsDeps, subject: Subject, space: OwnSpace, nowMs: number): AsyncGenerator<ReceiptRow> {
  for await (const found of findInSpace(deps, space.spaceId, optionsOf(deps))) yield* rowOf(found, nowMs)
  const elsewhere = await rowsElsewhere(deps, { ...subject, spaces: [space] })
  yield* elsewhere.spaces.get(space.spaceId) ?? []
}

const optionsOf = ({ map }: ExportRowsDeps) => ({ isCut: false, ...(map === undefined ? {} : { map }) })

const rowOf = (found: FoundItem, nowMs: number): readonly ReceiptRow[] => {
  const gathering = gatherRows({ nowMs, isApart: true })
  gathering.add(found)
  return gathering.rows()
}
