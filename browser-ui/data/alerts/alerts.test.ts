import { expect, it } from 'vitest'
import type { NodeSummary, RaisedAlert } from '../../link/api.ts'
import { alertChartPath, alertPagePath, alertsOfNodePath, definitionPath, readAlertPage, silencePath } from './alert-address.ts'
import {
  alertSinceText,
  alertsOfNodes,
  facetOptions,
  filterAlerts,
  groupAlerts,
  readAlertFilter,
  toggledFacet,
  writeAlertFilter,
} from './alert-list.ts'
import { alertNowKey, parseAlertsNow } from './alert-values.ts'

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
  { nodeId: 'n1', hostname: 'web-1', labels: { env: 'prod' } },
  { nodeId: 'n2', hostname: 'db' },
] as unknown as NodeSummary[]
const alerts = [
  alert('disk_space_usage', { status: 'critical', class: 'Utilization', role: 'sysadmin, dba' }),
  alert('cpu_high', { nodeId: 'n2', context: 'system.cpu', class: 'Utilization', isSilenced: true, summary: 'Busy' }),
  alert('x', { nodeId: 'elsewhere' }),
]
const listed = alertsOfNodes(alerts, nodes)
const found = (search: string) => filterAlerts(listed, readAlertFilter(search)).map(({ name, hostname }) => `${name} ${hostname}`)

it('[HN30] shows the alerts of the nodes of the room, narrowed by what stands in the address', () => {
  expect(found('')).toEqual(['disk_space_usage web-1', 'cpu_high db'])
  expect(found('?severity=critical')).toEqual(['disk_space_usage web-1'])
  expect(found('?severity=critical&severity=warning')).toHaveLength(2)
  expect(found('?severity=nonsense')).toHaveLength(2)
  expect(found('?node=n2')).toEqual(['cpu_high db'])
  expect(found('?context=disk.space&node=n2')).toEqual([])
  expect(found('?q=space+usage+WEB')).toEqual(['disk_space_usage web-1'])
  expect(found('?q=busy')).toEqual(['cpu_high db'])
  expect(found('?state=silenced')).toEqual(['cpu_high db'])
  expect(found('?role=dba')).toEqual(['disk_space_usage web-1'])
  expect(found('?label=env%3Dprod&class=Utilization')).toEqual(['disk_space_usage web-1'])
})

it('[HN30] an address keeps the filter and everything else that stands in it', () => {
  const search = '?last=900&severity=warning&name=a&name=b&q=x+y&group=node'
  expect(writeAlertFilter(search, readAlertFilter(search))).toBe('?last=900&severity=warning&name=a&name=b&q=x+y&group=node')
  const toggled = toggledFacet(toggledFacet(readAlertFilter(search), 'name', 'a'), 'class', 'Errors')
  expect(writeAlertFilter(search, toggled)).toBe('?last=900&severity=warning&name=b&class=Errors&q=x+y&group=node')
  expect(writeAlertFilter(search, readAlertFilter(''))).toBe('?last=900')
  const many = `?${Array.from({ length: 80 }, (_, n) => `name=n${n}`).join('&')}&name=${'x'.repeat(400)}`
  expect(readAlertFilter(many).chosen.get('name')).toHaveLength(50)
})

it('[AP3] each facet counts what the other filters let through, and keeps a chosen value that nothing has', () => {
  const options = facetOptions(listed, readAlertFilter('?severity=critical'))
  expect(options.get('severity')).toEqual([
    { value: 'critical', title: 'Critical', count: 1 },
    { value: 'warning', title: 'Warning', count: 1 },
  ])
  expect(options.get('node')).toEqual([
    { value: 'n1', title: 'web-1', count: 1 },
    { value: 'n2', title: 'db', count: 0 },
  ])
  // All have the same class: there is nothing to choose.
  expect(options.has('class')).toBe(false)
  // One alert may have many labels, and none of them narrows anything.
  const one = alertsOfNodes([alert('cpu_high', { role: 'dba, sysadmin' })], [
    { nodeId: 'n1', hostname: 'web-1', labels: { env: 'prod', os: 'linux' } },
  ] as unknown as NodeSummary[])
  expect([...facetOptions(one, readAlertFilter('')).keys()]).toEqual([])
  expect(facetOptions(listed, readAlertFilter('')).get('label')).toEqual([{ value: 'env=prod', title: 'env=prod', count: 1 }])
  expect(facetOptions(listed, readAlertFilter('?node=gone')).get('node')).toContainEqual({
    value: 'gone',
    title: 'A node without alerts',
    count: 0,
  })
})

it('[AP4] what a silent node raised is unknown: neither critical nor warning, and last', () => {
  const silent = alertsOfNodes([alert('a', { status: 'critical', isStale: true, unknownSinceMs: 5 }), ...alerts], nodes)
  expect(groupAlerts(silent, 'severity').map(({ title, alerts: members }) => [title, members.length])).toEqual([
    ['Critical', 1],
    ['Warning', 1],
    ['Unknown', 1],
  ])
  expect(filterAlerts(silent, readAlertFilter('?severity=critical'))).toHaveLength(1)
  expect(filterAlerts(silent, readAlertFilter('?severity=unknown')).map(({ name }) => name)).toEqual(['a'])
})

it('[AP3] groups by name, node or class have the worst first, then the largest', () => {
  const some = alertsOfNodes(
    [alert('calm'), alert('calm', { chart: 'b' }), alert('few'), alert('bad', { status: 'critical', nodeId: 'n2', class: 'Errors' })],
    nodes,
  )
  const titles = (by: 'name' | 'node' | 'class') => groupAlerts(some, by).map(({ title, alerts: { length } }) => `${title} ${length}`)
  expect(titles('name')).toEqual(['bad 1', 'calm 2', 'few 1'])
  expect(titles('node')).toEqual(['db 1', 'web-1 3'])
  expect(titles('class')).toEqual(['Errors 1', 'Without a class 3'])
})

it('[HN31] says since when an alert is raised, and of a silent node since when nobody knows', () => {
  const nowMs = 10 * 3_600_000
  expect(alertSinceText(alert('a', { whenS: nowMs / 1000 - 300 }), nowMs)).toBe('since 5 min ago')
  expect(alertSinceText(alert('a', { whenS: nowMs / 1000 }), nowMs)).toBe('just now')
  expect(alertSinceText(alert('a', { isStale: true, unknownSinceMs: nowMs - 7_200_000 }), nowMs)).toBe('unknown since 2 h ago')
  expect(alertSinceText(alert('a', { isStale: true }), nowMs)).toBe('unknown now')
})

it('[AP5] an alert has an address of its own, whatever signs are in its names', () => {
  const id = { nodeId: 'n1', chart: 'disk_space./var&lib?#', name: 'a b=<c>' }
  expect(readAlertPage(new URL(alertPagePath(id), 'https://x').search)).toEqual(id)
  expect(readAlertPage('?node=n&chart=c')).toBeUndefined()
  expect(readAlertPage(`?node=n&name=a&chart=${'c'.repeat(501)}`)).toBeUndefined()
  expect(alertChartPath(alert('a'))).toBe('/nodes/n1#open=disk.space')
  expect([alertsOfNodePath('n1'), alertsOfNodePath('n1', true)]).toEqual(['/alerts?node=n1', '/alerts?node=n1&all=1'])
  expect(definitionPath('a/b')).toBe('/alerts/definitions/a%2Fb')
  expect(silencePath({ nodeId: 'n1', chart: 'c', name: 'a' }, 1)).toBe('/alerts/silences?new&node=n1&instance=c&alert=a&hours=1')
})

it('[HN32] reads the values of raised alerts as the agent words them, and survives what is none', () => {
  const text = JSON.stringify({
    alarms: {
      one: { chart: 'c', name: 'n', status: 'CRITICAL', value_string: '97.3%', value: 97.31, units: '%', summary: 'Full', info: 'long' },
      two: { chart: 'c', name: 'm', status: 'WARNING', value: 12.3456, units: 'MiB', info: 'i'.repeat(1_000) },
      three: { chart: 'c', name: 'o', status: 'WARNING', value: null },
      dash: { chart: 'c', name: 'p', status: 'UNDEFINED', value_string: '-' },
      four: { name: 'no chart' },
      five: 'text',
    },
  })
  const now = parseAlertsNow(text)
  expect(now.size).toBe(4)
  expect(now.get(alertNowKey({ chart: 'c', name: 'p' }))?.value).toBe('')
  expect(now.get(alertNowKey({ chart: 'c', name: 'n' }))).toMatchObject({
    chart: 'c',
    name: 'n',
    status: 'critical',
    value: '97.3%',
    summary: 'Full',
    info: 'long',
    whenS: 0,
  })
  expect(now.get(alertNowKey({ chart: 'c', name: 'm' }))).toMatchObject({ value: '12.35 MiB', info: '' })
  expect(now.get(alertNowKey({ chart: 'c', name: 'm' }))?.summary).toHaveLength(300)
  expect(now.get(alertNowKey({ chart: 'c', name: 'o' }))?.value).toBe('')
  expect(parseAlertsNow('{}').size).toBe(0)
  expect(() => parseAlertsNow('[]')).toThrow()
})
