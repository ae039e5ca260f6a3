import type { Request, Response, Router } from 'express'
import express from 'express'
import { z } from 'zod'
import { envAnswer, passwordAnswer } from '../../../src/aclk/otp/answers.ts'
import type { ClaimId, MachineGuid } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import { asThroughlineError, errorKinds, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { clientAddress } from '../../../src/support/client-address.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { attemptReason } from '../attempts/attempt-reason.ts'
import type { AttemptNote, ConnectJournal } from '../attempts/journal.ts'
import type { AttemptStage } from '../attempts/reasons.ts'
import type { EgressWatch } from '../egress/egress-watch.ts'
import type { ClaimDirectory, ClaimedAgent } from '../ports.ts'
import { sendError, sendJson } from './answers.ts'
import type { Challenges } from './challenges.ts'
import { readClaimBody } from './claim-body.ts'
import type { Credentials } from './credentials.ts'
import type { AuthFailures } from './failures.ts'
import { RetryLater } from './failures.ts'
import { readJson } from './read-json.ts'

export interface AgentRouterDeps {
  readonly claims: ClaimDirectory
  readonly challenges: Challenges
  readonly credentials: Credentials
  readonly failures: AuthFailures
  readonly attempts: ConnectJournal
  readonly egress?: Pick<EgressWatch, 'tell'> | undefined
  readonly publicUrl: { readonly host: string; readonly port: number }
  readonly clock: Clock
  readonly log: Log
  /** Throws {@link RetryLater} for identities that flap. */
  readonly checkHeld: (claimId: ClaimId) => void
  /** Whether the machine is linked under another claim now. */
  readonly hasTwin: (agent: ClaimedAgent) => boolean
  /** A machine was claimed: links of claims it had before may be over. */
  readonly claimed: (machineGuid: MachineGuid, claimId: ClaimId) => void
  readonly isClosing: () => boolean
}

/** What a request has shown of its sender so far. */
type Who = { -readonly [Key in 'claimId' | 'machineGuid' | 'hostname' | 'spaceId']?: AttemptNote[Key] }
type Handle = (request: Request, response: Response, who: Who) => Promise<void> | void

const passwordBody = z.object({ response: z.string().max(1024) })

/** The agents' HTTP routes: claim, discovery, challenge, password (aclk §1 to §3), with the exact status codes agents insist on. */
export function createAgentRouter(deps: AgentRouterDeps): Router {
  const router = express.Router()
  const env = envAnswer(deps.publicUrl)
  const auth = '/api/v1/auth/node/:claimId'

  const route = (path: string, method: 'get' | 'put' | 'post', stage: AttemptStage | undefined, handle: Handle) => {
    router[method](path, (request: Request, response: Response) => void answer(deps, request, response, stage, handle))
    router.all(path, (_request, response) => {
      response.setHeader('Allow', method.toUpperCase())
      sendError(response, new ThroughlineError('METHOD_NOT_ALLOWED', `Only ${method.toUpperCase()} is answered here.`))
    })
  }

  route('/api/v1/spaces/nodes/:claimId', 'put', 'claim', async (request, response, who) => {
    const claim = readClaimBody(String(request.params['claimId']), await readJson(request, deps.clock))
    const { claimId, machineGuid, hostname } = claim
    Object.assign(who, { claimId, machineGuid, hostname })
    await deps.claims.claim(claim)
    if (claim.egress !== undefined && deps.egress !== undefined) {
      const agent = await deps.claims.find(claimId)
      // Before the claim is answered: an agent that gets no answer asks again, and says it again.
      if (agent !== undefined) await deps.egress.tell(agent, claim.egress)
    }
    deps.log.info('claimed', { claimId: claim.claimId, machineGuid: claim.machineGuid })
    response.writeHead(204)
    response.end()
    deps.claimed(claim.machineGuid, claim.claimId)
    // The claim is made, whatever becomes of this look-up.
    const made = await deps.claims.find(claimId).catch(() => undefined)
    deps.attempts.note({ ...who, address: addressOf(request), stage: 'claim', reason: 'claimed', spaceId: made?.spaceId })
  })

  route('/api/v1/env', 'get', undefined, (_request, response) => sendJson(response, 200, env))

  route(`${auth}/challenge`, 'get', 'challenge', async (request, response, who) => {
    const { agent } = await provenCandidate(deps, request, who)
    sendJson(response, 200, JSON.stringify({ challenge: deps.challenges.issue(agent, addressOf(request)) }))
  })

  route(`${auth}/password`, 'post', 'password', async (request, response, who) => {
    const parsed = passwordBody.safeParse(await readJson(request, deps.clock))
    if (!parsed.success) throw new ThroughlineError('BODY_UNPROCESSABLE', 'The body has no response.')
    const { agent, isCopy } = await provenCandidate(deps, request, who)
    // Agents up to 1.37 may break base64 lines (aclk §3.1); Node.js skips what is not of the alphabet.
    if (!deps.challenges.redeem(agent, Buffer.from(parsed.data.response, 'base64'))) {
      deps.failures.note(agent.claimId, addressOf(request))
      throw new ThroughlineError('FORBIDDEN', 'The response answers no outstanding challenge.')
    }
    // It holds the key of a claim that another machine superseded: both go on, and the owner is told.
    if (isCopy) await deps.claims.revive(agent.claimId)
    sendJson(response, 201, passwordAnswer(deps.credentials.issue(agent.claimId)))
  })

  return router
}

/** Writes a refusal into the journal; the agent does not wait for that, and is told no more for it. */
async function noteRefusal(deps: AgentRouterDeps, attempt: Omit<AttemptNote, 'reason'>, thrown: unknown): Promise<void> {
  const reason = attemptReason(attempt.stage, thrown)
  if (reason === undefined) return
  if (reason !== 'claim-unknown' || attempt.claimId === undefined) return deps.attempts.note({ ...attempt, reason })
  try {
    const fate = await deps.claims.fate?.(attempt.claimId as ClaimId)
    if (fate === undefined) deps.attempts.note({ ...attempt, reason })
    else deps.attempts.note({ ...attempt, reason: `claim-${fate.state}`, spaceId: fate.spaceId })
  } catch {
    deps.attempts.note({ ...attempt, reason: 'cloud-busy' })
  }
}

/** The agent behind the claim id in the path; unknown, removed, superseded and malformed ids are refused alike (C8). */
async function provenCandidate(deps: AgentRouterDeps, request: Request, who: Who): Promise<{ agent: ClaimedAgent; isCopy: boolean }> {
  const claimId = canonicalUuid(request.params['claimId']) as ClaimId | undefined
  if (claimId === undefined) throw unknownClaim()
  who.claimId = claimId
  deps.failures.check(claimId, addressOf(request))
  deps.checkHeld(claimId)
  const active = await deps.claims.find(claimId)
  const agent = active ?? (await copiedMachine(deps, claimId))
  if (agent === undefined) throw unknownClaim()
  who.machineGuid = agent.machineGuid
  who.spaceId = agent.spaceId
  return { agent, isCopy: active === undefined }
}

/**
 * A superseded claim is over, unless the machine is linked under the newer one: who still asks with the old one is then another
 * machine with the same guid, and may prove it.
 */
async function copiedMachine({ claims, hasTwin }: AgentRouterDeps, claimId: ClaimId): Promise<ClaimedAgent | undefined> {
  const agent = await claims.findSuperseded(claimId)
  return agent !== undefined && hasTwin(agent) ? agent : undefined
}

function unknownClaim(): ThroughlineError {
  return new ThroughlineError('CLAIM_UNKNOWN', 'This agent is not claimed here.')
}

async function answer(
  deps: AgentRouterDeps,
  request: Request,
  response: Response,
  stage: AttemptStage | undefined,
  handle: Handle,
): Promise<void> {
  const who: Who = {}
  try {
    if (deps.isClosing()) throw new RetryLater(1 + Math.floor(Math.random() * 10), 'RESTARTING')
    await handle(request, response, who)
  } catch (thrown) {
    if (stage !== undefined) void noteRefusal(deps, { ...who, address: addressOf(request), stage }, thrown)
    const error = asThroughlineError(thrown)
    if (errorKinds[error.code].http >= 500 && error.code !== 'RESTARTING') {
      deps.log.error('agent_route_failed', {
        path: request.route?.path as string | undefined,
        code: error.code,
        cause: error.cause instanceof Error ? error.cause.message : undefined,
      })
    }
    if (response.headersSent || response.destroyed) return
    sendError(response, error, error.code === 'CLAIM_UNKNOWN' ? { nonRetryable: true } : undefined)
  }
}

/** The client's address; the edge decides which forwarded headers count (E5). */
function addressOf(request: Request): string {
  return clientAddress(request)
}
