import type { Bus } from '../../cloud/bus/port.ts'
import { createConfigure, type Configure } from '../../cloud/configure/configure.ts'
import { agentPermissionsOf } from '../../cloud/identity/agent-permissions.ts'
import { isPermitted } from '../../cloud/identity/permissions.ts'
import type { AlertEvents } from '../../cloud/gateway/ports.ts'
import type { Metadata } from '../../cloud/metadata/metadata.ts'
import type { Presence } from '../../cloud/presence/port.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

export interface ConfiguringDeps {
  readonly store: MetadataStore
  readonly metadata: Pick<Metadata, 'unfinished' | 'roster'>
  readonly bus: Bus
  readonly presence: Pick<Presence, 'instancesOf' | 'onChange'>
  readonly clock: Clock
  readonly log: Log
}

/** Alert configuration over links, people and what is kept. What was under way is taken up by `resume`. */
export function openConfigure({ store, metadata, bus, presence, clock, log }: ConfiguringDeps): Configure {
  const configure = createConfigure({
    store,
    unfinished: metadata.unfinished,
    bus,
    presence: {
      ownNodeOf: (nodeId, claimId) => presence.instancesOf(nodeId).find((instance) => instance.claimId === claimId)?.viaNodeId,
    },
    rights: {
      async rightsOf(spaceId, personId) {
        const member = await metadata.roster.find(spaceId, personId)
        if (member === undefined) return undefined
        const caller = { role: member.role, via: 'cookie' } as const
        return isPermitted('alerts.change-config', caller)
          ? { role: member.role, permissions: agentPermissionsOf(caller), personId }
          : undefined
      },
    },
    clock,
    log,
  })
  presence.onChange(({ state }) => {
    if (state === 'live') configure.look()
  })
  return configure
}

/** Alert events on their way to be kept, of which the watch for drift hears how alerts are defined. */
export function watchedAlerts(alerts: AlertEvents, { seen }: Pick<Configure, 'seen'>): AlertEvents {
  return {
    ...alerts,
    async transition(agent, nodeId, transition) {
      await alerts.transition(agent, nodeId, transition)
      seen(agent.spaceId, nodeId, [transition])
    },
    async snapshot(agent, nodeId, transitions) {
      await alerts.snapshot(agent, nodeId, transitions)
      seen(agent.spaceId, nodeId, transitions)
    },
  }
}
