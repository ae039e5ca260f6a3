import type { IncomingMessage } from 'node:http'

const told = new WeakMap<IncomingMessage, string>()

/** The edge found out who really asks: a proxy that is trusted said so. */
export function noteClientAddress(request: IncomingMessage, address: string): void {
  told.set(request, address)
}

/** Where a request comes from, without the IPv4-in-IPv6 dress; for limits and logs (security requirement E5). */
export function clientAddress(request: IncomingMessage): string {
  return told.get(request) ?? plainAddress(request.socket.remoteAddress ?? '')
}

/** An address without its IPv4-in-IPv6 dress and without its zone. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '')
}
