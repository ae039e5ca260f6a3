import type { MemberId, NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Role } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { judgeAnswer } from '../channels/judge-answer.ts'
import { createLetter } from '../channels/letter.ts'
import { outcomeOf } from '../channels/outcome-of.ts'
import { sendLimits, type MoreTargets } from '../channels/targets.ts'
import type { Message, MessageItem, Outcome, Target } from '../ports.ts'
import type { PushBrowsers } from './push-browsers.ts'
import type { PushBrowser } from './push-record.ts'
import { renderPush } from './render-push.ts'
import type { VapidKeys } from './vapid-keys.ts'

interface NotifiedMember {
  readonly memberId: MemberId
  readonly role: Role
  /** Whether the role hears of nodes at all. */
  readonly mayHear: boolean
}

/** Who is in a space now, and what they see of it. */
export interface NotifiedPeople {
  /** Undefined for who is not (any more). */
  member(spaceId: SpaceId, personId: PersonId): Promise<NotifiedMember | undefined>
  seesNode(spaceId: SpaceId, member: NotifiedMember, nodeId: NodeId): Promise<boolean>
}

export interface PushTargetsDeps {
  readonly browsers: PushBrowsers
  readonly people: NotifiedPeople
  readonly outbound: Pick<Outbound, 'post'>
  readonly vapid: VapidKeys & { readonly subject: string }
  readonly clock: Clock
}

const prefix = 'push-'
const settledMs = 60_000
const gone: Outcome = { is: 'refused', problem: 'This browser is not notified any more.' }

/** The browsers of people as targets. Membership and rights count when news are told, and again when the message leaves. */
export function createPushTargets({ browsers, people, outbound, vapid, clock }: PushTargetsDeps): MoreTargets {
  /** Undefined for who hears nothing; what is left of somebody who is gone goes, too. */
  const memberOf = async (spaceId: SpaceId, browser: PushBrowser): Promise<NotifiedMember | undefined> => {
    const { personId, memberId, pushId, createdAtMs } = browser
    const member = await people.member(spaceId, personId)
    if (member?.memberId === memberId) return member.mayHear ? member : undefined
    // Rights may be a few seconds old, and who has just come is not gone.
    if (clock.nowMs() - createdAtMs > settledMs) await browsers.remove(spaceId, personId, pushId)
    return undefined
  }

  const seenBy = async (spaceId: SpaceId, member: NotifiedMember, message: Message): Promise<Message | undefined> => {
    if (message.kind === 'test') return message
    const items: MessageItem[] = []
    for (const item of message.items) {
      const nodeIds = item.kind === 'alert' ? [item.nodeId] : item.nodeIds
      const sees = await Promise.all(nodeIds.map((nodeId) => people.seesNode(spaceId, member, nodeId)))
      if (item.kind === 'alert') {
        if (sees[0] === true) items.push(item)
        continue
      }
      const isSeen = (_each: unknown, at: number) => sees[at] === true
      // A parent they do not see is not named either; who sees all of its children may hear of it.
      const parentHostname = sees.every(Boolean) ? item.parentHostname : undefined
      if (sees.some(Boolean))
        items.push({ ...item, nodeIds: item.nodeIds.filter(isSeen), hostnames: item.hostnames.filter(isSeen), parentHostname })
    }
    return items.length === 0 ? undefined : { ...message, items }
  }

  const attempt = async (spaceId: SpaceId, pushId: string, message: Message, giveUp: AbortSignal): Promise<Outcome> => {
    const opened = await browsers.open(spaceId, pushId)
    if (opened === undefined) return gone
    const { browser, subscription } = opened
    const member = await memberOf(spaceId, browser)
    if (member === undefined) return gone
    const seen = await seenBy(spaceId, member, message)
    if (seen === undefined) return { is: 'refused', problem: 'Its person does not see these nodes any more.' }
    let request
    try {
      request = renderPush(createLetter(seen), subscription, vapid)
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown
      return { is: 'refused', problem: 'The keys of this browser cannot be used; allow notifications on it again.' }
    }
    const answer = await outbound.post(request.url, request.headers, request.body, giveUp)
    // The subscription is over (RFC 8030 §7.3): the browser was told not to, or is no more.
    if (answer.status === 404 || answer.status === 410) {
      await browsers.remove(spaceId, browser.personId, pushId)
      return gone
    }
    return judgeAnswer(answer, clock.nowMs())
  }

  return {
    knows: (targetId) => targetId.startsWith(prefix),

    async list(spaceId) {
      const targets: Target[] = []
      for (const browser of await browsers.list(spaceId)) {
        if ((await memberOf(spaceId, browser)) === undefined) continue
        const { pushId, personId, name, options, roomIds } = browser
        targets.push({
          targetId: `${prefix}${pushId}`,
          kind: 'push',
          slug: 'push',
          name,
          isEnabled: true,
          roomIds,
          options,
          repeatMin: 0,
          includesValue: false,
          personId,
        })
      }
      return targets
    },

    async send(spaceId, targetId, message) {
      const end = new AbortController()
      const late = () => end.abort(new ThroughlineError('OUTBOUND_FAILED', `There was no answer within ${sendLimits.attemptMs / 1_000} s.`))
      const cancel = clock.after(sendLimits.attemptMs, late)
      try {
        return await attempt(spaceId, targetId.slice(prefix.length), message, end.signal)
      } catch (thrown) {
        return outcomeOf(thrown)
      } finally {
        cancel()
        end.abort()
      }
    },
  }
}
