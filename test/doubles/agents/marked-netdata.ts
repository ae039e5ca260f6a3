import { onTestFinished } from 'vitest'
import { startNetdata, type NetdataServer } from './netdata-server.ts'
import { waitUntil } from '../wait-until.ts'

/** An alert on a gauge that a test sets: warning above this, critical above 20. */
export const markedHealth = (warning: number) => `
    alarm: mark
       on: statsd_mark.level_gauge
     calc: $gauge
    units: things
    every: 1s
     warn: $this > ${warning}
     crit: $this > 20
       to: silent
`

/** A real netdata with that alert, clear, its gauge `mark.level` at 5. Ends with the test. */
export async function startMarked(): Promise<NetdataServer> {
  const netdata = await startNetdata({ hasStatsd: true, files: { 'health.d/mark.conf': markedHealth(10) } })
  onTestFinished(() => netdata.stop())
  await netdata.gauge('mark.level', 5)
  await markedStatus(netdata, 'CLEAR')
  return netdata
}

/** Waits until netdata itself has the alert in this status. */
export const markedStatus = (netdata: NetdataServer, status: string) =>
  waitUntil(async () => {
    const answer = await fetch(`${netdata.url}/api/v1/alarms?all`).catch(() => undefined)
    const { alarms = {} } = ((await answer?.json()) ?? {}) as { alarms?: Record<string, { status: string }> }
    return alarms['statsd_mark.level_gauge.mark']?.status === status ? true : undefined
  })
