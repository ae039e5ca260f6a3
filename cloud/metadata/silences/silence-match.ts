import type { NodeId, PersonId } from '../../../src/domain/ids.ts'
import { simplePattern } from '../../../src/domain/simple-pattern.ts'
import { integrationOf } from '../channels/integrations.ts'
import type { SilenceContent, SilenceSeverity } from '../../../src/domain/silence.ts'

/** The app on a phone, as existing clients name it (cloud-api §8); here the browsers of people stand in its place. */
const mobileIntegrationId = '607bfd3c-02c1-4da2-b67a-0d01b518ce5d'

/** What a silence is held against. */
export interface SilencedThing {
  readonly nodeId: NodeId
  /** Undefined: whether the node is in reach. */
  readonly alert: { readonly chart: string; readonly name: string; readonly context: string } | undefined
  /** Undefined: whatever it is. */
  readonly option: SilenceSeverity | undefined
  /** Undefined: wherever it goes. */
  readonly target: { readonly kind: 'channel' | 'push'; readonly slug: string; readonly personId: PersonId | undefined } | undefined
  readonly rooms: ReadonlySet<string>
  readonly labels: Readonly<Record<string, string>>
  /** Recipients in the alert's definition. */
  readonly roles: readonly string[]
}

/** What has to be known of a node and an alert before a silence can be held against them. */
export const needsNode = ({ roomIds, hostLabels }: SilenceContent): boolean => roomIds.length > 0 || Object.keys(hostLabels).length > 0
export const needsRoles = ({ alertRoles }: SilenceContent): boolean => alertRoles.length > 0

/** Whether a silence is about this, at whatever time. What is said of alerts never fits a node that goes out of reach. */
export function createSilenceMatch(silence: SilenceContent & { readonly personId: PersonId | null }): (thing: SilencedThing) => boolean {
  const [rooms, nodes, severities] = [new Set(silence.roomIds), new Set<string>(silence.nodeIds), new Set(silence.severities)]
  const labels = Object.entries(silence.hostLabels).map(([key, value]) => [key, simplePattern([value])] as const)
  const [names, contexts, instances, roles] = [silence.alertNames, silence.alertContexts, silence.alertInstances, silence.alertRoles].map(
    (items) => ({ isAny: items.length === 0, fits: simplePattern(items) }),
  )
  const ways = silence.integrationIds.map((id) => (id === mobileIntegrationId ? 'push' : integrationOf(id)?.slug))

  const fitsAlert = (alert: SilencedThing['alert'], recipients: readonly string[]) => {
    if (alert === undefined) return [names, contexts, instances, roles].every((each) => each?.isAny === true)
    return (
      names?.fits(alert.name) === true &&
      contexts?.fits(alert.context) === true &&
      instances?.fits(alert.chart) === true &&
      (roles?.isAny === true || roles?.fits(...recipients) === true)
    )
  }
  return ({ nodeId, alert, option, target, rooms: nodeRooms, labels: nodeLabels, roles: recipients }) =>
    (silence.personId === null || target?.personId === silence.personId) &&
    (severities.size === 0 || option === undefined || severities.has(option)) &&
    (ways.length === 0 || target === undefined || ways.includes(target.kind === 'push' ? 'push' : target.slug)) &&
    (nodes.size === 0 || nodes.has(nodeId)) &&
    (rooms.size === 0 || [...rooms].some((roomId) => nodeRooms.has(roomId))) &&
    labels.every(([key, fits]) => Object.hasOwn(nodeLabels, key) && fits(nodeLabels[key] ?? '')) &&
    fitsAlert(alert, recipients)
}
