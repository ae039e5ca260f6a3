import type { SimulatedHost } from './host.ts'

/** Bits a caller needs for processes: signed in, same space, sensitive data (agent-api §12.4). */
const sensitive = 0x13

/** The functions simulated hosts offer, as `/api/v1/functions` lists them (agent-api §12.1). */
export function functionList(): object {
  return {
    processes: {
      help: 'Detailed information on the currently running processes.',
      timeout: 10,
      version: 0,
      options: ['GLOBAL'],
      tags: 'top',
      access: ['signed-in', 'same-space', 'sensitive-data'],
      priority: 10,
    },
    'mount-points': {
      help: 'Usage of mounted file systems.',
      timeout: 10,
      version: 0,
      options: ['GLOBAL'],
      tags: 'top',
      access: ['anonymous-data'],
      priority: 20,
    },
  }
}

/** Answers one call; a refusal has the body agents give it (agent-api §2.6). */
export function callFunction(host: SimulatedHost, call: string, permissions: number, nowS: number): { status: number; body: object } {
  const [name = '', ...args] = call.split(' ')
  const refused = (status: number, errorMessage: string) => ({ status, body: { status, errorMessage } })
  if (name !== 'processes' && name !== 'mount-points') return refused(404, 'No collector is supplying this function on this host.')
  if (name === 'processes' && (permissions & sensitive) !== sensitive) return refused(403, 'You do not have the required permissions.')
  if (args.includes('info')) {
    const help = 'A simulated table.'
    const body = { v: 3, status: 200, type: 'table', has_history: false, accepted_params: [], required_params: [], help, update_every: 1 }
    return { status: 200, body }
  }
  return { status: 200, body: name === 'processes' ? processes(host, nowS) : mountPoints(host, nowS) }
}

const column = (index: number, name: string, type: string, more: object = {}) => ({
  index,
  unique_key: false,
  name,
  visible: true,
  type,
  visualization: 'value',
  sort: 'descending',
  sortable: true,
  sticky: false,
  summary: 'sum',
  filter: 'range',
  ...more,
})
const key = { unique_key: true, sticky: true, sort: 'ascending', summary: 'count', filter: 'multiselect' }
const share = { visualization: 'bar', max: 100, value_options: { units: '%', transform: 'number', decimal_points: 2 } }

function processes({ hostname }: SimulatedHost, nowS: number): object {
  const names = ['postgres', 'nginx', 'node', 'redis-server', 'sshd', 'cron', 'systemd', 'java']
  const data = Array.from({ length: 120 }, (_, place) => {
    const pid = 100 + place * 7
    const cpu = Math.round(Math.abs(Math.sin((nowS + pid) / 9)) * 400) / 10
    return [pid, names[place % names.length], place % 3 === 0 ? 'root' : 'www-data', cpu, 10 + ((pid * 37) % 900)]
  })
  return {
    status: 200,
    type: 'table',
    has_history: false,
    update_every: 1,
    help: `Processes of ${hostname}.`,
    data,
    columns: {
      PID: column(0, 'PID', 'integer', key),
      Name: column(1, 'Name', 'string', { sort: 'ascending', summary: 'count', filter: 'multiselect', sticky: true }),
      User: column(2, 'User', 'string', { sort: 'ascending', summary: 'count', filter: 'multiselect' }),
      CPU: column(3, 'CPU', 'bar-with-integer', share),
      Memory: column(4, 'Memory', 'bar-with-integer', {
        visualization: 'bar',
        max: 1_000,
        value_options: { units: 'MiB', transform: 'number', decimal_points: 0 },
      }),
    },
    default_sort_column: 'CPU',
    charts: { CPU: { name: 'CPU', type: 'stacked-bar', columns: ['CPU'] } },
    default_charts: [['CPU', 'Name']],
    group_by: { Name: { name: 'Name', columns: ['Name'] }, User: { name: 'User', columns: ['User'] } },
    expires: nowS + 1,
  }
}

function mountPoints(_host: SimulatedHost, nowS: number): object {
  return {
    status: 200,
    type: 'table',
    has_history: false,
    update_every: 1,
    help: 'Usage of mounted file systems.',
    data: [
      ['/', '/dev/sda1', 40 + (nowS % 10)],
      ['/var', '/dev/sdb1', 77.5],
      ['/boot', '/dev/sda2', 12.25],
    ],
    columns: {
      MountPoint: column(0, 'Mount point', 'string', key),
      Device: column(1, 'Device', 'string', { sort: 'ascending', summary: 'count', filter: 'multiselect' }),
      Used: column(2, 'Used', 'bar-with-integer', share),
    },
    default_sort_column: 'Used',
    charts: {},
    default_charts: [],
    group_by: { Device: { name: 'Device', columns: ['Device'] } },
    expires: nowS + 1,
  }
}
