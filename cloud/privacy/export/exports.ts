import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import type { OwnSpace, Subject } from '../receipt/subject.ts'
import { rowsOfPerson, rowsOfSpace, type ExportRowsDeps } from './export-rows.ts'
import { csvChunks, jsonChunks, type ExportFormat } from './export-text.ts'

/** A link to an export is good once, and for a day (security N4); each file that is being made walks over everything there is. */
export const exportLimits = { linkMs: 24 * 3_600_000, open: 20, filesAtOnce: 4 } as const

export type ExportScope = 'me' | 'space'

/** A link that was made and not used yet. */
export interface OpenExport {
  readonly exportId: string
  readonly format: ExportFormat
  readonly scope: ExportScope
  readonly spaceId: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

export interface ExportWish {
  readonly format: ExportFormat
  readonly scope: ExportScope
  readonly spaceId?: string | undefined
}

/** A file that is made while it is sent. */
export interface ExportFile {
  readonly type: string
  readonly fileName: string
  readonly chunks: AsyncIterable<string>
  readonly scope: ExportScope
  readonly spaceId: string | null
  readonly format: ExportFormat
}

export interface ExportsDeps extends ExportRowsDeps {
  readonly links: MetadataStore
  readonly subjectOf: (personId: string) => Promise<Subject>
  readonly clock: Clock
}

/** Exports belong to whoever asked for them. Nothing is written to disk: the file is made when it is fetched. */
export interface Exports {
  /** Throws NOT_FOUND for a space the person is not in, FORBIDDEN where they are no admin, LIMIT_REACHED. */
  make(personId: string, wish: ExportWish): Promise<OpenExport & { readonly token: string }>
  list(personId: string): Promise<readonly OpenExport[]>
  /**
   * Uses the link up, in one conditional removal, and answers the file. Throws NOT_FOUND alike for another person's, a used one, an
   * old one and a wrong token, which does not use it up; FORBIDDEN when they are no admin of the space any more; RATE_LIMITED while many
   * files are being made, and then the link stays good.
   */
  open(personId: string, exportId: string, token: string): Promise<ExportFile>
}

const prefix = 'export/'
const keyOf = (personId: string, exportId: string): ItemKey => ({ partition: `person#${personId}`, sort: `${prefix}${exportId}` })
const hashOf = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex')
const gone = () => new ThroughlineError('NOT_FOUND', 'This link was used, is older than a day, or is not yours; make another one.')

export function createExports(deps: ExportsDeps): Exports {
  const { links, subjectOf, clock } = deps
  let running = 0
  async function* counted(chunks: AsyncIterable<string>): AsyncGenerator<string> {
    running += 1
    try {
      yield* chunks
    } finally {
      running -= 1
    }
  }

  const spaceOf = (subject: Subject, spaceId: string | undefined): OwnSpace => {
    const space = subject.spaces.find((each) => each.spaceId === spaceId)
    if (space === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    if (!space.isAdmin) throw new ThroughlineError('FORBIDDEN', 'Only admins of a space export it.')
    return space
  }

  return {
    async make(personId, { format, scope, spaceId }) {
      if (scope === 'space') spaceOf(await subjectOf(personId), spaceId)
      const { items } = await links.list(`person#${personId}`, { prefix, limit: exportLimits.open })
      if (items.length >= exportLimits.open)
        throw new ThroughlineError('LIMIT_REACHED', `At most ${exportLimits.open} links to exports can be open; use one, or wait a day.`)
      const exportId = randomUUID()
      const token = randomBytes(32).toString('base64url')
      const createdAtMs = clock.nowMs()
      const expiresAtMs = createdAtMs + exportLimits.linkMs
      const about = scope === 'space' && spaceId !== undefined ? { spaceId } : {}
      const data = { hash: hashOf(token), format, scope, createdAtMs, ...about }
      await links.write({ ...keyOf(personId, exportId), kind: 'export-file', data, expiresAtMs }, 'absent')
      return { exportId, format, scope, spaceId: about.spaceId ?? null, createdAtMs, expiresAtMs, token }
    },

    async list(personId) {
      const { items } = await links.list(`person#${personId}`, { prefix, limit: exportLimits.open })
      return items.map(openOf)
    },

    async open(personId, exportId, token) {
      const item = await links.read(keyOf(personId, exportId))
      if (item === undefined || !isToken(token, (item.data as { hash: string }).hash)) throw gone()
      const { format, scope, spaceId } = openOf(item)
      const subject = await subjectOf(personId)
      const space = scope === 'space' ? spaceOf(subject, spaceId ?? undefined) : undefined
      if (running >= exportLimits.filesAtOnce)
        throw new ThroughlineError('RATE_LIMITED', 'Many exports are being made; your link stays good, so come again in a minute.')
      if (!(await links.remove(item, item.revision))) throw gone()
      const nowMs = clock.nowMs()
      const about =
        space === undefined
          ? 'Everything this installation of Throughline holds about you, row by row. Live values are never kept.'
          : `Everything this installation of Throughline holds of the space ${space.name}, row by row. Live values are never kept.`
      const rows = space === undefined ? rowsOfPerson(deps, subject, nowMs) : rowsOfSpace(deps, subject, space, nowMs)
      const head = { madeAtMs: nowMs, about }
      const day = new Date(nowMs).toISOString().slice(0, 10)
      return {
        type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
        fileName: `throughline-${space === undefined ? 'about-me' : 'space'}-${day}.${format}`,
        chunks: counted(format === 'csv' ? csvChunks(head, rows) : jsonChunks(head, rows)),
        scope,
        spaceId,
        format,
      }
    },
  }
}

/** Compared in constant time. */
function isToken(token: string, hash: string): boolean {
  const [expected, actual] = [Buffer.from(hash, 'hex'), Buffer.from(hashOf(token), 'hex')]
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function openOf({ sort, data, expiresAtMs = 0 }: StoredItem): OpenExport {
  const { format, scope, spaceId, createdAtMs } = data as Omit<OpenExport, 'exportId'>
  return { exportId: sort.slice(prefix.length), format, scope, spaceId: spaceId ?? null, createdAtMs, expiresAtMs }
}
