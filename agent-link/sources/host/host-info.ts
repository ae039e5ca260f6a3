import { arch, cpus, hostname, release, totalmem } from 'node:os'
import { readdirSync } from 'node:fs'
import type { NodeInfo } from '../../../src/domain/model.ts'
import { timezoneAbbreviation } from '../timezone.ts'
import type { KernelFiles } from './kernel/files.ts'

/** The kernel's names of what Node.js names otherwise. */
const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' }

/** Everything that is read once about the host. */
export function readNodeInfo(files: KernelFiles, agentVersion: string, name: string = hostname()): NodeInfo {
  const osRelease = parseOsRelease(files.readOnce('etc/os-release') ?? files.readOnce('usr/lib/os-release') ?? '')
  const container = detectContainer(files)
  const architecture = architectures[arch()] ?? arch()
  const facts = {
    osName: osRelease.get('NAME') ?? 'Linux',
    osVersion: osRelease.get('VERSION') ?? osRelease.get('VERSION_ID') ?? '',
    kernelVersion: release(),
    cpus: cpus().length,
    cpuFrequencyHz: String(cpuFrequencyHz(files)),
    memoryBytes: String(totalmem()),
    diskSpaceBytes: String(diskSpaceBytes(files)),
    virtualization: detectVirtualization(files),
    container,
  }
  return {
    hostname: name,
    os: 'linux',
    kernelName: 'Linux',
    architecture,
    agentVersion: `v${agentVersion}`,
    releaseChannel: 'stable',
    timezone: timezoneAbbreviation(),
    isChild: false,
    capabilities: [],
    ...facts,
    labels: {
      _os_name: facts.osName,
      _os_version: facts.osVersion,
      _kernel_version: facts.kernelVersion,
      _architecture: architecture,
      _system_cores: String(facts.cpus),
      _system_cpu_freq: facts.cpuFrequencyHz,
      _system_ram_total: facts.memoryBytes,
      _system_disk_space: facts.diskSpaceBytes,
      _virtualization: facts.virtualization,
      _container: facts.container,
      _is_parent: 'false',
    },
  }
}

/** `KEY=value` lines; quotes around values go. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line.trim())
    if (match?.[1] !== undefined) facts.set(match[1], match[3] ?? '')
  }
  return facts
}

function cpuFrequencyHz(files: KernelFiles): number {
  const maximumKhz = Number(files.readOnce('sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq') ?? Number.NaN)
  if (Number.isFinite(maximumKhz)) return maximumKhz * 1000
  const mhz = /^cpu MHz\s*:\s*([\d.]+)/m.exec(files.readOnce('proc/cpuinfo') ?? '')?.[1]
  return mhz === undefined ? 0 : Math.round(Number(mhz) * 1_000_000)
}

/** The sizes of the physical disks together. */
function diskSpaceBytes(files: KernelFiles): number {
  let bytes = 0
  for (const disk of listDisks()) {
    if (!files.exists(`sys/block/${disk}/device`)) continue
    const sectors = Number(files.readOnce(`sys/block/${disk}/size`) ?? 0)
    bytes += Number.isFinite(sectors) ? sectors * 512 : 0
  }
  return bytes
}

function listDisks(): string[] {
  try {
    return readdirSync('/sys/block')
  } catch {
    return []
  }
}

function detectContainer(files: KernelFiles): string {
  if (files.exists('.dockerenv')) return 'docker'
  if (files.exists('run/.containerenv')) return 'podman'
  return /(?:^|\0)container=(\w+)/.exec(files.readOnce('proc/1/environ') ?? '')?.[1] ?? 'none'
}

const products: readonly (readonly [RegExp, string])[] = [
  [/KVM|QEMU|Amazon EC2|Google/i, 'kvm'],
  [/VMware/i, 'vmware'],
  [/VirtualBox/i, 'oracle'],
  [/Microsoft/i, 'microsoft'],
  [/Xen/i, 'xen'],
  [/Firecracker/i, 'firecracker'],
]

function detectVirtualization(files: KernelFiles): string {
  const names = ['sys_vendor', 'product_name', 'bios_vendor'].map((name) => files.readOnce(`sys/class/dmi/id/${name}`) ?? '').join(' ')
  const known = products.find(([pattern]) => pattern.test(names))?.[1]
  if (known !== undefined) return known
  return /^flags\s*:.*\bhypervisor\b/m.test(files.readOnce('proc/cpuinfo') ?? '') ? 'unknown' : 'none'
}
