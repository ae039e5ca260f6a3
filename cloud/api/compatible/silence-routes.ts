import { z } from 'zod'
import { canonicalUuid, type SilenceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { isPermitted } from '../../identity/permissions.ts'
import type { Caller } from '../../identity/ports.ts'
import { withoutStart } from '../../metadata/silences/rule-parts.ts'
import type { SilenceWish } from '../../metadata/silences/silence-content.ts'
import { guardedRoute, type AuditNote, type Route, type RouteOptions } from '../route.ts'
import { silenceNote, type SeenSilence, type SilenceActions } from '../silence-actions.ts'

const texts = z.array(z.string().max(256)).max(1_000).nullish()
const text = (most: number) => z.string().max(most).nullish()
const rule = z.object({
  name: z.string().max(1_000),
  account_id: text(64),
  room_ids: texts,
  node_ids: texts,
  host_labels: z.record(z.string(), z.string().max(1_000)).nullish(),
  alert_names: texts,
  alert_contexts: texts,
  alert_instances: texts,
  alert_roles: texts,
  integration_ids: texts,
  notification_options: texts,
  severities: texts,
  starts_at: text(64),
  lasts_until: text(64),
  rrule: text(2_000),
  timezone: text(64),
  delete_on_expiry: z.boolean().nullish(),
  disabled: z.boolean().nullish(),
})
const evaluated = z.object({
  rrule: z.string().max(2_000),
  starts_at: z.string().max(64),
  lasts_until: text(64),
  timezone: text(64),
  limit: z.int().min(1).max(100).nullish(),
  window: z.object({ start: text(64), end: text(64) }).nullish(),
})

const list = z.array(z.string()).optional()
const shown = z.object({
  id: z.string(),
  name: z.string(),
  account_id: z.string().optional(),
  room_ids: list,
  node_ids: list,
  host_labels: z.record(z.string(), z.string()).optional(),
  alert_names: list,
  alert_contexts: list,
  alert_instances: list,
  alert_roles: list,
  integration_ids: list,
  notification_options: list,
  severities: list,
  starts_at: z.string(),
  lasts_until: z.string().optional(),
  rrule: z.string().optional(),
  timezone: z.string().optional(),
  delete_on_expiry: z.boolean(),
  disabled: z.boolean(),
  read_only: z.boolean(),
  state: z.enum(['INACTIVE', 'ACTIVE', 'SCHEDULED']),
})
const occurrences = z.object({
  rrule: z.string(),
  occurrences: z.array(z.object({ start: z.string(), end: z.string().optional() })),
  has_more: z.boolean(),
})

/** Windows wider than this are not worked out (cloud-api §8.2). */
const widestMs = 5 * 366 * 24 * 3_600_000
const aheadMs = 366 * 24 * 3_600_000
/** What `severities` knew before there was reachability in it (cloud-api §8.2). */
const olderSeverities: ReadonlySet<string> = new Set(['CLEAR', 'WARNING', 'CRITICAL'])

export interface CompatibleSilenceRoutesDeps {
  readonly silenceActions: SilenceActions
  readonly clock: Clock
}

const unfit = (what: string) => new ThroughlineError('BODY_UNPROCESSABLE', what)

function timeOf(what: string, given: string | null | undefined): number | undefined {
  if (given === null || given === undefined || given === '') return undefined
  const ms = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(given) ? Date.parse(given) : NaN
  if (Number.isNaN(ms)) throw unfit(`${what} is no time like 2026-12-31T22:00:00Z.`)
  return ms
}

/** Whole seconds without a fraction, as clients of Go send them. */
const timeText = (ms: number): string => new Date(ms).toISOString().replace(/\.000Z$/, 'Z')
/** The line that answers carry before a rule and clients take away again. */
const startLine = (ms: number) => `DTSTART:${timeText(Math.floor(ms / 1_000) * 1_000).replaceAll(/[-:]/g, '')}`

/** Empty lists are left out (cloud-api §8.2). */
const filled = (name: string, entries: readonly string[]) => (entries.length === 0 ? {} : { [name]: [...entries] })

function shownRule(silence: SeenSilence): z.infer<typeof shown> {
  const { silenceId, name, personId, hostLabels, severities, startsAtMs, endsAtMs, rrule: recurs, timeZone, moment } = silence
  const older = severities.filter((severity) => olderSeverities.has(severity))
  return {
    id: silenceId,
    name,
    ...(personId === null ? {} : { account_id: personId }),
    ...filled('room_ids', silence.roomIds),
    ...filled('node_ids', silence.nodeIds),
    ...(Object.keys(hostLabels).length === 0 ? {} : { host_labels: { ...hostLabels } }),
    ...filled('alert_names', silence.alertNames),
    ...filled('alert_contexts', silence.alertContexts),
    ...filled('alert_instances', silence.alertInstances),
    ...filled('alert_roles', silence.alertRoles),
    ...filled('integration_ids', silence.integrationIds),
    ...filled('notification_options', severities),
    ...filled('severities', older),
    starts_at: timeText(startsAtMs),
    ...(endsAtMs === null ? {} : { lasts_until: timeText(endsAtMs) }),
    ...(recurs === null ? {} : { rrule: `${startLine(startsAtMs)}\n${recurs}` }),
    ...(timeZone === null ? {} : { timezone: timeZone }),
    delete_on_expiry: silence.deletesOnEnd,
    disabled: silence.isDisabled,
    read_only: silence.isReadOnly,
    state: moment.state,
  }
}

/** Silences as existing clients know them: silencing rules (cloud-api §8.2). */
export function compatibleSilenceRoutes({ silenceActions, clock }: CompatibleSilenceRoutesDeps): readonly Route[] {
  const base = '/api/v2/spaces/:spaceId/notifications/silencing'
  const options = (audits: RouteOptions['audits'], summary: string, answer: z.ZodType): RouteOptions & { style: 'compatible' } => ({
    style: 'compatible',
    ...(audits === undefined ? {} : { audits }),
    docs: { summary, status: 200, answer },
  })
  const wishOf = (body: z.infer<typeof rule>): SilenceWish => ({
    name: body.name,
    roomIds: body.room_ids ?? [],
    nodeIds: body.node_ids ?? [],
    hostLabels: body.host_labels ?? {},
    alertNames: body.alert_names ?? [],
    alertContexts: body.alert_contexts ?? [],
    alertInstances: body.alert_instances ?? [],
    alertRoles: body.alert_roles ?? [],
    integrationIds: body.integration_ids ?? [],
    // The newer name counts where a client sends both.
    severities: body.notification_options ?? body.severities ?? [],
    startsAtMs: timeOf('starts_at', body.starts_at) ?? clock.nowMs(),
    endsAtMs: timeOf('lasts_until', body.lasts_until) ?? null,
    rrule: body.rrule ?? null,
    timeZone: body.timezone ?? null,
    deletesOnEnd: body.delete_on_expiry ?? false,
    isDisabled: body.disabled ?? false,
  })
  /** A rule is personal when it names the caller's account, or when the role can make no other. */
  const isOwn = (caller: Caller, accountId: string | null | undefined) => {
    if (accountId !== null && accountId !== undefined && accountId !== '' && canonicalUuid(accountId) !== caller.personId)
      throw unfit('A personal rule names your own account.')
    return Boolean(accountId) || !isPermitted('silencing.change', caller)
  }

  return [
    guardedRoute(
      'GET',
      `${base}/rules`,
      'silencing.list',
      undefined,
      async ({ caller }) => ({ status: 200, json: (await silenceActions.list(caller)).map(shownRule) }),
      options(undefined, 'Silencing rules of the space and of the caller, the oldest first.', z.array(shown)),
    ),
    guardedRoute(
      'POST',
      `${base}/rule`,
      'silencing.own',
      rule,
      async ({ caller, body }) => {
        const silence = await silenceActions.create(caller, isOwn(caller, body.account_id), wishOf(body))
        return { status: 200, json: shownRule(silence), audit: [silenceNote('silence-created', silence)] }
      },
      options(['silence-created'], 'Makes a silencing rule; an id that is sent is passed over.', shown),
    ),
    guardedRoute(
      'PUT',
      `${base}/rule/:silenceId`,
      'silencing.own',
      rule,
      async ({ caller, params, body }) => {
        const silence = await silenceActions.change(caller, canonicalUuid(params['silenceId']) as SilenceId | undefined, wishOf(body))
        return { status: 200, json: shownRule(silence), audit: [silenceNote('silence-changed', silence)] }
      },
      options(['silence-changed'], 'Replaces a silencing rule; whose it is stays.', shown),
    ),
    guardedRoute(
      'POST',
      `${base}/rules/delete`,
      'silencing.own',
      z.array(z.string().max(64)).max(1_000),
      async ({ caller, body }) => {
        const audit: AuditNote[] = []
        for (const id of new Set(body)) {
          const removed = await silenceActions.remove(caller, canonicalUuid(id) as SilenceId | undefined).catch((thrown: unknown) => {
            // A rule that is hidden from the caller is as good as none.
            if (thrown instanceof ThroughlineError && thrown.code === 'NOT_FOUND') return undefined
            throw thrown
          })
          if (removed !== undefined) audit.push(silenceNote('silence-deleted', removed))
        }
        return { status: 200, json: {}, audit }
      },
      options(['silence-deleted'], 'Deletes silencing rules; those that are gone already are no failure.', z.object({})),
    ),
    guardedRoute(
      'POST',
      `${base}/rrule/evaluate`,
      'silencing.list',
      evaluated,
      ({ caller, body }) => {
        const startsAtMs = timeOf('starts_at', body.starts_at)
        if (startsAtMs === undefined) throw unfit('starts_at is missing.')
        const fromMs = timeOf('window.start', body.window?.start) ?? Math.max(startsAtMs, clock.nowMs())
        const toMs = timeOf('window.end', body.window?.end) ?? fromMs + aheadMs
        if (toMs - fromMs > widestMs) throw new ThroughlineError('BODY_TOO_LARGE', 'A window is five years wide at most.')
        const recurs = withoutStart(body.rrule)
        const timing = {
          startsAtMs,
          endsAtMs: timeOf('lasts_until', body.lasts_until) ?? null,
          rrule: recurs,
          timeZone: body.timezone || null,
        }
        const { windows, hasMore } = silenceActions.times(caller, timing, { fromMs, toMs }, body.limit ?? 10)
        const rows = windows.map((each) => ({
          start: timeText(each.fromMs),
          ...(each.toMs === null ? {} : { end: timeText(each.toMs) }),
        }))
        return { status: 200, json: { rrule: `${startLine(startsAtMs)}\n${recurs}`, occurrences: rows, has_more: hasMore } }
      },
      options({ none: 'It changes nothing.' }, 'The times of a recurrence in a window.', occurrences),
    ),
  ]
}
