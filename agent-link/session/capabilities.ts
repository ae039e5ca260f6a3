import type { Capability } from '../../src/domain/model.ts'

/**
 * What this agent can do (aclk §6.2). No `http_api_v2`: it serves API v1 only. `health` 2 makes alerts generation C, which is what
 * the session speaks even when the source has none. `funcs` only when this host offers functions, `dyncfg` only when the source's alerts
 * can be configured.
 */
export function agentCapabilities(
  source: { readonly hasAlerts: boolean; readonly configure?: unknown },
  functions: object | undefined,
): readonly Capability[] {
  return [
    { name: 'json', version: 2, enabled: false },
    { name: 'proto', version: 1, enabled: true },
    { name: 'ctx', version: 1, enabled: true },
    { name: 'funcs', version: functions ? 1 : 0, enabled: functions !== undefined },
    { name: 'ml', version: 0, enabled: false },
    { name: 'mc', version: 0, enabled: false },
    { name: 'req_cancel', version: 1, enabled: true },
    { name: 'health', version: 2, enabled: source.hasAlerts },
    ...(source.configure ? [{ name: 'dyncfg', version: 2, enabled: true }] : []),
  ]
}
