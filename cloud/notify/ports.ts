import type { NodeId, PersonId, RoomId, SpaceId } from '../../src/domain/ids.ts'
import type { ToldTransition } from '../../src/domain/model.ts'
import type { AlertNews } from '../../src/domain/news.ts'
import type { ShownValue } from '../../src/domain/shown-value.ts'

/** What a target can be told of (cloud-api §8). */
export type NoticeOption = 'CRITICAL' | 'WARNING' | 'CLEAR' | 'REACHABLE' | 'UNREACHABLE'

/** Where messages go: a channel of the space, or a browser of a person in it. Nothing secret stands in it. */
export interface Target {
  /** Unique in the space. */
  readonly targetId: string
  readonly kind: 'channel' | 'push'
  /** Which integration; `push` for a browser. */
  readonly slug: string
  readonly name: string
  readonly isEnabled: boolean
  /** Null: every room. */
  readonly roomIds: readonly RoomId[] | null
  readonly options: readonly NoticeOption[]
  /** After how many minutes what is still raised is told again; 0: never. */
  readonly repeatMin: number
  /** Whether a message may say the value; off unless somebody chose it. */
  readonly includesValue: boolean
  /** Whose browser it is: it hears of what this person may see, and their own silences count. */
  readonly personId: PersonId | undefined
}

/** One alert or node in a message; names are hostile text, escaped by whoever renders them. */
export type MessageItem =
  | (ToldTransition & {
      readonly kind: 'alert'
      readonly newsId: string
      readonly nodeId: NodeId
      readonly hostname: string
      /** Of the alert's definition, as far as it is known; never rendered by an agent, so no value is in them. */
      readonly summary: string
      readonly info: string
      readonly units: string
      readonly className: string
      /** This is a repetition of what was told before. */
      readonly isRepeat: boolean
    })
  | {
      readonly kind: 'reach'
      readonly newsId: string
      readonly nodeIds: readonly NodeId[]
      readonly hostnames: readonly string[]
      readonly parentHostname: string | undefined
      readonly state: 'reachable' | 'unreachable'
      readonly sinceMs: number
    }

/** What is sent to one target at once. A receiver that sees an id again has seen the message. */
export interface Message {
  /** Stable over every attempt; a UUID. */
  readonly messageId: string
  readonly kind: 'alert' | 'reach' | 'test'
  readonly spaceId: SpaceId
  readonly spaceName: string
  readonly roomNames: readonly string[]
  /** At least one; at most 50. */
  readonly items: readonly MessageItem[]
  /** How many more changes this message stands for than it names. */
  readonly omitted: number
  /** So much happened at once that this message stands for different alerts; it says so. */
  readonly isFlood?: boolean
  readonly createdAtMs: number
  /** The page where to look. */
  readonly url: string
}

/** What became of an attempt. `problem` is one sentence of ours; nothing a receiver answered is in it. */
export type Outcome =
  | { readonly is: 'delivered' }
  | { readonly is: 'retry'; readonly problem: string; readonly retryAfterMs?: number | undefined }
  | { readonly is: 'refused'; readonly problem: string }

/** Who knows the targets and how to reach them. */
export interface Targets {
  list(spaceId: SpaceId): Promise<readonly Target[]>
  /** One attempt, bounded to ten seconds. Never throws for what a receiver did; throws STORE_UNAVAILABLE. A target that is gone is `refused`. */
  send(spaceId: SpaceId, targetId: string, message: Message): Promise<Outcome>
}

/** Asks the agent for the value of an alert while its message leaves. Undefined when it does not answer in time or has no such value. */
export interface AlertValues {
  read(
    spaceId: SpaceId,
    nodeId: NodeId,
    alert: Pick<AlertNews, 'chart' | 'name' | 'transitionId' | 'whenS'> & {
      /** Of the alert's definition; agents that say a bare number get them added. */
      readonly units: string
    },
  ): Promise<ShownValue | undefined>
}

/** What a silence is asked about. */
export interface SilenceSubject {
  readonly nodeId: NodeId
  /** Undefined for reachability. */
  readonly alert: Pick<AlertNews, 'chart' | 'name' | 'context' | 'status' | 'oldStatus' | 'configHash'> | undefined
  readonly option: NoticeOption
  readonly target: Pick<Target, 'targetId' | 'kind' | 'slug' | 'personId'>
}

/** Who knows what is silenced. */
export interface Silencer {
  /** The silence that keeps this quiet at this time; undefined: nothing does. */
  silencing(spaceId: SpaceId, subject: SilenceSubject, atMs: number): Promise<{ readonly silenceId: string } | undefined>
}
