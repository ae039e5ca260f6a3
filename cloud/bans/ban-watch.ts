import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { banLimits, banSetOf, type Ban, type BanSet } from './ban.ts'
import type { Bans } from './bans.ts'

/** What a running cloud knows of bans: at most two seconds old, whoever made them, here, by the command line or in another process. */
export interface BanWatch extends Omit<BanSet, 'isEmpty'> {
  /** Looks now. Throws STORE_UNAVAILABLE. */
  look(): Promise<void>
  /** Called after each look while anybody is banned, so that what slipped in between is cut, too. */
  onLook(listener: (bans: BanSet) => void): void
  /** Throws FORBIDDEN for a banned account. */
  requireAccount(personId: string): void
  close(): void
}

/** Nobody is banned until the first look. When the store does not answer, what was known stays in force until its end. */
export function createBanWatch({
  bans,
  clock,
  log,
}: {
  readonly bans: Pick<Bans, 'list'>
  readonly clock: Clock
  readonly log: Log
}): BanWatch {
  const listeners: ((bans: BanSet) => void)[] = []
  let known: readonly Ban[] = []
  let inForce = banSetOf([], 0)
  let isLooking = false

  const apply = () => {
    inForce = banSetOf(known, clock.nowMs())
    if (!inForce.isEmpty) for (const listener of listeners) listener(inForce)
  }
  const look = async () => {
    known = await bans.list()
    apply()
  }
  const stop = clock.every(banLimits.lookMs, () => {
    if (isLooking) return
    isLooking = true
    look()
      .catch(() => {
        log.warn('bans_unreadable')
        apply()
      })
      .finally(() => (isLooking = false))
  })

  return {
    look,
    onLook: (listener) => void listeners.push(listener),
    hasAddress: (address) => inForce.hasAddress(address),
    hasAccount: (personId) => inForce.hasAccount(personId),
    hasClaim: (claimId) => inForce.hasClaim(claimId),
    requireAccount(personId) {
      if (inForce.hasAccount(personId)) throw new ThroughlineError('FORBIDDEN', 'This account is kept out by the operator of this cloud.')
    },
    close: stop,
  }
}
