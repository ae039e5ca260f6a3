import type { AlertStatus, Context, NodeInfo } from '../../src/domain/model.ts'
import type { MachineGuid } from '../../src/domain/ids.ts'

/** What a source knows of the host besides its metrics. */
export interface SourceInfo {
  readonly node: NodeInfo
  readonly collectors: readonly { readonly plugin: string; readonly module: string }[]
}

/** An alert's present state, with its values: it goes out over the link and nowhere else. Times are epoch seconds. */
export interface SourceAlert {
  readonly chart: string
  readonly name: string
  readonly context: string
  readonly family: string
  readonly status: AlertStatus
  /** When it took this status; generation C's alert version. */
  readonly whenS: number
  readonly configHash: string
  readonly execPath: string
  readonly configSource: string
  readonly delayS: number
  readonly delayUpToS: number
  readonly lastRepeatS: number
  readonly isSilenced: boolean
  readonly valueText: string
  readonly value: number
  readonly info: string
  readonly summary: string
}

/** One change of an alert as its source logged it; `alert` is its state after the change. */
export interface SourceTransition {
  /** Grows with every change, also from one run to the next; starts anew when the source has lost its log. */
  readonly sequence: number
  readonly alert: SourceAlert
  readonly oldStatus: AlertStatus
  /** Counts the changes of this alert. */
  readonly eventId: number
}

/** How an alert is defined, by the wire's field names (aclk §6.7). */
export type SourceAlertConfig = Readonly<Record<string, string | number>>

/** One allowed GET: `command` is the last level of `/api/v1/…`, `query` the raw text after `?`. */
export interface SourceRequest {
  readonly command: string
  readonly query: string
  readonly acceptsGzip: boolean
}

/** One call of dynamic configuration (agent-api §11.1): an action on an id, and who asks for it. */
export interface ConfigRequest {
  readonly query: string
  /** The document; empty for actions that have none. */
  readonly bodyText: string
  readonly permissions: number
  readonly role: string
  readonly userName: string
  readonly accountId: string
}

/** An answer; its body holds live values. */
export interface SourceAnswer {
  readonly status: number
  readonly contentType: string
  readonly isGzip: boolean
  readonly body: Uint8Array
}

export type SourceChange = 'info' | 'contexts' | 'alerts'

/** Where data comes from. */
export interface Source {
  readonly kind: 'host' | 'netdata'
  /** Whether this source has an alert engine; announced as the capability `health`. */
  readonly hasAlerts: boolean
  /** The id the source itself gives the host; undefined when it has none. Known after `start`. */
  readonly machineGuid: MachineGuid | undefined
  /** Resolves when `info` and `contexts` are complete. Throws SOURCE_UNAVAILABLE with one sentence. */
  start(): Promise<void>
  stop(): Promise<void>
  info(): SourceInfo
  /** Every context with data; versions depend on the definition alone, so that a restart changes nothing. */
  contexts(): readonly Context[]
  alerts(): readonly SourceAlert[]
  /** The newest changes of alerts, oldest first: as many as the source keeps. None is newer than what `alerts` tells. */
  alertLog(): readonly SourceTransition[]
  alertConfig(hash: string): SourceAlertConfig | undefined
  /** Answers one request; never throws but for the signal. */
  answer(request: SourceRequest, signal: AbortSignal): Promise<SourceAnswer>
  /** Reads or changes the configuration of alerts; a source without is not asked, and is announced without the capability `dyncfg`. */
  readonly configure?: ((request: ConfigRequest) => Promise<SourceAnswer>) | undefined
  /** Calls `listener` after something changed; the answer unsubscribes. */
  onChange(listener: (change: SourceChange) => void): () => void
}

const encoder = new TextEncoder()

/** A plain-text answer, as agents refuse. */
export function textAnswer(status: number, text: string): SourceAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', isGzip: false, body: encoder.encode(text) }
}

/** A JSON answer. */
export function jsonAnswer(status: number, text: string): SourceAnswer {
  return { status, contentType: 'application/json; charset=utf-8', isGzip: false, body: encoder.encode(text) }
}
