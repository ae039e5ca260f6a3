import { isIP } from 'node:net'
import { good, mend, type Finding } from './finding.ts'

/** Where a cloud is looked for. */
export interface CloudAddress {
  readonly url: URL
  readonly host: string
  readonly port: number
}

/** The form of a cloud's address (aclk §1.5): https, a port that is written, no path, no IPv6 literal. */
export function checkAddress(text: string): { finding: Finding; address: CloudAddress | undefined } {
  const check = 'address'
  const bad = (sentence: string) => ({ finding: mend(check, sentence), address: undefined })
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '') return bad(`"${text}" is no address; write it as https://host:port.`)
  if (url.protocol !== 'https:') return bad(`the address begins with ${url.protocol}//; agents only speak TLS, so write https://.`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const address = { url, host, port: Number(url.port || 443) }
  // URL drops the port when it is the default one, so the text decides whether it was written.
  if (!/^https:\/\/(?:[^/@]*@)?[^/]*:\d+(?:[/?#]|$)/i.test(text))
    return { finding: mend(check, `no port is written, and some agents then use port 0; write https://${url.hostname}:443.`), address }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return { finding: mend(check, `agents look for a cloud at the root; write https://${url.host} without a path.`), address }
  if (isIP(host) === 6) return { finding: mend(check, 'Netdata agents cannot read IPv6 literals; use a name.'), address }
  return { finding: good(check, `https://${host}:${address.port} is written as agents need it.`), address }
}

const proxyNames = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']

/** Proxy variables of this environment; their values may hold a password and are not shown. */
export function checkProxy(env: Readonly<Record<string, string | undefined>>, host: string): Finding {
  const check = 'proxy'
  const set = proxyNames.filter((name) => (env[name] ?? '') !== '')
  if (set.length === 0) return good(check, 'no proxy is set.')
  const excepted = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').map((name) => name.trim().replace(/^\*?\./, ''))
  if (excepted.some((name) => name !== '' && (name === '*' || host === name || host.endsWith(`.${name}`))))
    return good(check, `${set.join(' and ')} is set, and no_proxy excepts ${host}.`)
  return good(
    check,
    `${set.join(' and ')} is set: a Netdata agent with "proxy = env" goes through it, and it must let CONNECT to this port pass; agent-link connects directly.`,
  )
}
