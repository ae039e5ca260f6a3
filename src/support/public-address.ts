import { BlockList, isIP } from 'node:net'

/** Networks that are nobody's business from inside ours (security requirement N1): private, loopback, link-local, carrier, and so on. */
const reserved4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
// Whatever carries an IPv4 address inside is refused as a whole: 6to4, NAT64, Teredo, mapped.
const reserved6 = [
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

/** One list a version: together, Node.js would read the rule for mapped addresses as one for every IPv4 address. */
function listsOf(networks: readonly string[]): Readonly<Record<4 | 6, BlockList>> {
  const lists = { 4: new BlockList(), 6: new BlockList() }
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    if (isIP(address) === 4) lists[4].addSubnet(address, Number(bits), 'ipv4')
    else lists[6].addSubnet(address, Number(bits), 'ipv6')
  }
  return lists
}

const reserved = listsOf([...reserved4, ...reserved6])

/** Whether an IP address may be connected to for somebody else: public, or in one of the `allowed` networks (CIDR) of the operator. */
export function createAddressCheck(allowed: readonly string[]): (address: string) => boolean {
  const exceptions = listsOf(allowed)
  return (address) => {
    const version = isIP(address)
    if (version !== 4 && version !== 6) return false
    const family = version === 4 ? 'ipv4' : 'ipv6'
    return exceptions[version].check(address, family) || !reserved[version].check(address, family)
  }
}
