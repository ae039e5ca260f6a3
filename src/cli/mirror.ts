import { ThroughlineError } from '../errors/throughline-error.ts'
import { askCloud } from './ask-cloud.ts'
import type { CliContext, Command } from './command.ts'

const path = '/api/throughline/v1/mirror'

interface Answer {
  readonly sink: string
  readonly isReachable: boolean
  readonly waiting: number
  readonly oldestWaitingSinceMs: number | null
  readonly lastLoadedAtMs: number | null
  readonly trouble: 'disk-full' | 'disk' | 'store' | null
  readonly deadLetters: readonly { letterId: string; table: string; key: string; reason: string; atMs: number }[]
}

const troubles = {
  'disk-full': 'Changes are not noted at the moment: the disk is full. They stay in the store and are noted when there is room.',
  disk: 'Changes are not noted at the moment: the outbox folder cannot be written.',
  store: 'Changes are not noted at the moment: the store does not answer.',
}

export const mirror: Command = {
  summary: 'tells how far the mirror is behind and which rows it refused: mirror; mirror retry <id>; mirror drop <id>',
  operands: '[retry <id> | drop <id>]',
  options: { json: { type: 'boolean', doc: 'as JSON' } },
  async run(context, values, operands) {
    const [action, letterId, ...rest] = operands
    if (action === undefined) return status(context, values['json'] === true)
    if ((action !== 'retry' && action !== 'drop') || letterId === undefined || rest.length > 0)
      throw new ThroughlineError('USAGE', 'Say mirror, mirror retry <id> or mirror drop <id>.')
    const place = `${path}/dead-letters/${encodeURIComponent(letterId)}`
    const answer =
      action === 'retry'
        ? await askCloud(context.config(), context.clock, `${place}/retry`, 'POST')
        : await askCloud(context.config(), context.clock, place, 'DELETE')
    if (answer === undefined) throw notRunning()
    if (action === 'drop') context.print('The row is given up; the mirror stays without it.')
    else if ((answer as { outcome: string }).outcome === 'loaded') context.print('The row is in the mirror.')
    else context.print('The mirror refused the row again.')
  },
}

const notRunning = () => new ThroughlineError('NOT_FOUND', 'No cloud runs here; what waits is mirrored after its next start.')

async function status(context: CliContext, isJson: boolean): Promise<void> {
  const answer = (await askCloud(context.config(), context.clock, path)) as Answer | undefined
  if (answer === undefined) throw notRunning()
  if (isJson) return context.print(JSON.stringify(answer, null, 2))
  const at = (ms: number) => new Date(ms).toISOString()
  const { sink, isReachable, waiting, oldestWaitingSinceMs, lastLoadedAtMs, trouble, deadLetters } = answer
  if (sink === 'off') context.print('The mirror is off; changes are noted for backups.')
  else {
    const since = oldestWaitingSinceMs === null ? '' : `, the oldest since ${at(oldestWaitingSinceMs)}`
    context.print(
      `The mirror is in ${sink === 'duckdb' ? 'DuckDB' : 'BigQuery'} and ${isReachable ? 'answers' : 'does not answer at the moment'}.`,
    )
    context.print(waiting === 0 ? 'Nothing waits.' : `${waiting} changes wait${since}.`)
    context.print(lastLoadedAtMs === null ? 'Nothing was loaded yet.' : `Last loaded at ${at(lastLoadedAtMs)}.`)
  }
  if (trouble !== null) context.print(troubles[trouble])
  if (deadLetters.length === 0) return
  context.print(`${deadLetters.length} rows were refused:`)
  for (const letter of deadLetters) context.print(`${letter.letterId}  ${letter.table} ${letter.key}: ${letter.reason}, ${at(letter.atMs)}`)
}
