import { canonicalUuid, type NodeId, type PersonId, type SilenceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import { createTokenBuckets } from '../../src/support/token-buckets.ts'
import { isPermitted } from '../identity/permissions.ts'
import type { Caller } from '../identity/ports.ts'
import { checkedSilence, type SilenceWish } from '../metadata/silences/silence-content.ts'
import type { Silence } from '../metadata/silences/silence-record.ts'
import { createSilenceTimes, type SilenceMoment, type SilenceTiming } from '../metadata/silences/silence-times.ts'
import type { ApiAlert, ApiAlerts, ApiIdentity, ApiNodes, ApiRooms, ApiSilencer, ApiSilences } from './ports.ts'
import type { AuditNote } from './route.ts'
import { createSight } from './sight.ts'

/** A silence as a caller sees it. */
export interface SeenSilence extends Silence {
  readonly moment: SilenceMoment
  /** The caller may not change it. */
  readonly isReadOnly: boolean
  /** Null: somebody who is no more here. */
  readonly createdByEmail: string | null
}

export interface SilenceActionsDeps {
  readonly silences: ApiSilences
  readonly silencer: ApiSilencer
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly alerts: Pick<ApiAlerts, 'raised' | 'list'>
  readonly identity: Pick<ApiIdentity, 'people'>
  readonly clock: Clock
}

const noSilence = () => new ThroughlineError('NOT_FOUND', 'There is no such silence.')

/** Rules that one person may have worked out: each costs some milliseconds, a hostile one tens of them. */
const workings = { perSecond: 4, burst: 40 }

/** More than this of what a silence would mute is counted, not named. */
const mutedMax = 200

/** Raised alerts of a node, as silences look at them. */
const asked = (nodeId: NodeId, { chart, name, context, status, configHash }: ApiAlert) => ({
  nodeId,
  chart,
  name,
  context,
  status,
  configHash,
})

/** Everything that routes do with silences, for ours and for existing clients alike. Who may not see a silence is told it is not there. */
export function createSilenceActions({ silences, silencer, rooms, nodes, alerts, identity, clock }: SilenceActionsDeps) {
  const sight = createSight({ rooms, nodes })
  const buckets = createTokenBuckets(workings, clock)
  const spend = ({ personId }: Caller, { rrule }: { readonly rrule?: string | null }) => {
    const waitS = rrule === undefined || rrule === null ? 0 : buckets.take(personId)
    if (waitS > 0) throw new ThroughlineError('RATE_LIMITED', `You tried many rules at once; wait ${waitS} s.`)
  }
  const isSeen = (caller: Caller, { personId }: Silence) =>
    personId === null ? isPermitted('silencing.view', caller) : personId === caller.personId
  const isChangeable = (caller: Caller, { personId }: Silence) =>
    personId === null ? isPermitted('silencing.change', caller) : personId === caller.personId && isPermitted('silencing.own', caller)

  const seenBy = async (caller: Caller, shown: readonly Silence[]): Promise<readonly SeenSilence[]> => {
    const people = [...new Set(shown.map(({ createdBy }) => createdBy))]
    const emails = new Map<PersonId, string | null>(
      await Promise.all(people.map(async (id) => [id, (await identity.people.get(id))?.email ?? null] as const)),
    )
    const moments = await silencer.momentsOf(shown, clock.nowMs())
    return shown.flatMap((silence, at): SeenSilence[] => {
      const moment = moments[at]
      if (moment === undefined) return []
      return [
        {
          ...silence,
          moment,
          isReadOnly: !isChangeable(caller, silence),
          createdByEmail: emails.get(silence.createdBy) ?? null,
        },
      ]
    })
  }
  const one = async (caller: Caller, silence: Silence): Promise<SeenSilence> => {
    const [seen] = await seenBy(caller, [silence])
    if (seen === undefined) throw noSilence()
    return seen
  }

  /** Nobody silences rooms and nodes they do not see; what stands there already may stay. */
  const checkPlaces = async (caller: Caller, wish: SilenceWish, before?: Silence) => {
    const fresh = (ids: readonly string[] = [], known: readonly string[] = []) =>
      ids.map((id) => canonicalUuid(id)).filter((id) => id !== undefined && !known.includes(id))
    const [roomIds, nodeIds] = [fresh(wish.roomIds, before?.roomIds), fresh(wish.nodeIds, before?.nodeIds)]
    if (roomIds.length + nodeIds.length === 0) return
    const seen = await sight(caller)
    const [seenRooms, seenNodes] = [
      new Set<string>(seen.rooms.map(({ roomId }) => roomId)),
      new Set<string>(seen.nodes.map((node) => node.nodeId)),
    ]
    if (roomIds.some((id) => !seenRooms.has(id ?? '')))
      throw new ThroughlineError('BODY_UNPROCESSABLE', 'One or more of the rooms are not rooms you see in this space.')
    if (nodeIds.some((id) => !seenNodes.has(id ?? '')))
      throw new ThroughlineError('BODY_UNPROCESSABLE', 'One or more of the nodes are not nodes you see in this space.')
  }

  const allow = (caller: Caller) => (before: Silence) => {
    if (!isSeen(caller, before)) throw noSilence()
    if (!isChangeable(caller, before)) throw new ThroughlineError('FORBIDDEN', 'Your role changes only silences of your own.')
  }

  return {
    /** Those of the space, if the role sees them, and those of the caller; the oldest first. */
    async list(caller: Caller): Promise<readonly SeenSilence[]> {
      return seenBy(
        caller,
        (await silences.list(caller.spaceId)).filter((silence) => isSeen(caller, silence)),
      )
    },

    async get(caller: Caller, silenceId: SilenceId | undefined): Promise<SeenSilence> {
      const silence = silenceId === undefined ? undefined : await silences.get(caller.spaceId, silenceId)
      if (silence === undefined || !isSeen(caller, silence)) throw noSilence()
      return one(caller, silence)
    },

    async create(caller: Caller, isOwn: boolean, wish: SilenceWish): Promise<SeenSilence> {
      if (!isOwn && !isPermitted('silencing.change', caller))
        throw new ThroughlineError('FORBIDDEN', 'Your role makes only silences of your own.')
      spend(caller, wish)
      await checkPlaces(caller, wish)
      return one(caller, await silences.create(caller.spaceId, caller.personId, isOwn ? caller.personId : null, wish))
    },

    async change(caller: Caller, silenceId: SilenceId | undefined, wish: SilenceWish): Promise<SeenSilence> {
      const before = silenceId === undefined ? undefined : await silences.get(caller.spaceId, silenceId)
      if (silenceId === undefined || before === undefined) throw noSilence()
      allow(caller)(before)
      spend(caller, wish)
      await checkPlaces(caller, wish, before)
      return one(caller, await silences.change(caller.spaceId, silenceId, wish, allow(caller)))
    },

    /** Answers what was removed; undefined when it was not there. */
    async remove(caller: Caller, silenceId: SilenceId | undefined): Promise<Silence | undefined> {
      return silenceId === undefined ? undefined : silences.remove(caller.spaceId, silenceId, allow(caller))
    },

    /** The times of a silence in a span, the earliest first. Throws RATE_LIMITED for who has too many rules worked out. */
    times(
      caller: Caller,
      timing: Omit<SilenceTiming, 'isDisabled'>,
      span: { readonly fromMs: number; readonly toMs: number },
      limit: number,
    ) {
      spend(caller, timing)
      return createSilenceTimes({ ...timing, isDisabled: false }).between(span.fromMs, span.toMs, limit)
    },

    /** What is raised now on nodes the caller sees and would be kept quiet. */
    async mutes(caller: Caller, wish: SilenceWish) {
      const content = checkedSilence(wish, clock.nowMs())
      const [raised, seen] = await Promise.all([alerts.raised(caller.spaceId), sight(caller)])
      const hostnames = new Map(seen.nodes.map(({ nodeId, hostname }) => [nodeId, hostname]))
      const rows = seen.nodes.flatMap(({ nodeId }) => (raised.get(nodeId) ?? []).map((alert) => asked(nodeId, alert)))
      const muted = await silencer.matching(caller.spaceId, content, rows)
      return {
        mutes: muted
          .slice(0, mutedMax)
          .map(({ nodeId, chart, name, status }) => ({ nodeId, hostname: hostnames.get(nodeId) ?? '', chart, name, status })),
        total: muted.length,
        nodes: new Set(muted.map(({ nodeId }) => nodeId)).size,
      }
    },

    /** The silences that keep this alert quiet now; none for an alert or node that is not there for the caller. */
    async holding(
      caller: Caller,
      at: { readonly nodeId: string; readonly chart: string; readonly name: string },
    ): Promise<readonly string[]> {
      const node = (await sight(caller)).nodes.find(({ nodeId }) => nodeId === canonicalUuid(at.nodeId))
      if (node === undefined) return []
      const alert = (await alerts.list(caller.spaceId, node.nodeId)).find(({ chart, name }) => chart === at.chart && name === at.name)
      if (alert === undefined) return []
      const [found = []] = await silencer.holding(caller.spaceId, caller.personId, [asked(node.nodeId, alert)], true)
      return found.filter((silence) => isSeen(caller, silence)).map(({ silenceId }) => silenceId)
    },
  }
}

export type SilenceActions = ReturnType<typeof createSilenceActions>

/** What the audit says of something done to a silence. */
export const silenceNote = (action: AuditNote['action'], { silenceId, personId, rrule }: Silence): AuditNote => ({
  action,
  subject: { kind: 'silence', id: silenceId },
  details: { scope: personId === null ? 'space' : 'own', recurs: rrule !== null },
})
