import type { Capability as WireCapability } from '../../../src/aclk/messages/index.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { Capability } from '../../../src/domain/model.ts'

/** Text from an agent, cut at `maxChars`, never in the middle of a character. */
export function cut(text: string, maxChars: number = linkLimits.textChars): string {
  if (text.length <= maxChars) return text
  const end = /[\ud800-\udbff]/.test(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars
  return text.slice(0, end)
}

/** Capabilities with usable names, bounded in number; the first of a name counts. */
export function decodeCapabilities(wire: readonly WireCapability[]): Capability[] {
  const byName = new Map<string, Capability>()
  for (const { name, version, enabled } of wire) {
    if (name === '' || name.length > linkLimits.nameChars || byName.has(name)) continue
    if (byName.size >= linkLimits.capabilities) break
    byName.set(name, { name, version, enabled })
  }
  return [...byName.values()]
}

/** A capability's version when it is there and enabled, else 0 (aclk §6.2). */
export function capabilityVersion(capabilities: readonly Capability[], name: string): number {
  const found = capabilities.find((capability) => capability.name === name)
  return found?.enabled ? found.version : 0
}
