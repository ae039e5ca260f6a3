import { isBusy, openDatabase } from './schema.ts'

const waitMs = 10_000

/**
 * Writes the file anew without free pages and empties its log, so that nothing of what was taken out of it is left in either. Answers
 * whether it could: not while another process uses it. It needs as much room again as the file takes. Throws DATA_FOLDER_UNUSABLE.
 */
export function compactSqlite(path: string): boolean {
  const database = openDatabase(path)
  try {
    database.pragma(`busy_timeout = ${waitMs}`)
    database.pragma('secure_delete = ON')
    // Beside the data and not in a folder for temporary files; what is written there is sealed already.
    database.pragma('temp_store = MEMORY')
    database.exec('VACUUM')
    const [row] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    return row?.busy === 0
  } catch (thrown) {
    if (isBusy(thrown)) return false
    throw thrown
  } finally {
    database.close()
  }
}
