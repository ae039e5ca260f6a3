import type { ChannelId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { createTokenBuckets } from '../../../src/support/token-buckets.ts'
import type { Targets } from '../ports.ts'
import { testMessage, type TestKind } from './test-message.ts'

/** How often a space may test its channels. */
const testLimits = { perMinute: 6 } as const

export interface TestResult {
  readonly isDelivered: boolean
  /** One sentence of ours. */
  readonly problem: string | null
  readonly tookMs: number
}

/** Sends a test to a channel at once, also to one that is switched off, and says how it went. */
export interface ChannelTests {
  /** Throws RATE_LIMITED, STORE_UNAVAILABLE. */
  run(space: { readonly spaceId: SpaceId; readonly name: string }, channelId: ChannelId, kind: TestKind): Promise<TestResult>
}

export function createChannelTests(deps: {
  readonly targets: Pick<Targets, 'send'>
  /** An origin without a path. */
  readonly publicUrl: string
  readonly clock: Clock
}): ChannelTests {
  const { targets, publicUrl, clock } = deps
  const buckets = createTokenBuckets({ perSecond: testLimits.perMinute / 60, burst: testLimits.perMinute }, clock)
  return {
    async run({ spaceId, name }, channelId, kind) {
      if (buckets.take(spaceId) > 0)
        throw new ThroughlineError(
          'RATE_LIMITED',
          `Channels of a space are tested ${testLimits.perMinute} times a minute at most; try again soon.`,
        )
      const url = `${publicUrl}/spaces/${spaceId}/settings/channels`
      const startMs = clock.monotonicMs()
      const outcome = await targets.send(spaceId, channelId, testMessage(kind, { spaceId, spaceName: name, url }, clock.nowMs()))
      return {
        isDelivered: outcome.is === 'delivered',
        problem: outcome.is === 'delivered' ? null : outcome.problem,
        tookMs: Math.round(clock.monotonicMs() - startMs),
      }
    },
  }
}
