import { Resolver } from 'node:dns/promises'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** Where the proof of a domain lies in the DNS, and what it says. */
export const proofName = (domain: string): string => `_throughline.${domain}`
export const proofText = (token: string): string => `throughline-space=${token}`

/** Asks the DNS whether a domain says that it belongs to whoever holds the token. */
export interface DomainProof {
  /** False when the record is not there or says something else. Throws PROVIDER_UNAVAILABLE when the DNS does not answer. */
  isProven(domain: string, token: string): Promise<boolean>
}

const saysNo = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN'])

/** `servers` are addresses with optional ports; empty: those of the system. */
export function createDomainProof({ servers }: { readonly servers: readonly string[] }): DomainProof {
  return {
    async isProven(domain, token) {
      const resolver = new Resolver({ timeout: 1_500, tries: 2 })
      if (servers.length > 0) resolver.setServers([...servers])
      try {
        const records = await resolver.resolveTxt(proofName(domain))
        // A long text comes in pieces that belong together (RFC 7208 §3.3 reads them so, too).
        return records.some((pieces) => pieces.join('') === proofText(token))
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && saysNo.has(String(cause.code))) return false
        throw new ThroughlineError('PROVIDER_UNAVAILABLE', 'The DNS did not answer; try again later.', { cause })
      }
    },
  }
}
