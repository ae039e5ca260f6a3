import { setImmediate } from 'node:timers/promises'
import type { AlertConfigHash, NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertStatus } from '../../../src/domain/model.ts'
import { roomsOfNode } from '../../../src/domain/room-nodes.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Alerts } from '../alerts/alerts.ts'
import { createBriefLook } from '../brief-look.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { createSilenceMatch, needsNode, needsRoles, type SilencedThing } from './silence-match.ts'
import type { SilenceContent, SilenceSeverity } from '../../../src/domain/silence.ts'
import type { Silence } from './silence-record.ts'
import { createMoments, type SilenceMoment } from './silence-times.ts'
import type { Silences } from './silences.ts'

/** An alert as far as silences look at it. */
export interface SilencedAlert {
  readonly nodeId: NodeId
  readonly chart: string
  readonly name: string
  readonly context: string
  readonly status: AlertStatus
  readonly configHash: AlertConfigHash | undefined
}

/** What is asked before something is told; the shape of the notifications' own port. */
export interface SilenceQuestion {
  readonly nodeId: NodeId
  readonly alert: Omit<SilencedAlert, 'nodeId' | 'status'> | undefined
  readonly option: SilenceSeverity
  readonly target: { readonly kind: 'channel' | 'push'; readonly slug: string; readonly personId: PersonId | undefined }
}

/** Who knows what is silenced. What it knows of a space is a second old at most. Throws STORE_UNAVAILABLE. */
export interface Silencer {
  /** The silence that keeps this quiet at this time; undefined: nothing does. */
  silencing(spaceId: SpaceId, question: SilenceQuestion, atMs: number): Promise<{ readonly silenceId: string } | undefined>
  /**
   * For each of these alerts the silences that keep it quiet now, wherever it would be told: those of the space, and those of the
   * person. A silence of one integration is among them only if `withPartial`.
   */
  holding(
    spaceId: SpaceId,
    personId: PersonId,
    alerts: readonly SilencedAlert[],
    withPartial: boolean,
  ): Promise<readonly (readonly Silence[])[]>
  /** How silences stand at a time, by what is remembered of them; a few at a time, since each may take milliseconds. */
  momentsOf(silences: readonly Silence[], atMs: number): Promise<readonly SilenceMoment[]>
  /** Those of these alerts that such a silence is about, whatever the time, wherever they are told. */
  matching<Alert extends SilencedAlert>(spaceId: SpaceId, content: SilenceContent, alerts: readonly Alert[]): Promise<readonly Alert[]>
}

export interface SilencerDeps {
  readonly silences: Pick<Silences, 'list'>
  readonly nodes: Pick<Nodes, 'list'>
  readonly rooms: Pick<Rooms, 'list'>
  readonly alerts: Pick<Alerts, 'configs'>
  readonly clock: Clock
}

interface Prepared {
  readonly silence: Silence
  readonly fits: (thing: SilencedThing) => boolean
  /** The same without asking whose it is. */
  readonly fitsAnybody: (thing: SilencedThing) => boolean
  readonly isActive: (atMs: number) => boolean
}

type Place = Pick<SilencedThing, 'rooms' | 'labels'>
const nowhere: Place = { rooms: new Set(), labels: {} }
/** Definitions never change under their hash; this many are remembered. */
const rolesMax = 5_000
/** Silences are worked out this long before others have their turn. */
const workedForMs = 10

/** What a status is told as; undefined: it is not told. */
export function severityOf(status: AlertStatus): SilenceSeverity | undefined {
  return status === 'critical' ? 'CRITICAL' : status === 'warning' ? 'WARNING' : status === 'clear' ? 'CLEAR' : undefined
}

export function createSilencer({ silences, nodes, rooms, alerts, clock }: SilencerDeps): Silencer {
  const momentAt = createMoments()
  const momentsOf = async (all: readonly Silence[], atMs: number) => {
    const moments: SilenceMoment[] = []
    let sinceMs = clock.monotonicMs()
    for (const silence of all) {
      moments.push(momentAt(silence, atMs))
      if (clock.monotonicMs() - sinceMs < workedForMs) continue
      await setImmediate()
      sinceMs = clock.monotonicMs()
    }
    return moments
  }

  /** Prepared once for each version of a silence. */
  const look = createBriefLook<ReadonlyMap<string, Prepared>>(clock, async (spaceId, before) => {
    const all = await silences.list(spaceId)
    await momentsOf(all, clock.nowMs())
    return new Map(
      all.map((silence): [string, Prepared] => {
        const known = before?.get(silence.silenceId)
        const isSame = known?.silence.changedAtMs === silence.changedAtMs && JSON.stringify(known.silence) === JSON.stringify(silence)
        return [silence.silenceId, known !== undefined && isSame ? known : prepare(silence, momentAt)]
      }),
    )
  })

  const places = createBriefLook<ReadonlyMap<NodeId, Place>>(clock, async (spaceId) => {
    const [allRooms, allNodes] = await Promise.all([rooms.list(spaceId), nodes.list(spaceId)])
    return new Map(
      allNodes.map((node): [NodeId, Place] => [
        node.nodeId,
        { rooms: new Set(roomsOfNode(allRooms, node).map(({ roomId }) => roomId)), labels: node.info?.labels ?? {} },
      ]),
    )
  })

  const rolesByHash = new Map<string, readonly string[]>()
  /** Recipients by definition; one that is not known yet has none, and is asked for again. */
  const rolesOf = async (spaceId: SpaceId, hashes: readonly (AlertConfigHash | undefined)[]) => {
    const key = (hash: string) => `${spaceId}/${hash}`
    const unknown = [...new Set(hashes)].flatMap((hash) => (hash === undefined || rolesByHash.has(key(hash)) ? [] : [hash]))
    for (const { hash, fields } of unknown.length === 0 ? [] : await alerts.configs(spaceId, unknown)) {
      if (rolesByHash.size >= rolesMax) rolesByHash.clear()
      rolesByHash.set(
        key(hash),
        String(fields['recipient'] ?? '')
          .split(/[\s,]+/)
          .filter((role) => role !== ''),
      )
    }
    return (hash: AlertConfigHash | undefined) => (hash === undefined ? [] : (rolesByHash.get(key(hash)) ?? []))
  }

  /** What these silences need to know of nodes and definitions, and nothing more. */
  const factsFor = async (spaceId: SpaceId, asked: readonly SilenceContent[], hashes: readonly (AlertConfigHash | undefined)[]) => {
    const known = asked.some(needsNode) ? await places(spaceId) : undefined
    const roles = asked.some(needsRoles) ? await rolesOf(spaceId, hashes) : () => []
    return (nodeId: NodeId, hash: AlertConfigHash | undefined) => ({ ...(known?.get(nodeId) ?? nowhere), roles: roles(hash) })
  }

  return {
    momentsOf,

    async silencing(spaceId, { nodeId, alert, option, target }, atMs) {
      const active = [...(await look(spaceId)).values()].filter(({ silence, isActive }) => {
        return (silence.personId === null || silence.personId === target.personId) && isActive(atMs)
      })
      if (active.length === 0) return undefined
      const facts = await factsFor(
        spaceId,
        active.map(({ silence }) => silence),
        [alert?.configHash],
      )
      const thing: SilencedThing = { nodeId, alert, option, target, ...facts(nodeId, alert?.configHash) }
      const found = active.find(({ fits }) => fits(thing))
      return found && { silenceId: found.silence.silenceId }
    },

    async holding(spaceId, personId, asked, withPartial) {
      const nowMs = clock.nowMs()
      const active = [...(await look(spaceId)).values()].filter(({ silence, isActive }) => {
        const concerns = silence.personId === null || silence.personId === personId
        return concerns && (withPartial || silence.integrationIds.length === 0) && isActive(nowMs)
      })
      if (active.length === 0) return asked.map(() => [])
      const facts = await factsFor(
        spaceId,
        active.map(({ silence }) => silence),
        asked.map(({ configHash }) => configHash),
      )
      return asked.map((alert) => {
        const thing = thingOf(alert, facts(alert.nodeId, alert.configHash))
        // Where it would be told does not matter here, only whose silence it is.
        return active.flatMap(({ silence, fitsAnybody }) => (fitsAnybody(thing) ? [silence] : []))
      })
    },

    async matching(spaceId, content, asked) {
      const fits = createSilenceMatch({ ...content, personId: null })
      const facts = await factsFor(
        spaceId,
        [content],
        asked.map(({ configHash }) => configHash),
      )
      return asked.filter((alert) => fits(thingOf(alert, facts(alert.nodeId, alert.configHash))))
    },
  }
}

const thingOf = (alert: SilencedAlert, facts: Place & { readonly roles: readonly string[] }): SilencedThing => ({
  nodeId: alert.nodeId,
  alert,
  option: severityOf(alert.status),
  target: undefined,
  ...facts,
})

function prepare(silence: Silence, momentAt: (silence: Silence, atMs: number) => SilenceMoment): Prepared {
  return {
    silence,
    fits: createSilenceMatch(silence),
    fitsAnybody: createSilenceMatch({ ...silence, personId: null }),
    isActive: (atMs) => momentAt(silence, atMs).state === 'ACTIVE',
  }
}
