/**
 * Functions that show nothing of persons, processes or traffic (agent-api §12.4). A name nobody knows counts as sensitive: agents
 * before 1.45 protect nothing themselves, so the cloud goes by the name.
 */
const harmlessFunctions: ReadonlySet<string> = new Set([
  'block-devices',
  'network-interfaces',
  'mount-points',
  'containers-vms',
  'systemd-services',
  'sensors',
])

/** Whether a function may show persons, processes or traffic: such a one is for roles that hold sensitive data. */
export function isSensitiveFunction(name: string): boolean {
  return !harmlessFunctions.has(name)
}
