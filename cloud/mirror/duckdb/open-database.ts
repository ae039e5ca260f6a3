import { chmod } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** A database file that is open: no other process has it meanwhile. */
export interface OpenDatabase {
  readonly connection: DuckDBConnection
  close(): void
}

/** What the engine may take and reach: little memory, one thread, no other file and no network (security §10). */
const bounds = {
  threads: '1',
  memory_limit: '160MB',
  preserve_insertion_order: 'false',
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
}

/** The refusal of a mirror that cannot answer; what the engine said stays in `cause`. */
export function mirrorUnavailable(cause?: unknown): ThroughlineError {
  return new ThroughlineError('MIRROR_UNAVAILABLE', 'The mirror cannot answer now.', cause === undefined ? undefined : { cause })
}

/** Opens the file, made when it is not there and nothing is only read. The engine is loaded with the first call. Throws MIRROR_UNAVAILABLE. */
export async function openDatabase(path: string, { isReadOnly }: { readonly isReadOnly: boolean }): Promise<OpenDatabase> {
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(path, { ...bounds, ...(isReadOnly ? { access_mode: 'READ_ONLY' } : {}) })
    try {
      const connection = await instance.connect()
      if (!isReadOnly) await chmod(path, 0o600)
      await connection.run('SET lock_configuration = true')
      return {
        connection,
        close() {
          connection.closeSync()
          instance.closeSync()
        },
      }
    } catch (cause) {
      instance.closeSync()
      throw cause
    }
  } catch (cause) {
    throw cause instanceof ThroughlineError ? cause : mirrorUnavailable(cause)
  }
}
