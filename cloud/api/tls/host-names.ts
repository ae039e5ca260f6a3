import { hostname, networkInterfaces } from 'node:os'
import { isIP } from 'node:net'

const dnsName = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** Names as a certificate holds them: lower case, without zone or brackets, sorted, each once; what is no name is left out. */
export function certificateNames(names: readonly string[]): string[] {
  const clean = names
    .map((name) => name.toLowerCase().replaceAll(/^\[|\]$|%.*$/g, ''))
    .filter((name) => isIP(name) !== 0 || (name.length <= 253 && dnsName.test(name)))
  return [...new Set(clean)].sort()
}

/** Every name under which this machine can be reached: loopback, its host name, the addresses of its interfaces. */
export function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address))
  // Link-local addresses need a zone to be reached, which no certificate can name.
  const reachable = addresses.filter((address) => !address.toLowerCase().startsWith('fe80:'))
  return certificateNames(['localhost', '127.0.0.1', '::1', hostname(), ...reachable])
}
