import type { Clock } from '../../../src/support/clock.ts'
import { parseNetDev } from '../../sources/host/kernel/parse-network.ts'
import type { InterfaceCounters } from '../../sources/host/kernel/parse-network.ts'
import { harmlessAccess } from '../access.ts'
import type { HostFiles } from '../host/host-files.ts'
import type { HostFunction } from '../host-function.ts'
import { createIntervals } from '../host/intervals.ts'
import { perSecond, round2, round3 } from '../host/rate.ts'
import { rowOptionsColumn } from '../table/column.ts'
import type { Column } from '../table/column.ts'
import type { Cell, Severity } from '../table/table.ts'

const traffic = { type: 'bar-with-integer', visualization: 'bar', units: 'Mbps', decimals: 3, summary: 'sum' } as const
const packets = { type: 'bar-with-integer', visualization: 'bar', units: 'packets/s', decimals: 2, summary: 'sum' } as const

const columns = [
  { id: 'Interface', name: 'Interface', type: 'string', isKey: true, isSticky: true, filter: 'none' },
  { id: 'Type', name: 'Type', type: 'string' },
  { id: 'State', name: 'State', type: 'string', visualization: 'pill' },
  { id: 'Speed', name: 'Speed', type: 'integer', units: 'Mbps', summary: 'max' },
  { id: 'Duplex', name: 'Duplex', type: 'string', isHidden: true },
  { id: 'MTU', name: 'MTU', type: 'integer', units: 'bytes', isHidden: true },
  { id: 'Usage', name: 'Utilisation', type: 'bar-with-integer', visualization: 'bar', units: '%', decimals: 2, max: 100, summary: 'max' },
  { id: 'In', name: 'Received', ...traffic },
  { id: 'Out', name: 'Sent', ...traffic },
  { id: 'Total', name: 'Traffic', ...traffic },
  { id: 'PktsIn', name: 'Packets received', ...packets },
  { id: 'PktsOut', name: 'Packets sent', ...packets },
  { id: 'PktsMcast', name: 'Multicast packets', ...packets, isHidden: true },
  { id: 'ErrorsIn', name: 'Errors, receiving', ...packets, units: 'errors/s', isHidden: true },
  { id: 'ErrorsOut', name: 'Errors, sending', ...packets, units: 'errors/s', isHidden: true },
  { id: 'DropsIn', name: 'Drops, receiving', ...packets, units: 'drops/s' },
  { id: 'DropsOut', name: 'Drops, sending', ...packets, units: 'drops/s' },
  rowOptionsColumn,
] as const satisfies readonly Column[]

export interface NetworkInterfacesDeps {
  readonly files: HostFiles
  readonly clock: Clock
}

/** Container hosts have thousands of interfaces; more than this are not shown. */
const interfaceLimit = 2_000

/** The network interfaces of this host without the loopback: state, speed and what goes through them now. */
export function createNetworkInterfacesFunction({ files, clock }: NetworkInterfacesDeps): HostFunction {
  const read = () => parseNetDev(files.read('proc/net/dev', 4 * 1024 * 1024) ?? '')
  const intervals = createIntervals({ clock, take: () => Promise.resolve(read()) })
  const fact = (name: string, file: string) => files.read(`sys/class/net/${name}/${file}`)?.trim()

  function rowOf(name: string, now: InterfaceCounters, before: InterfaceCounters | undefined, seconds: number): readonly Cell[] {
    const rate = (counter: keyof InterfaceCounters) => perSecond(now[counter], before?.[counter], seconds)
    const mbps = (counter: 'receivedBytes' | 'sentBytes') => {
      const bytes = rate(counter)
      return bytes === null ? null : (bytes * 8) / 1_000_000
    }
    const [received, sent] = [mbps('receivedBytes'), mbps('sentBytes')]
    const speed = numberOf(fact(name, 'speed'))
    const duplex = fact(name, 'duplex')
    // Full duplex has its speed both ways; half duplex shares it.
    const busiest = received === null || sent === null ? null : duplex === 'half' ? received + sent : Math.max(received, sent)
    const usage = busiest === null || speed === null ? null : Math.min(100, (busiest / speed) * 100)
    const state = fact(name, 'operstate') ?? 'unknown'
    const hasTrouble = ['receivedErrors', 'sentErrors'].some((counter) => (rate(counter as keyof InterfaceCounters) ?? 0) > 0)
    return [
      name,
      typeOf(name),
      state,
      speed,
      duplex === undefined || duplex === 'unknown' ? null : duplex,
      numberOf(fact(name, 'mtu')),
      round2(usage),
      round3(received),
      round3(sent),
      round3(received === null || sent === null ? null : received + sent),
      round2(rate('receivedPackets')),
      round2(rate('sentPackets')),
      round2(rate('multicast')),
      round2(rate('receivedErrors')),
      round2(rate('sentErrors')),
      round2(rate('receivedDrops')),
      round2(rate('sentDrops')),
      { severity: severityOf(hasTrouble, usage) },
    ]
  }

  function typeOf(name: string): string {
    const folder = `sys/class/net/${name}`
    if (files.exists(`${folder}/wireless`)) return 'wireless'
    if (files.exists(`${folder}/bridge`)) return 'bridge'
    if (files.exists(`${folder}/bonding`)) return 'bond'
    if (files.exists(`${folder}/tun_flags`)) return 'tunnel'
    if (files.exists(`sys/devices/virtual/net/${name}`)) return 'virtual'
    // A container sees the interfaces, and often no /sys.
    return files.exists(folder) ? 'physical' : 'unknown'
  }

  return {
    name: 'network-interfaces',
    help: 'The network interfaces of this host: state, speed and traffic now.',
    tags: 'network',
    priority: 30,
    timeoutS: 10,
    updateEveryS: 2,
    access: harmlessAccess,
    hasHistory: false,
    acceptedParameters: [],
    requiredParameters: [],
    isOffered: () => files.exists('proc/net/dev'),
    async call({ signal }) {
      const { before, now, seconds } = await intervals.measure(signal)
      const interfaces = [...now].slice(0, interfaceLimit)
      return {
        kind: 'table',
        table: {
          columns,
          rows: interfaces.map(([name, counters]) => rowOf(name, counters, before.get(name), seconds)),
          defaultSortColumn: 'Total',
          charts: {
            Traffic: { name: 'Traffic', type: 'stacked-bar', columns: ['In', 'Out'] },
            Packets: { name: 'Packets', type: 'stacked-bar', columns: ['PktsIn', 'PktsOut', 'PktsMcast'] },
          },
          defaultCharts: [
            ['Traffic', 'Interface'],
            ['Packets', 'Interface'],
          ],
          groupBy: ['Interface', 'Type', 'State'],
        },
      }
    },
  }
}

function severityOf(hasErrors: boolean, usage: number | null): Severity {
  if (hasErrors) return 'warning'
  return usage !== null && usage >= 90 ? 'notice' : 'normal'
}

/** A whole number above zero; the kernel writes -1 and 0 for what it does not know. */
function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null
}
