import type { FunctionArguments } from './arguments.ts'
import type { Table } from './table/table.ts'

/** One call of a function, after its rights were checked. */
export interface FunctionCall {
  readonly args: FunctionArguments
  /** The caller's mask (agent-api §3.1): a function may show less to some. */
  readonly permissions: number
  /** Aborted when nobody waits any more; what can be broken off is. */
  readonly signal: AbortSignal
}

/** One choice a caller makes, sent as `id:value` (agent-api §12.2). */
export interface RequiredParameter {
  readonly id: string
  readonly name: string
  readonly help: string
  readonly type: 'select' | 'multiselect'
  readonly unique_view: boolean
  readonly options: readonly { readonly id: string; readonly name: string; readonly defaultSelected?: boolean }[]
}

/** What a function answers: a table, or a log's table with more members; or a refusal with a status of agent-api §2.6. */
export type FunctionAnswer =
  | { readonly kind: 'table'; readonly table: Table; readonly extra?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }

/** A live function of this host. It does nothing until it is called. */
export interface HostFunction {
  readonly name: string
  readonly help: string
  readonly tags: string
  /** Smaller is higher in a list. */
  readonly priority: number
  readonly timeoutS: number
  readonly updateEveryS: number
  /** Every bit of this mask must be in the caller's. */
  readonly access: number
  readonly hasHistory: boolean
  readonly acceptedParameters: readonly string[]
  readonly requiredParameters: readonly RequiredParameter[]
  /** Whether this host has what the function shows; looked at whenever somebody asks for the list. */
  isOffered(): boolean
  /** Throws only what it does not expect; the words of that never leave. */
  call(call: FunctionCall): Promise<FunctionAnswer>
}
