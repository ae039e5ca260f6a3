import type { SourceAlert } from '../../../../agent-link/sources/source.ts'

/** A raised alert of a simulated host. */
export function simulatedAlert(
  wish: Pick<SourceAlert, 'chart' | 'name' | 'context' | 'valueText'> & {
    readonly status: 'warning' | 'critical'
    readonly whenS: number
    readonly summary?: string
  },
): SourceAlert {
  return {
    family: 'simulated',
    configHash: '5f0c8a52-0000-4000-8000-000000000001',
    execPath: '/bin/true',
    configSource: 'simulated',
    delayS: 0,
    delayUpToS: 0,
    lastRepeatS: 0,
    isSilenced: false,
    value: Number.parseFloat(wish.valueText),
    info: '',
    summary: '',
    ...wish,
  }
}

/** What an agent answers about its raised alerts (agent-api §9.1). */
export function alarmsAnswer(
  hostname: string,
  alerts: readonly SourceAlert[],
  nowS: number,
  details: Readonly<Record<string, object>> = {},
): object {
  const alarms = alerts.map(({ chart, name, context, status, whenS, valueText, value, summary }) => [
    `${chart}.${name}`,
    {
      chart,
      name,
      context,
      status: status.toUpperCase(),
      last_status_change: whenS,
      value_string: valueText,
      value,
      summary,
      active: true,
      ...details[name],
    },
  ])
  return { hostname, latest_alarm_log_unique_id: 1, status: true, now: nowS, alarms: Object.fromEntries(alarms) }
}
