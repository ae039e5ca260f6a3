import type { Clock } from '../../src/support/clock.ts'
import { checkAddress, checkProxy } from './address.ts'
import { checkChallenge, checkClaim, checkDiscovery } from './claim-checks.ts'
import { checkEgress } from './egress-check.ts'
import type { Finding } from './finding.ts'
import { checkLocalNetdata } from './local-netdata.ts'
import { checkDns, checkPort, checkTls, systemLookup, type Lookup } from './reach.ts'

export interface ExamineWish {
  /** The cloud, as it would be given to an agent. */
  readonly url: string
  /** The CA to trust; else the one kept with the claim, else the system's. */
  readonly caPem: string | undefined
  /** Where agent-link keeps its claim. */
  readonly folder: string
  /** The Netdata agent on this host; undefined leaves it out. */
  readonly netdata: { readonly url: string; readonly isBehindAgentLink: boolean } | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Why this host does not connect to a cloud: every step an agent takes, in its order, each one sentence with its mend. A step that
 * needs a failed one is left out. Changes nothing here or there, and says neither token nor key.
 */
export async function* examineHost(
  wish: ExamineWish,
  { clock, lookup = systemLookup }: { readonly clock: Clock; readonly lookup?: Lookup },
): AsyncGenerator<Finding> {
  const { finding, address } = checkAddress(wish.url)
  yield finding
  if (address !== undefined) {
    yield checkProxy(wish.env, address.host)
    const { finding: claimFinding, claim } = await checkClaim(wish.folder, address)
    const caPem = wish.caPem ?? claim?.caPem
    const reached: Finding[] = []
    const steps = [() => checkDns(address, lookup), () => checkPort(address), () => checkTls(address, caPem, clock)]
    for (const step of steps) {
      const found = await step()
      reached.push(found)
      yield found
      if (!found.isGood && found.check !== 'DNS') break
      if (!found.isGood && !found.sentence.includes('IPv6')) break
    }
    const isReached = reached.length === steps.length && reached.at(-1)?.isGood === true
    const { findings, directions } = isReached ? await checkDiscovery(address, caPem, clock) : { findings: [], directions: undefined }
    yield* findings
    yield claimFinding
    if (claim !== undefined) yield await checkEgress(wish.folder)
    if (directions !== undefined && claim !== undefined) yield checkChallenge(directions, claim, caPem)
  }
  if (wish.netdata !== undefined) yield* await checkLocalNetdata(wish.netdata.url, wish.netdata.isBehindAgentLink)
}
