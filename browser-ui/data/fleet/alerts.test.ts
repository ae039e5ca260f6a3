import { expect, it } from 'vitest'
import type { NodeSummary, RaisedAlert } from '../../link/api.ts'
import { alertNowKey, parseAlertsNow } from './alert-values.ts'
import { alertPath, alertSinceText, alertsOfNodes, filterAlerts, readAlertFilter } from './raised-list.ts'

const alert = (name: string, rest: Partial<RaisedAlert> = {}): RaisedAlert => ({
  nodeId: 'n1',
  chart: 'disk_space._',
  name,
  context: 'disk.space',
  status: 'warning',
  oldStatus: 'clear',
  whenS: 1_000,
  isStale: false,
  unknownSinceMs: null,
  ...rest,
})
const nodes = [
  { nodeId: 'n1', hostname: 'web-1' },
  { nodeId: 'n2', hostname: 'db' },
] as NodeSummary[]
const alerts = [
  alert('disk_space_usage', { status: 'critical' }),
  alert('cpu_high', { nodeId: 'n2', context: 'system.cpu' }),
  alert('x', { nodeId: 'elsewhere' }),
]
const found = (search: string) =>
  filterAlerts(alertsOfNodes(alerts, nodes), readAlertFilter(search)).map(({ name, hostname }) => `${name} ${hostname}`)

it('[HN30] shows the alerts of the nodes of the room, narrowed by severity, node, context and words of the address', () => {
  expect(found('')).toEqual(['disk_space_usage web-1', 'cpu_high db'])
  expect(found('?severity=critical')).toEqual(['disk_space_usage web-1'])
  expect(found('?severity=nonsense')).toHaveLength(2)
  expect(found('?node=n2')).toEqual(['cpu_high db'])
  expect(found('?context=disk.space&node=n2')).toEqual([])
  expect(found('?q=space+usage+WEB')).toEqual(['disk_space_usage web-1'])
  const filter = { severity: 'warning', nodeId: 'n', context: 'a.b', words: 'x y' } as const
  expect(readAlertFilter('?severity=warning&node=n&context=a.b&q=x+y')).toEqual(filter)
})

it('[HN31] says since when an alert is raised, and of a silent node since when nobody knows', () => {
  const nowMs = 10 * 3_600_000
  expect(alertSinceText(alert('a', { whenS: nowMs / 1000 - 300 }), nowMs)).toBe('since 5 min ago')
  expect(alertSinceText(alert('a', { whenS: nowMs / 1000 }), nowMs)).toBe('since just now')
  expect(alertSinceText(alert('a', { isStale: true, unknownSinceMs: nowMs - 7_200_000 }), nowMs)).toBe('unknown since 2 h ago')
  expect(alertSinceText(alert('a', { isStale: true }), nowMs)).toBe('unknown now')
  expect(alertPath(alert('a'))).toBe('/nodes/n1#open=disk.space')
})

it('[HN32] reads the values of raised alerts as the agent words them, and survives what is none', () => {
  const text = JSON.stringify({
    alarms: {
      one: { chart: 'c', name: 'n', status: 'CRITICAL', value_string: '97.3%', value: 97.31, units: '%', summary: 'Full', info: 'long' },
      two: { chart: 'c', name: 'm', status: 'WARNING', value: 12.3456, units: 'MiB', info: 'i'.repeat(1_000) },
      three: { chart: 'c', name: 'o', status: 'WARNING', value: null },
      four: { name: 'no chart' },
      five: 'text',
    },
  })
  const now = parseAlertsNow(text)
  expect(now.size).toBe(3)
  expect(now.get(alertNowKey({ chart: 'c', name: 'n' }))).toEqual({
    chart: 'c',
    name: 'n',
    status: 'critical',
    value: '97.3%',
    summary: 'Full',
  })
  expect(now.get(alertNowKey({ chart: 'c', name: 'm' }))).toMatchObject({ value: '12.35 MiB' })
  expect(now.get(alertNowKey({ chart: 'c', name: 'm' }))?.summary).toHaveLength(300)
  expect(now.get(alertNowKey({ chart: 'c', name: 'o' }))?.value).toBe('')
  expect(parseAlertsNow('{}').size).toBe(0)
  expect(() => parseAlertsNow('[]')).toThrow()
})
