import type { AuditEvent } from '../../src/domain/audit.ts'
import type { ClaimId, NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Audit } from './audit.ts'

interface Visitor {
  readonly personId: PersonId
  readonly spaceId: SpaceId
  readonly signInId?: string | undefined
}

/** What the live river tells: structurally the relay's `Witness`. Events are buffered half a second, since nobody waits for them. */
export function createWitness(audit: Pick<Audit, 'recordSoon'>) {
  const event = (visitor: Visitor, nodeId: NodeId): Omit<AuditEvent, 'action' | 'subject'> => ({
    spaceId: visitor.spaceId,
    personId: visitor.personId,
    via: visitor.signInId === undefined ? 'api-token' : 'cookie',
    nodeId,
  })
  return {
    viewStarted(visitor: Visitor, nodeId: NodeId): void {
      audit.recordSoon({ ...event(visitor, nodeId), action: 'view-started', subject: { kind: 'node', id: nodeId } })
    },
    viewStopped(visitor: Visitor, nodeId: NodeId, durationMs: number): void {
      audit.recordSoon({
        ...event(visitor, nodeId),
        action: 'view-stopped',
        subject: { kind: 'node', id: nodeId },
        details: { durationMs },
      })
    },
    functionRun(visitor: Visitor, nodeId: NodeId, { name, isChange }: { readonly name: string; readonly isChange: boolean }): void {
      const details = isChange ? { isChange } : {}
      audit.recordSoon({ ...event(visitor, nodeId), action: 'function-run', subject: { kind: 'function', id: name }, details })
    },
    denied(visitor: Visitor, nodeId: NodeId, what: string): void {
      audit.recordSoon({ ...event(visitor, nodeId), action: 'access-denied', subject: { kind: 'function', id: what } })
    },
  }
}

interface Claims<Request> {
  claim(request: Request): Promise<void>
  find(claimId: ClaimId): Promise<{ readonly nodeId: NodeId; readonly spaceId: SpaceId } | undefined>
}

/** Claims whose success and refusal is audited; a claim that is only repeated is not told again. */
export function auditedClaims<Request extends { readonly claimId: ClaimId }, All extends Claims<Request>>(claims: All, audit: Audit): All {
  return {
    ...claims,
    async claim(request: Request) {
      const { claimId } = request
      const before = await claims.find(claimId)
      try {
        await claims.claim(request)
      } catch (thrown) {
        const code = thrown instanceof ThroughlineError ? thrown.code : undefined
        // Without the claim's id, which a stranger makes up.
        if (code !== undefined && code !== 'STORE_UNAVAILABLE')
          audit.recordSoon({
            action: 'access-denied',
            spaceId: before?.spaceId,
            personId: undefined,
            via: 'agent',
            subject: { kind: 'route', id: 'claim' },
            details: { code },
          })
        throw thrown
      }
      if (before !== undefined) return
      const made = await claims.find(claimId)
      if (made === undefined) return
      const { nodeId, spaceId } = made
      const event: AuditEvent = {
        action: 'node-claimed',
        spaceId,
        personId: undefined,
        via: 'agent',
        subject: { kind: 'node', id: nodeId },
        nodeId,
        claimId,
      }
      // The claim is made; when the audit cannot take it now, it waits.
      await audit.record(event).catch(() => audit.recordSoon(event))
    },
  }
}
