import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { noteClientAddress, plainAddress } from '../../../src/support/client-address.ts'

/** Headers by which somebody before us could say who asks. None of them is a proof here, so nobody behind the edge ever sees one (E6). */
const identityHeaders = [
  /^x-forwarded(-|$)/,
  /^forwarded$/,
  /^x-(real|client|original|cluster-client|true-client)-(ip|user|host|url|port|proto)$/,
  /^(true-client-ip|cf-connecting-ip|fastly-client-ip|x-client-ip|x-original-forwarded-for)$/,
  /^(x-)?remote-(user|email|groups|name)$/,
  /^x-auth-(request-)?(user|email|groups|access-token|preferred-username)$/,
  /^x-(user|account|authenticated|webauth|token)-/,
  /^x-(user|email|webauth-user|ssl-client-.*|client-cert.*|amzn-oidc-.*|goog-authenticated-user-.*|netdata-(account|user|role).*)$/,
  /^x-(http-)?method(-override)?$/,
]

/** Networks as one list to be asked. */
export function networksOf(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', bits = ''] = cidr.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
  return (address) => {
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/**
 * Finds out who asks, and strips what strangers say of themselves. `X-Forwarded-For` counts only when the connection comes from a
 * configured proxy, and then from its end: the first address that is no such proxy is the client (E5).
 */
export function createForwarded(proxies: readonly string[]): (request: IncomingMessage) => string {
  const isProxy = networksOf(proxies)
  return (request) => {
    const said = String(request.headers['x-forwarded-for'] ?? '')
    for (const name of Object.keys(request.headers)) if (identityHeaders.some((pattern) => pattern.test(name))) delete request.headers[name]
    const peer = plainAddress(request.socket.remoteAddress ?? '')
    if (proxies.length === 0 || !isProxy(peer)) return peer
    const hops = said
      .split(',')
      .map((hop) =>
        plainAddress(
          hop
            .trim()
            .replace(/^\[(.*)\](:\d+)?$/, '$1')
            .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1'),
        ),
      )
      .toReversed()
    let client = peer
    for (const hop of hops) {
      // What is no address is not guessed at: the last hop that is known to be good counts.
      if (isIP(hop) === 0) break
      client = hop
      if (!isProxy(hop)) break
    }
    noteClientAddress(request, client)
    return client
  }
}
