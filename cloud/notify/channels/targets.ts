import { canonicalUuid, type ChannelId, type SpaceId } from '../../../src/domain/ids.ts'
import type { ShownValue } from '../../../src/domain/shown-value.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { AlertValues, Message, Outcome, Target, Targets } from '../ports.ts'
import { createMailRoad } from './mail-road.ts'
import { createLetter } from './letter.ts'
import type { AlertsOfNode, KeptChannel, KeptChannels, MailSender } from './ports.ts'
import { outcomeOf } from './outcome-of.ts'
import { raisedBeside } from './raised-beside.ts'
import { rendererOf, type VendorAddresses } from './renderers.ts'
import { sendRequests } from './send-requests.ts'

export const sendLimits = {
  /** One attempt as a whole, values included. */
  attemptMs: 10_000,
  /** For the values of all alerts of a message. */
  valuesMs: 3_000,
} as const

/** Targets of another kind than channels, which are kept elsewhere: browsers of people. */
export interface MoreTargets extends Targets {
  knows(targetId: string): boolean
}

export interface TargetsDeps {
  readonly channels: KeptChannels
  readonly alerts: AlertsOfNode
  readonly values: AlertValues
  readonly outbound: Pick<Outbound, 'post' | 'put'>
  /** Undefined: the operator has set no mail server. */
  readonly mailer: MailSender | undefined
  readonly vendors: VendorAddresses
  readonly push?: MoreTargets | undefined
  readonly clock: Clock
}

/** The channels of spaces as targets of messages: what is told them is opened, rendered and sent in one attempt, and forgotten. */
export function createTargets(deps: TargetsDeps): Targets {
  const { channels, alerts, values, outbound, mailer, vendors, push, clock } = deps
  const mailRoad = createMailRoad({ mailer, clock })

  /** What the agents say of the alerts of a message, as far as they answer in time. */
  const askValues = async (spaceId: SpaceId, { items }: Message): Promise<ReadonlyMap<string, ShownValue>> => {
    const found = new Map<string, ShownValue>()
    let cancel = () => {}
    const late = new Promise<void>((resolve) => (cancel = clock.after(sendLimits.valuesMs, resolve)))
    const asked = items.flatMap((item) => {
      if (item.kind !== 'alert') return []
      const { chart, name, transitionId, whenS, units } = item
      const ask = async () => values.read(spaceId, item.nodeId, { chart, name, transitionId, whenS, units })
      return [
        ask().then(
          (value) => void (value && found.set(item.newsId, value)),
          () => undefined,
        ),
      ]
    })
    await Promise.race([Promise.all(asked), late])
    cancel()
    return new Map(found)
  }

  const attempt = async (spaceId: SpaceId, channel: KeptChannel, message: Message, giveUp: AbortSignal): Promise<Outcome> => {
    const { channelId, slug, includesValue } = channel
    const fields = await channels.fields(spaceId, channelId)
    const shown = includesValue && message.kind === 'alert' ? await askValues(spaceId, message) : undefined
    const letter = createLetter(message, shown)
    if (slug === 'email') return mailRoad(letter, fields, giveUp)
    const render = rendererOf(slug)
    if (render === undefined) return { is: 'refused', problem: 'This channel is of a kind that is not known here any more.' }
    const beside = slug === 'webhook' ? await raisedBeside(alerts, message) : new Map()
    const requests = rendered(() => render(letter, fields, { vendors, beside, nowMs: clock.nowMs() }))
    return requests === undefined ? unreadable : sendRequests({ outbound, clock }, requests, giveUp)
  }

  return {
    async list(spaceId) {
      const kept = await channels.list(spaceId)
      return [...kept.map(targetOf), ...((await push?.list(spaceId)) ?? [])]
    },

    async send(spaceId, targetId, message) {
      if (push?.knows(targetId) === true) return push.send(spaceId, targetId, message)
      const channelId = canonicalUuid(targetId) as ChannelId | undefined
      const channel = channelId && (await channels.get(spaceId, channelId))
      if (channel === undefined) return { is: 'refused', problem: 'This channel was deleted.' }
      if (!channel.isEnabled && message.kind !== 'test') return { is: 'refused', problem: 'This channel is switched off.' }
      const end = new AbortController()
      const late = () => end.abort(new ThroughlineError('OUTBOUND_FAILED', `There was no answer within ${sendLimits.attemptMs / 1_000} s.`))
      const cancel = clock.after(sendLimits.attemptMs, late)
      try {
        return await attempt(spaceId, channel, message, end.signal)
      } catch (thrown) {
        return outcomeOf(thrown)
      } finally {
        cancel()
        end.abort()
      }
    },
  }
}

const unreadable: Outcome = { is: 'refused', problem: 'The settings of this channel cannot be used; fill in its form again.' }

/** Settings that older versions took may hold what is no address; that is the channel's trouble, not the cloud's. */
function rendered<T>(render: () => T): T | undefined {
  try {
    return render()
  } catch (thrown) {
    if (thrown instanceof TypeError) return undefined
    throw thrown
  }
}

function targetOf({ channelId, slug, name, isEnabled, roomIds, options, repeatMin, includesValue }: KeptChannel): Target {
  return { targetId: channelId, kind: 'channel', slug, name, isEnabled, roomIds, options, repeatMin, includesValue, personId: undefined }
}
