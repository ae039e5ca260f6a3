import type { EgressEvents } from '../../cloud/gateway/ports.ts'
import type { Audit } from '../../cloud/audit/audit.ts'
import type { EgressManifests } from '../../cloud/metadata/nodes/egress-manifests.ts'
import type { AuditEvent } from '../domain/audit.ts'

/** What agents say of what may leave their hosts: kept, and audited when the list changes or a field beyond it comes (security D8). */
export function createEgressEvents(manifests: EgressManifests, audit: Pick<Audit, 'recordSoon'>): EgressEvents {
  return {
    async told(agent, said) {
      const { isNew } = await manifests.tell(agent, said)
      if (isNew)
        audit.recordSoon(
          event('egress-manifest-confirmed', agent, { hash: said.hash.slice(0, 16), version: said.version, method: said.by }),
        )
    },
    async manifestOf({ spaceId, nodeId, claimId }) {
      return (await manifests.of(spaceId, nodeId, claimId))?.fields
    },
    refused(agent, field) {
      audit.recordSoon(event('egress-refused', agent, { field }))
    },
  }
}

function event(
  action: AuditEvent['action'],
  agent: Pick<AuditEvent, 'spaceId' | 'nodeId' | 'claimId'>,
  details: AuditEvent['details'],
): AuditEvent {
  const { spaceId, nodeId, claimId } = agent
  const about = {
    ...(nodeId === undefined ? {} : { nodeId }),
    ...(claimId === undefined ? {} : { claimId }),
    ...(details === undefined ? {} : { details }),
  }
  return { action, spaceId, personId: undefined, via: 'agent', subject: { kind: 'node', id: nodeId ?? '' }, ...about }
}
