import { z } from 'zod'
import { canonicalUuid, type SilenceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silenceSeverities } from '../../../src/domain/silence.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { silenceNote, type SeenSilence, type SilenceActions } from '../silence-actions.ts'

const texts = z.array(z.string().max(256)).max(200).default([])
const ids = z.array(z.string().max(64)).max(200).default([])
const contentShape = {
  name: z.string().min(1).max(200),
  roomIds: ids,
  nodeIds: ids,
  hostLabels: z.record(z.string().max(256), z.string().max(256)).default({}),
  alertNames: texts,
  alertContexts: texts,
  alertInstances: texts,
  alertRoles: texts,
  integrationIds: ids,
  severities: z.array(z.enum(silenceSeverities)).max(silenceSeverities.length).default([]),
  startsAtMs: z.int(),
  endsAtMs: z.int().nullable().default(null),
  rrule: z.string().max(500).nullable().default(null),
  timeZone: z.string().max(64).nullable().default(null),
  deletesOnEnd: z.boolean().default(false),
  isDisabled: z.boolean().default(false),
}
const scope = z.enum(['space', 'own'])
const wish = z.strictObject({ ...contentShape, scope: scope.default('space') })
const changed = z.strictObject({ ...contentShape, scope: scope.optional() })
const previewed = z.strictObject({
  ...contentShape,
  name: z.string().max(200).default(''),
  scope: scope.optional(),
  window: z.strictObject({ fromMs: z.int(), toMs: z.int() }).optional(),
  limit: z.int().min(1).max(100).default(10),
})
const asked = z.strictObject({ nodeId: z.string().max(64), chart: z.string().max(1_024), name: z.string().max(1_024) })

const state = z.enum(['ACTIVE', 'SCHEDULED', 'INACTIVE'])
const shown = z.object({
  silenceId: z.string(),
  ...Object.fromEntries(
    ['roomIds', 'nodeIds', 'alertNames', 'alertContexts', 'alertInstances', 'alertRoles', 'integrationIds'].map((name) => [
      name,
      z.array(z.string()),
    ]),
  ),
  name: z.string(),
  scope,
  personId: z.string().nullable(),
  hostLabels: z.record(z.string(), z.string()),
  severities: z.array(z.enum(silenceSeverities)),
  startsAtMs: z.number(),
  endsAtMs: z.number().nullable(),
  rrule: z.string().nullable(),
  timeZone: z.string().nullable(),
  deletesOnEnd: z.boolean(),
  isDisabled: z.boolean(),
  isReadOnly: z.boolean(),
  state,
  activeUntilMs: z.number().nullable(),
  nextAtMs: z.number().nullable(),
  createdAtMs: z.number(),
  createdBy: z.object({ personId: z.string(), email: z.string().nullable() }),
})
const preview = z.object({
  mutes: z.array(z.object({ nodeId: z.string(), hostname: z.string(), chart: z.string(), name: z.string(), status: z.string() })),
  total: z.number(),
  nodes: z.number(),
  occurrences: z.array(z.object({ fromMs: z.number(), toMs: z.number().nullable() })),
  hasMore: z.boolean(),
  problem: z.string().nullable(),
})

/** How far ahead a preview looks when nobody says so: a yearly rule has its next times in it. */
const previewAheadMs = 5 * 366 * 24 * 3_600_000

export interface SilenceRoutesDeps {
  readonly silenceActions: SilenceActions
  readonly clock: Clock
}

function shownSilence({ moment, createdBy, createdByEmail, changedAtMs: _changed, ...silence }: SeenSilence) {
  const { state, activeUntilMs, nextAtMs } = moment
  return {
    ...silence,
    scope: silence.personId === null ? 'space' : 'own',
    state,
    activeUntilMs,
    nextAtMs,
    createdBy: { personId: createdBy, email: createdByEmail },
  }
}

/** The silence that an address names; undefined when that is no id. */
const silenceIdIn = (params: Readonly<Record<string, string>>) => canonicalUuid(params['silenceId']) as SilenceId | undefined

/** Silences for our own page: what is kept quiet, when, and what that would be now. */
export function silenceRoutes({ silenceActions, clock }: SilenceRoutesDeps): readonly Route[] {
  return [
    guardedRoute(
      'GET',
      `${apiBase}/silences`,
      'silencing.list',
      undefined,
      async ({ caller }) => ({ status: 200, json: { silences: (await silenceActions.list(caller)).map(shownSilence) } }),
      {
        docs: {
          summary: 'Silences of the space, for roles that see them, and those of the caller; the oldest first.',
          answer: z.object({ silences: z.array(shown) }),
        },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/silences`,
      'silencing.own',
      wish,
      async ({ caller, body: { scope: whose, ...content } }) => {
        const silence = await silenceActions.create(caller, whose === 'own', content)
        return { status: 201, json: shownSilence(silence), audit: [silenceNote('silence-created', silence)] }
      },
      {
        audits: ['silence-created'],
        docs: {
          summary: 'Silences what is said, for the space or for the caller alone. An empty list means any.',
          answer: shown,
          status: 201,
        },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/silences/preview`,
      'silencing.list',
      previewed,
      async ({ caller, body: { scope: _scope, window, limit, name, ...rest } }) => {
        const content = { ...rest, name: name.trim() === '' ? 'Preview' : name }
        const nowMs = clock.nowMs()
        const { fromMs, toMs } = window ?? { fromMs: nowMs, toMs: nowMs + previewAheadMs }
        if (toMs - fromMs > previewAheadMs) throw new ThroughlineError('BODY_TOO_LARGE', 'A preview looks at five years at most.')
        try {
          const { windows, hasMore } = silenceActions.times(caller, content, { fromMs, toMs }, limit)
          const muted = await silenceActions.mutes(caller, content)
          return { status: 200, json: { ...muted, occurrences: windows, hasMore, problem: null } }
        } catch (thrown) {
          // While somebody types, what does not fit yet is an answer, not a failure.
          if (!(thrown instanceof ThroughlineError) || thrown.code !== 'BODY_UNPROCESSABLE') throw thrown
          return { status: 200, json: { mutes: [], total: 0, nodes: 0, occurrences: [], hasMore: false, problem: thrown.message } }
        }
      },
      {
        audits: { none: 'It changes nothing.' },
        docs: { summary: 'What a silence would keep quiet of what is raised now, and its next times.', answer: preview },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/silences/for`,
      'alerts.view',
      undefined,
      async ({ caller, query }) => ({ status: 200, json: { silenceIds: await silenceActions.holding(caller, query) } }),
      {
        query: asked,
        docs: { summary: 'Which silences keep an alert quiet now.', answer: z.object({ silenceIds: z.array(z.string()) }) },
      },
    ),
    guardedRoute(
      'PUT',
      `${apiBase}/silences/:silenceId`,
      'silencing.own',
      changed,
      async ({ caller, params, body: { scope: _scope, ...content } }) => {
        const silence = await silenceActions.change(caller, silenceIdIn(params), content)
        return { status: 200, json: shownSilence(silence), audit: [silenceNote('silence-changed', silence)] }
      },
      { audits: ['silence-changed'], docs: { summary: 'Replaces what a silence says; whose it is stays.', answer: shown } },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/silences/:silenceId`,
      'silencing.own',
      undefined,
      async ({ caller, params }) => {
        const removed = await silenceActions.remove(caller, silenceIdIn(params))
        if (removed === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such silence.')
        return { status: 204, audit: [silenceNote('silence-deleted', removed)] }
      },
      { audits: ['silence-deleted'], docs: { summary: 'Deletes a silence.', status: 204 } },
    ),
  ]
}
