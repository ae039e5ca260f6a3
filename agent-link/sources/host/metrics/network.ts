import type { ChartDefinition } from '../chart.ts'
import type { KernelFiles } from '../kernel/files.ts'
import { parseNetDev } from '../kernel/parse-network.ts'
import { deviceDefinition, type DeviceChart } from './device-chart.ts'
import { createRates } from './metric.ts'
import type { Metric } from './metric.ts'

const module = '/proc/net/dev'
const total: ChartDefinition = {
  id: 'system.net',
  context: 'system.net',
  family: 'network',
  title: 'Physical Network Interfaces Aggregated Bandwidth',
  units: 'kilobits/s',
  priority: 500,
  chartType: 'area',
  module,
  dimensions: ['InOctets=received', 'OutOctets=sent'],
}

const perInterface = {
  bandwidth: ['net', 'net.net', 'Bandwidth', 'kilobits/s', 'area', 7000, ['received', 'sent']],
  packets: ['net_packets', 'net.packets', 'Packets', 'packets/s', 'line', 7001, ['received', 'sent', 'multicast']],
  errors: ['net_errors', 'net.errors', 'Interface Errors', 'errors/s', 'line', 7002, ['inbound', 'outbound']],
  drops: ['net_drops', 'net.drops', 'Interface Drops', 'drops/s', 'line', 7003, ['inbound', 'outbound']],
} as const satisfies Record<string, DeviceChart>

function definitionOf(kind: keyof typeof perInterface, name: string, isReal: boolean): ChartDefinition {
  return deviceDefinition(perInterface[kind], { name, module, labels: { interface_type: isReal ? 'real' : 'virtual', device: name } })
}

/**
 * Network interfaces of /proc/net/dev; what leaves is negative. Interfaces appear with their first traffic, errors and drops with the
 * first of them. The total sums the real interfaces; in a container, which has none, all of them.
 */
export function createNetworkMetric(): Metric {
  const rates = createRates()
  const realness = new Map<string, boolean>()
  const isReal = (files: KernelFiles, name: string): boolean => {
    const known = realness.get(name) ?? (files.exists(`sys/class/net/${name}`) && !files.exists(`sys/devices/virtual/net/${name}`))
    realness.set(name, known)
    return known
  }
  return {
    module,
    everyS: 1,
    collect({ files, set, monotonicS }) {
      const text = files.read('proc/net/dev')
      if (text === undefined) return
      const sums = { real: [0, 0], all: [0, 0] }
      let hasReal = false
      let hasRates = false
      for (const [name, counters] of parseNetDev(text)) {
        const isRealOne = isReal(files, name)
        hasReal ||= isRealOne
        const list = [counters.receivedBytes, counters.sentBytes, counters.receivedPackets, counters.sentPackets, counters.multicast]
        const troubles = [counters.receivedErrors, counters.sentErrors, counters.receivedDrops, counters.sentDrops]
        const rate = rates.rate(name, [...list, ...troubles], monotonicS)
        if (rate === undefined || counters.receivedBytes + counters.sentBytes === 0) continue
        hasRates = true
        const [
          inBytes = 0,
          outBytes = 0,
          inPackets = 0,
          outPackets = 0,
          multicast = 0,
          inErrors = 0,
          outErrors = 0,
          inDrops = 0,
          outDrops = 0,
        ] = rate
        const received = (inBytes * 8) / 1000
        const sent = (outBytes * 8) / 1000
        for (const sum of isRealOne ? [sums.real, sums.all] : [sums.all]) {
          sum[0] = (sum[0] ?? 0) + received
          sum[1] = (sum[1] ?? 0) + sent
        }
        set(definitionOf('bandwidth', name, isRealOne), [received, -sent])
        set(definitionOf('packets', name, isRealOne), [inPackets, -outPackets, multicast])
        if (counters.receivedErrors + counters.sentErrors > 0) set(definitionOf('errors', name, isRealOne), [inErrors, -outErrors])
        if (counters.receivedDrops + counters.sentDrops > 0) set(definitionOf('drops', name, isRealOne), [inDrops, -outDrops])
      }
      const [received = 0, sent = 0] = hasReal ? sums.real : sums.all
      if (hasRates) set(total, [received, -sent])
    },
  }
}
