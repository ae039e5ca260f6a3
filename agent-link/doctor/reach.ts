import { lookup as dnsLookup } from 'node:dns/promises'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import type { Clock } from '../../src/support/clock.ts'
import type { CloudAddress } from './address.ts'
import { good, mend, type Finding } from './finding.ts'

/** Resolves a name to addresses; the system's way unless a test says otherwise. */
export type Lookup = (host: string) => Promise<readonly string[]>

export const systemLookup: Lookup = async (host) => (await dnsLookup(host, { all: true })).map(({ address }) => address)

const timeoutMs = 10_000
const dayMs = 24 * 3_600_000

export async function checkDns({ host }: CloudAddress, lookup: Lookup): Promise<Finding> {
  const check = 'DNS'
  if (isIP(host) !== 0) return good(check, `${host} is an address and needs no name server.`)
  try {
    const addresses = await lookup(host)
    if (addresses.length === 0) return mend(check, `${host} has no address; correct the name, or add it to the name server.`)
    if (addresses.every((address) => isIP(address) === 6))
      return mend(check, `${host} has IPv6 addresses only, which agents before 1.99 cannot use for the link; give it an IPv4 address too.`)
    return good(check, `${host} is ${addresses.join(', ')}.`)
  } catch {
    return mend(check, `the name ${host} cannot be resolved on this host; correct it, or add it to the name server or to /etc/hosts.`)
  }
}

export function checkPort({ host, port }: CloudAddress): Promise<Finding> {
  const check = 'port'
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port, timeout: timeoutMs })
    const end = (finding: Finding) => {
      socket.destroy()
      resolve(finding)
    }
    socket.on('connect', () => end(good(check, `port ${port} of ${host} takes connections.`)))
    socket.on('timeout', () =>
      end(mend(check, `port ${port} of ${host} does not answer; open it in the firewalls on the way, or connect through a proxy.`)),
    )
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(
        error.code === 'ECONNREFUSED'
          ? mend(check, `nothing listens on port ${port} of ${host}; start the cloud there, or correct the port.`)
          : mend(check, `port ${port} of ${host} cannot be reached (${error.code ?? 'unknown'}); check routes and firewalls.`),
      ),
    )
  })
}

/** The certificate, as agents 2.10.4 and newer and agent-link look at it: chain, name, time. Nothing is sent over what is not trusted. */
export function checkTls({ host, port }: CloudAddress, caPem: string | undefined, clock: Clock): Promise<Finding> {
  const check = 'TLS'
  return new Promise((resolve) => {
    const socket = connectTls({
      host,
      port,
      minVersion: 'TLSv1.2',
      timeout: timeoutMs,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(caPem === undefined ? {} : { ca: caPem }),
    })
    const end = (finding: Finding) => {
      socket.destroy()
      resolve(finding)
    }
    socket.on('secureConnect', () => {
      const days = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - clock.nowMs()) / dayMs)
      end(good(check, `the certificate is trusted, names ${host}, and is good for ${days} days.`))
    })
    socket.on('timeout', () => end(mend(check, `${host}:${port} does not answer the TLS handshake; check that this is the cloud's port.`)))
    socket.on('error', (error: NodeJS.ErrnoException & { cert?: PeerCertificate }) => end(mend(check, tlsMend(host, port, error, caPem))))
  })
}

function tlsMend(host: string, port: number, error: NodeJS.ErrnoException & { cert?: PeerCertificate }, caPem: string | undefined): string {
  const code = error.code ?? ''
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (error.cert?.subjectaltname ?? '').replaceAll(/DNS:|IP Address:/g, '')
    return `the certificate does not name ${host}, it names ${names || 'nothing'}; use one of those, or restart the cloud with THROUGHLINE_TLS_NAMES=${host}.`
  }
  if (code === 'CERT_HAS_EXPIRED') return `the certificate has expired, or this host's clock is ahead; renew it, or set the clock.`
  if (code === 'CERT_NOT_YET_VALID') return `the certificate is not valid yet, so this host's clock is behind; set it.`
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return `port ${port} of ${host} does not speak TLS 1.2 or newer; check the port, and that no proxy takes TLS off on the way.`
  if (/SELF_SIGNED|UNABLE_TO|CERT_UNTRUSTED|CERT_SIGNATURE/.test(code)) {
    return caPem === undefined
      ? `this host does not trust the CA of the cloud; fetch /api/throughline/v1/ca.pem and give it with --ca. A Netdata agent needs it in the system's trust or in SSL_CERT_FILE, and for claiming in cloud.d as trusted.pem (2.x) or cloud_fullchain.pem (1.x).`
      : 'the certificate was not signed by the CA that was given; fetch /api/throughline/v1/ca.pem again.'
  }
  return `the TLS handshake with ${host}:${port} failed (${code || 'unknown'}).`
}
