import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { version } from '../../src/domain/version.ts'
import type { Clock } from '../../src/support/clock.ts'
import { loadClaim, type StoredClaim } from '../claim/claim-files.ts'
import { solveChallenge, stepHeaders } from '../link/authenticate.ts'
import { authUrl, envUrl, readChallenge, readEnv, readRefusal, type LinkDirections } from '../link/discovery.ts'
import { requestHttps } from '../link/https.ts'
import type { CloudAddress } from './address.ts'
import { good, mend, type Finding } from './finding.ts'

const timeoutMs = 10_000
const maxBytes = 16_384
/** Above this, certificates and times of metrics are off; TLS itself forgives more. */
const clockOffMs = 30_000
/** The claim id of a host that has none: discovery wants one and looks at none. */
const nobody = '00000000-0000-0000-0000-000000000000'

/** Discovery, and what its answer says of this host's clock. */
export async function checkDiscovery(
  { url }: CloudAddress,
  caPem: string | undefined,
  clock: Clock,
): Promise<{ findings: readonly Finding[]; directions: LinkDirections | undefined }> {
  const check = 'discovery'
  try {
    const answer = await requestHttps({
      method: 'GET',
      url: envUrl(url.origin, nobody, version),
      headers: stepHeaders(version),
      caPem,
      timeoutMs,
      maxBytes,
    })
    const findings = answer.dateMs === undefined ? [] : [clockFinding(clock.nowMs() - answer.dateMs)]
    if (answer.status === 503)
      return { findings: [...findings, mend(check, 'the cloud is restarting; try again in a minute.')], directions: undefined }
    if (answer.status !== 200) {
      const sentence = `what answers there is no cloud for agents (status ${answer.status} at /api/v1/env); check host and port.`
      return { findings: [...findings, mend(check, sentence)], directions: undefined }
    }
    const directions = readEnv(answer.body)
    return { findings: [...findings, good(check, `the cloud sends agents to ${directions.mqttUrl.host}.`)], directions }
  } catch (thrown) {
    return { findings: [mend(check, messageOf(thrown))], directions: undefined }
  }
}

function clockFinding(offMs: number): Finding {
  const check = 'clock'
  if (Math.abs(offMs) <= clockOffMs) return good(check, 'this host and the cloud agree on the time.')
  const seconds = Math.round(Math.abs(offMs) / 1000)
  return mend(check, `this host's clock is ${seconds} s ${offMs > 0 ? 'ahead of' : 'behind'} the cloud's; set both with NTP.`)
}

/** The claim of this host's agent-link, if it has one. */
export async function checkClaim(folder: string, { url }: CloudAddress): Promise<{ finding: Finding; claim: StoredClaim | undefined }> {
  const check = 'claim'
  try {
    const claim = await loadClaim(folder)
    if (claim === undefined)
      return {
        finding: good(check, `no claim is kept in ${folder}; npx throughline claim makes one, and a Netdata agent keeps its own.`),
        claim,
      }
    if (new URL(claim.url).host !== url.host) {
      const sentence = `this host is claimed at ${new URL(claim.url).origin}, not here; npx throughline claim with a token of this cloud moves it.`
      return { finding: mend(check, sentence), claim: undefined }
    }
    return { finding: good(check, `the claim of ${claim.hostname} is complete.`), claim }
  } catch (thrown) {
    return { finding: mend(check, messageOf(thrown)), claim: undefined }
  }
}

/** Whether the cloud knows the claim, and whether our key is the one it was made with. Nothing is changed by asking. */
export async function checkChallenge(directions: LinkDirections, claim: StoredClaim, caPem: string | undefined): Promise<Finding> {
  const check = 'sign-in'
  try {
    const url = authUrl(directions, claim.claimId, 'challenge')
    const answer = await requestHttps({ method: 'GET', url, headers: stepHeaders(version), caPem, timeoutMs, maxBytes })
    if (answer.status === 200) {
      solveChallenge(readChallenge(answer.body), claim.privateKeyPem)
      return good(check, 'the cloud knows the claim, and its key is ours.')
    }
    const { nonRetryable, retryDelayS } = readRefusal(answer.body)
    if (nonRetryable || answer.status === 404 || answer.status === 403)
      return mend(
        check,
        'the cloud does not know this claim: the node was removed there, or the machine was claimed again; run npx throughline claim with a fresh token.',
      )
    return mend(
      check,
      `the cloud asks to wait${retryDelayS === undefined ? '' : ` ${retryDelayS} s`} (status ${answer.status}); try again then.`,
    )
  } catch (thrown) {
    return mend(check, messageOf(thrown))
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof ThroughlineError ? thrown.message : 'it could not be checked.'
}
