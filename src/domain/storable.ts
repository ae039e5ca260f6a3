/**
 * What a store, a log, an error, a metric label or a queue may hold: plain data, deeply.
 * `Ephemeral` (live bytes) is a class with methods and therefore never assignable to it; test/types proves that.
 */
export type Storable = string | number | boolean | null | readonly Storable[] | { readonly [key: string]: Storable | undefined }

/** A flat set of log fields; values are cut at 2 KiB by the log. */
export type LogFields = { readonly [key: string]: string | number | boolean | null | undefined }
