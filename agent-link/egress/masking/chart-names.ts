/** How agents name charts, where no name of a host's own things stands: one chart a context, whose id is the context's (agent-api §5). */
const sharedTypes = new Set([
  'system',
  'mem',
  'ip',
  'ipv4',
  'ipv6',
  'netdata',
  'cpuidle',
  'users',
  'user',
  'groups',
  'usergroup',
  'apps',
  'services',
  'netfilter',
  'anomaly_detection',
  'prometheus',
  'example',
])
/** Types of charts that are a kind of thing, with the thing's name behind the dot: `disk_util.sda`. */
const thingTypes: readonly (readonly [pattern: RegExp, noun: string])[] = [
  [/^disk_(?:space|inodes)$/, 'mount'],
  [/^disk(?:_[a-z0-9]+)*$/, 'disk'],
  [/^net(?:_[a-z0-9]+)*$/, 'interface'],
  [/^cpu$/, 'core'],
  [/^(?:md|mdstat|nvme|smartctl|zfs|btrfs|bcache)(?:_[a-z0-9]+)*$/, 'disk'],
  [/^(?:sensors|powersupply|ups)(?:_[a-z0-9]+)*$/, 'device'],
]

/** What a chart's id is made of: text that stays, and at most one name with the kind of thing it names. */
export interface ChartParts {
  readonly before: string
  readonly noun: string
  readonly name: string
  readonly after: string
}

/** Takes a chart's id apart; undefined when it names nothing of the host's own. */
export function chartParts(id: string): ChartParts | undefined {
  const dot = id.indexOf('.')
  const type = dot < 0 ? id : id.slice(0, dot)
  const rest = dot < 0 ? '' : id.slice(dot + 1)
  if (sharedTypes.has(type)) {
    // `user.alice_cpu_utilization`, one chart a user, as newer agents name them.
    const user = /^(?:user|usergroup|app)$/.test(type) ? /^(.+?)((?:_[a-z]+){1,6})$/.exec(rest) : null
    return user === null
      ? undefined
      : { before: `${type}.`, noun: type === 'usergroup' ? 'group' : type, name: user[1] ?? '', after: user[2] ?? '' }
  }
  const container = /^(cgroup_|docker_|k8s_|qemu_|libvirt_|lxc_|podman_)(.+)$/.exec(type)
  if (container !== null)
    return { before: container[1] ?? '', noun: 'container', name: container[2] ?? '', after: dot < 0 ? '' : `.${rest}` }
  const noun = thingTypes.find(([pattern]) => pattern.test(type))?.[1]
  if (noun !== undefined && rest !== '') return { before: `${type}.`, noun, name: rest, after: '' }
  return { before: '', noun: 'chart', name: id, after: '' }
}

/** Families that say what kind of thing it is, and name none. */
const plainFamilies = new Set([
  'cpu',
  'disk',
  'disks',
  'network',
  'interfaces',
  'mem',
  'memory',
  'ram',
  'swap',
  'load',
  'processes',
  'io',
  'disk space',
  'mounts',
  'containers',
  'throttling',
  'softirqs',
  'interrupts',
  'utilization',
  'errors',
  'packets',
  'traffic',
  'requests',
  'connections',
  'pids',
  'pressure',
  'overview',
])
export const isPlainFamily = (family: string): boolean => family === '' || plainFamilies.has(family.toLowerCase())

/** The kind of thing whose names the charts of a chart's type or of a context carry; undefined when they carry none. */
export function nounOfFamily(chartOrContext: string): string | undefined {
  const type = chartOrContext.split('.', 1)[0] ?? ''
  if (type === 'cgroup' || type === 'docker' || type === 'k8s') return 'container'
  if (chartOrContext === 'disk.space' || chartOrContext === 'disk.inodes') return 'mount'
  return chartParts(chartOrContext)?.noun
}

/** What the dimensions of these charts or contexts are names of; undefined when they are words of the agent. */
export function nounOfDimensions(chartOrContext: string): string | undefined {
  const type = chartOrContext.split('.', 1)[0] ?? ''
  if (type === 'users') return 'user'
  if (type === 'groups') return 'group'
  if (type === 'apps') return 'app'
  return type === 'services' || type === 'systemd' ? 'unit' : undefined
}

/** What a label of a chart names; undefined for those whose values are words of the agent. */
export function nounOfLabel(key: string, noun: string): string | undefined {
  if (key.startsWith('_') || plainLabels.has(key)) return undefined
  if (key === 'mount_point' || key === 'mount_root') return 'mount'
  if (key === 'user' || key === 'username') return 'user'
  if (key === 'user_group') return 'group'
  if (key === 'app_group') return 'app'
  if (/^(?:cgroup_name|container_name|container|image|pod_name)$/.test(key)) return 'container'
  return key === 'device' ? noun : 'label'
}

const plainLabels = new Set([
  'device_type',
  'interface_type',
  'filesystem',
  'duplex',
  'operstate',
  'virtualization',
  'container_type',
  'model_type',
])

/** Contexts every agent has of its own; what begins otherwise was named on the host. */
const stockContexts = new Set([
  'system',
  'mem',
  'ip',
  'ipv4',
  'ipv6',
  'netdata',
  'cpuidle',
  'cpu',
  'disk',
  'net',
  'users',
  'user',
  'groups',
  'usergroup',
  'apps',
  'app',
  'services',
  'systemd',
  'cgroup',
  'k8s',
  'md',
  'mdstat',
  'nvme',
  'smartctl',
  'zfs',
  'zfspool',
  'btrfs',
  'bcache',
  'sensors',
  'powersupply',
  'netfilter',
  'nfs',
  'nfsd',
  'anomaly_detection',
  'numa',
  'ebpf',
  'wireless',
  'infiniband',
  'ipvs',
  'sctp',
  'tcp',
  'udp',
  'docker',
  'nginx',
  'mysql',
  'postgres',
  'redis',
  'apache',
  'mongodb',
  'rabbitmq',
  'haproxy',
  'memcached',
  'web_log',
  'httpcheck',
  'portcheck',
  'ping',
  'dns_query',
  'chrony',
  'ntpd',
  'fail2ban',
  'logind',
  'loops',
  'health',
  'ml',
  'exporting',
  'lxc',
  'virsh',
  'vsphere',
  'snmp',
  'windows',
  'docker_engine',
  'coredns',
  'traefik',
])
export const isStockContext = (id: string): boolean => stockContexts.has(id.split('.', 1)[0] ?? '')
