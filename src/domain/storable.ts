import type { LogField } from './log-fields.ts'

/**
 * What a store, a log, an error, a metric label or a queue may hold: plain data, deeply.
 * `Ephemeral` (live bytes) is a class with methods and therefore never assignable to it; test/types proves that.
 */
export type Storable = string | number | boolean | null | readonly Storable[] | { readonly [key: string]: Storable | undefined }

/** A flat set of the fields that a log line may have; texts are cut at 2 KiB by the log. */
export type LogFields = { readonly [K in LogField]?: string | number | boolean | null | undefined }
