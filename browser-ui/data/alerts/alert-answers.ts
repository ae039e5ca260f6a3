import type { RaisedAlert } from '../../link/api.ts'

/** What the cloud knows of one alert, raised or not; no value is in it. */
export interface KnownAlert extends Omit<RaisedAlert, 'status'> {
  readonly status: string
  readonly transitionId?: string | null
}

/** The definition an alert runs by, as agents name its fields; null where it was never told, or the role may not see it. */
export interface KnownDefinition {
  readonly hash: string
  readonly name: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface AlertAnswer {
  readonly alert: KnownAlert
  readonly config: KnownDefinition | null
  /** By which of its two ways the agent can be asked for history; null: by none, or nobody can ask it now. */
  readonly canAskHistory?: 'v2' | 'v1' | null
}
