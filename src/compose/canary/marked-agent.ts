import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an agent full of markers says. */
export interface MarkedWish {
  readonly hostname: string
  readonly machineGuid: string
  readonly contextTitle: string
  /** Every value of the one metric is one of these, another each second. */
  readonly liveMarkers: readonly string[]
  /** The value of the one alert, another each second; its status changes each second as well. */
  readonly alertMarkers: readonly string[]
}

export const markedContext = 'marker.context'
const chartId = 'marker.chart'
const alertName = 'marker_alert'

/** A stand-in for a local agent (agent-api v1) whose every value is a marker. It listens on loopback; answers its address. */
export async function startMarkedAgent(wish: MarkedWish): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const answers = answersOf(wish)
  const server = createServer((request, response) => {
    const name = /^\/api\/v1\/(\w+)/.exec(request.url ?? '')?.[1] ?? ''
    const answer = answers[name]
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ? answer() : {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answersOf({ hostname, machineGuid, contextTitle, liveMarkers, alertMarkers }: MarkedWish): Record<string, () => unknown> {
  const nowS = () => Math.floor(Date.now() / 1000)
  const of = (markers: readonly string[], atS: number) => Number(markers[atS % markers.length])
  const live = (atS = nowS()) => of(liveMarkers, atS)
  const alertValue = () => of(alertMarkers, nowS())
  const context = () => ({
    title: contextTitle,
    units: 'things',
    family: 'marker',
    chart_type: 'line',
    priority: 100,
    first_time_t: nowS() - 600,
    last_time_t: nowS(),
    collected: true,
  })
  const chart = () => ({
    ...context(),
    id: chartId,
    name: chartId,
    context: markedContext,
    update_every: 1,
    labels: {},
    dimensions: { value: { name: 'value', collected: true } },
  })
  const alert = () => ({
    id: 1,
    config_hash_id: '6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11',
    name: alertName,
    chart: chartId,
    family: 'marker',
    status: nowS() % 2 === 0 ? 'WARNING' : 'CRITICAL',
    active: true,
    disabled: false,
    silenced: false,
    exec: '/bin/true',
    recipient: 'root',
    source: '1@marker.conf',
    units: 'things',
    info: 'A marked alert',
    value: alertValue(),
    value_string: String(alertValue()),
    last_status_change: nowS() - (nowS() % 2),
    last_updated: nowS(),
    next_update: nowS() + 1,
    update_every: 1,
    delay_up_duration: 0,
    delay_down_duration: 0,
    delay: 0,
    delay_up_to_timestamp: 0,
    calc: '$value',
    warn: '$this &gt; 1',
    crit: '$this &gt; 2',
  })
  const data = () => {
    const times = Array.from({ length: 60 }, (_, back) => nowS() - back)
    return {
      api: 1,
      view_update_every: 1,
      update_every: 1,
      first_entry: nowS() - 600,
      last_entry: nowS(),
      after: nowS() - 60,
      before: nowS(),
      dimension_names: ['value'],
      dimension_ids: ['value'],
      chart_ids: [chartId],
      latest_values: [live()],
      view_latest_values: [live()],
      dimensions: 1,
      points: times.length,
      format: 'json',
      result: { labels: ['time', 'value'], data: times.map((atS) => [atS, live(atS)]) },
      min: live(),
      max: live(),
    }
  }
  return {
    info: () => ({
      version: 'v1.37.1',
      uid: machineGuid,
      mirrored_hosts: [hostname],
      os_name: 'Marker OS',
      os_id: 'marker',
      os_version: '1',
      kernel_name: 'Linux',
      kernel_version: '6',
      architecture: 'x86_64',
      cores_total: '2',
      ram_total: '1024',
      total_disk_space: '1024',
      host_labels: {},
      functions: {},
      collectors: [],
      alarms: { normal: 0, warning: 1, critical: 0 },
    }),
    contexts: () => ({
      hostname,
      machine_guid: machineGuid,
      contexts: { [markedContext]: { ...context(), charts: { [chartId]: chart() } } },
    }),
    charts: () => ({ hostname, update_every: 1, charts: { [chartId]: chart() } }),
    alarms: () => ({ hostname, status: true, now: nowS(), alarms: { [`${chartId}.${alertName}`]: alert() } }),
    alarms_values: () => ({ alarms: { [`${chartId}.${alertName}`]: { id: 1, status: 'WARNING', value: alertValue() } } }),
    data,
  }
}
