import { createServer } from 'node:http'

/** Texts to look for: values that must stay nowhere, and definitions that must be found again. */
export const markers = {
  /** A metric value, in every answer about data. */
  liveValue: '8675309.4242421',
  /** The value of an alert, in every answer about alerts. */
  alertValue: '7755331.1919191',
  /** Planted in metadata as the control: a host name and the title of a context. */
  hostname: 'control-host-2fd1c7',
  contextTitle: 'Control title 91ab3e',
} as const

/** A stand-in for a local agent (agent-api v1) whose every value is a marker. Answers its address on loopback. */
export async function startMarkerSource(): Promise<{ url: string; stop(): Promise<void> }> {
  const machineGuid = '3f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11'
  const nowS = () => Math.floor(Date.now() / 1000)
  const context = () => ({
    title: markers.contextTitle,
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
    id: 'marker.chart',
    name: 'marker.chart',
    context: 'marker.context',
    update_every: 1,
    labels: {},
    dimensions: { value: { name: 'value', collected: true } },
  })
  const alarm = () => ({
    id: 1,
    config_hash_id: '6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11',
    name: 'marker_alert',
    chart: 'marker.chart',
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
    value: Number(markers.alertValue),
    value_string: markers.alertValue,
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
  const answers: Record<string, () => unknown> = {
    info: () => ({
      version: 'v1.37.1',
      uid: machineGuid,
      mirrored_hosts: [markers.hostname],
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
      hostname: markers.hostname,
      machine_guid: machineGuid,
      contexts: { 'marker.context': { ...context(), charts: { 'marker.chart': chart() } } },
    }),
    charts: () => ({ hostname: markers.hostname, update_every: 1, charts: { 'marker.chart': chart() } }),
    alarms: () => ({ hostname: markers.hostname, status: true, now: nowS(), alarms: { 'marker.chart.marker_alert': alarm() } }),
    alarms_values: () => ({ alarms: { 'marker.chart.marker_alert': { id: 1, status: 'WARNING', value: Number(markers.alertValue) } } }),
    data: () => ({
      api: 1,
      view_update_every: 1,
      update_every: 1,
      first_entry: nowS() - 600,
      last_entry: nowS(),
      after: nowS() - 1,
      before: nowS(),
      dimension_names: ['value'],
      dimension_ids: ['value'],
      chart_ids: ['marker.chart'],
      latest_values: [Number(markers.liveValue)],
      view_latest_values: [Number(markers.liveValue)],
      dimensions: 1,
      points: 2,
      format: 'json',
      result: { labels: ['time', 'value'], data: [nowS(), nowS() - 1].map((timeS) => [timeS, Number(markers.liveValue)]) },
      min: Number(markers.liveValue),
      max: Number(markers.liveValue),
    }),
  }
  const server = createServer((request, response) => {
    const name = /^\/api\/v1\/(\w+)/.exec(request.url ?? '')?.[1] ?? ''
    const answer = answers[name]
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ? answer() : {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
