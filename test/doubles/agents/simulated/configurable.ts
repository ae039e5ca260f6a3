import type { SourceAlert, SourceAlertConfig } from '../../../../agent-link/sources/source.ts'
import type { AgentQuestion } from '../../../../src/aclk/query/request.ts'
import type { Capability } from '../../../../src/domain/model.ts'
import type { DyncfgAgent } from '../dyncfg-agent.ts'
import { simulatedAlert } from './alerts.ts'
import type { LiveWishes } from './crowd.ts'

/** What an agent announces that takes configuration of alerts over its link. */
export const configurable: readonly Capability[] = [{ name: 'dyncfg', version: 2, enabled: true }]

/** Lets the configuration of a simulated agent be that of a double. */
export function configuredBy(double: DyncfgAgent): NonNullable<LiveWishes['onConfig']> {
  return ({ target, headers, bodyText }) => {
    const accountId = headers.get('x-netdata-account-id')
    const userName = headers.get('x-netdata-user-name')
    const question: AgentQuestion = {
      method: bodyText === '' ? 'GET' : 'POST',
      target,
      timeoutMs: 30_000,
      asker: {
        permissions: Number(headers.get('x-netdata-permissions') ?? 0x1b),
        role: headers.get('x-netdata-role') ?? 'member',
        ...(accountId === undefined ? {} : { accountId }),
        ...(userName === undefined ? {} : { userName }),
      },
      ...(bodyText === '' ? {} : { body: { contentType: 'application/json', text: bodyText } }),
    }
    return double.answer(question)
  }
}

/** An alert of a simulated host and how it is defined, as agents push both. */
export function definedAlert(
  hash: string,
  name: string,
  chart: string,
  context: string,
  config: SourceAlertConfig = {},
): { readonly alert: SourceAlert; readonly configs: Readonly<Record<string, SourceAlertConfig>> } {
  const alert = simulatedAlert({ name, chart, context, status: 'warning', whenS: Math.floor(Date.now() / 1_000) - 600, valueText: '91 %' })
  return {
    alert: { ...alert, configHash: hash },
    configs: {
      [hash]: {
        alarm: name,
        template: name,
        onChart: context,
        classification: 'Utilization',
        component: 'Disk',
        type: 'System',
        units: '%',
        every: '60',
        info: 'mean utilisation of the disk, ten minutes',
        recipient: 'sysadmin',
        delay: 'up 1m down 15m multiplier 1.2 max 1h',
        pDbLookupAfter: -600,
        pDbLookupBefore: 0,
        pDbLookupDimensions: 'utilization',
        pDbLookupMethod: 'average',
        pDbLookupOptions: 'unaligned',
        pUpdateEvery: 60,
        warningExpr: '$this > (($status >= $WARNING) ? (75) : (85))',
        criticalExpr: '$this > 98',
        ...config,
      },
    },
  }
}
