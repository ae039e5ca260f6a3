import type { Request, Response, Router } from 'express'
import express from 'express'
import { z } from 'zod'
import { envAnswer, passwordAnswer } from '../../../src/aclk/otp/answers.ts'
import type { ClaimId, MachineGuid } from '../../../src/domain/ids.ts'
import { canonicalUuid } from '../../../src/domain/ids.ts'
import { asThroughlineError, errorKinds, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
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
  readonly publicUrl: { readonly host: string; readonly port: number }
  readonly clock: Clock
  readonly log: Log
  /** Throws {@link RetryLater} for identities that flap. */
  readonly checkHeld: (claimId: ClaimId) => void
  /** A machine was claimed: links of claims it had before may be over. */
  readonly claimed: (machineGuid: MachineGuid, claimId: ClaimId) => void
  readonly isClosing: () => boolean
}

const passwordBody = z.object({ response: z.string().max(1024) })

/** The agents' HTTP routes: claim, discovery, challenge, password (aclk §1 to §3), with the exact status codes agents insist on. */
export function createAgentRouter(deps: AgentRouterDeps): Router {
  const router = express.Router()
  const env = envAnswer(deps.publicUrl)
  const auth = '/api/v1/auth/node/:claimId'

  const route = (path: string, method: 'get' | 'put' | 'post', handle: (request: Request, response: Response) => Promise<void> | void) => {
    router[method](path, (request: Request, response: Response) => void answer(deps, request, response, handle))
    router.all(path, (_request, response) => {
      response.setHeader('Allow', method.toUpperCase())
      sendError(response, new ThroughlineError('METHOD_NOT_ALLOWED', `Only ${method.toUpperCase()} is answered here.`))
    })
  }

  route('/api/v1/spaces/nodes/:claimId', 'put', async (request, response) => {
    const claim = readClaimBody(String(request.params['claimId']), await readJson(request, deps.clock))
    await deps.claims.claim(claim)
    deps.log.info('claimed', { claimId: claim.claimId, machineGuid: claim.machineGuid })
    response.writeHead(204)
    response.end()
    deps.claimed(claim.machineGuid, claim.claimId)
  })

  route('/api/v1/env', 'get', (_request, response) => sendJson(response, 200, env))

  route(`${auth}/challenge`, 'get', async (request, response) => {
    const agent = await provenCandidate(deps, request)
    sendJson(response, 200, JSON.stringify({ challenge: deps.challenges.issue(agent, addressOf(request)) }))
  })

  route(`${auth}/password`, 'post', async (request, response) => {
    const parsed = passwordBody.safeParse(await readJson(request, deps.clock))
    if (!parsed.success) throw new ThroughlineError('BODY_UNPROCESSABLE', 'The body has no response.')
    const agent = await provenCandidate(deps, request)
    // Agents up to 1.37 may break base64 lines (aclk §3.1); Node.js skips what is not of the alphabet.
    if (!deps.challenges.redeem(agent, Buffer.from(parsed.data.response, 'base64'))) {
      deps.failures.note(agent.claimId, addressOf(request))
      throw new ThroughlineError('FORBIDDEN', 'The response answers no outstanding challenge.')
    }
    sendJson(response, 201, passwordAnswer(deps.credentials.issue(agent.claimId)))
  })

  return router
}

/** The agent behind the claim id in the path; unknown, removed, superseded and malformed ids are refused alike (C8). */
async function provenCandidate(deps: AgentRouterDeps, request: Request): Promise<ClaimedAgent> {
  const claimId = canonicalUuid(request.params['claimId']) as ClaimId | undefined
  if (claimId === undefined) throw unknownClaim()
  deps.failures.check(claimId, addressOf(request))
  deps.checkHeld(claimId)
  const agent = await deps.claims.find(claimId)
  if (agent === undefined) throw unknownClaim()
  return agent
}

function unknownClaim(): ThroughlineError {
  return new ThroughlineError('CLAIM_UNKNOWN', 'This agent is not claimed here.')
}

async function answer(
  deps: AgentRouterDeps,
  request: Request,
  response: Response,
  handle: (request: Request, response: Response) => Promise<void> | void,
): Promise<void> {
  try {
    if (deps.isClosing()) throw new RetryLater(1 + Math.floor(Math.random() * 10), 'RESTARTING')
    await handle(request, response)
  } catch (thrown) {
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
  return request.ip ?? ''
}
