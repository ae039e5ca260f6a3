/** Where an attempt to connect stands: before HTTP, claiming, proving the claim, opening the link. */
export type AttemptStage = 'tls' | 'claim' | 'challenge' | 'password' | 'link'

/** Why an attempt ended as it did, told in half a sentence, and what mends it. `isGood` marks those that need no mend. */
interface Outcome {
  readonly why: string
  readonly mend: string
}

const claimAgain =
  'Claim the host again: with agent-link run throughline claim; a Netdata agent first needs its folder cloud.d (in /var/lib/netdata) removed.'

/**
 * Every outcome of an attempt, one row each (aclk §1.2, §1.6, §2.4, §3). The words are for the owner of a space; an agent that is
 * refused never hears more than its code.
 */
export const attemptReasons = {
  claimed: { why: 'is claimed now', mend: '' },
  connected: { why: 'is connected', mend: '' },
  'token-unknown': {
    why: 'its claim token was never made here, or was revoked',
    mend: 'Copy the whole token, or create another one.',
  },
  'token-expired': { why: 'its claim token has expired', mend: 'Create another claim token and use that one.' },
  'token-used-up': { why: 'its claim token has been used as often as it may be', mend: 'Create another claim token and use that one.' },
  'space-full': {
    why: 'the space has as many nodes as its plan allows',
    mend: 'Remove nodes that are not needed, or have the plan of this installation changed (THROUGHLINE_PLAN).',
  },
  'rooms-unknown': {
    why: 'it asks for a room that the token does not lead to',
    mend: 'Leave the rooms out, or name rooms of the same space.',
  },
  'claim-conflict': {
    why: 'its claim id or machine guid is claimed already, with another key or in another space',
    mend: 'Remove the node that has it first. If this host is a copy of another, give it a machine guid of its own, then claim again.',
  },
  'key-invalid': {
    why: 'its public key is not an RSA-2048 key as agents make it',
    mend: 'Remove private.pem and public.pem from the agent’s folder and claim again.',
  },
  'hostname-invalid': { why: 'its host name is empty, too long or has characters a name cannot have', mend: 'Give the host another name.' },
  'claim-malformed': {
    why: 'its claim is not one that agents from 1.37 on send',
    mend: 'Update the agent, or run agent-link beside it.',
  },
  'claim-unknown': {
    why: 'its claim is not known here',
    mend: `If it was claimed at another cloud, or this one was restored from an older backup: ${claimAgain}`,
  },
  'claim-removed': { why: 'its node was removed', mend: `Nothing, if that was meant. To have it back: ${claimAgain}` },
  'claim-superseded': {
    why: 'the same machine was claimed again since, under another claim id',
    mend: 'Restart that agent. If two hosts share a machine guid because one is a copy, give the copy a guid of its own and claim it again.',
  },
  'proof-wrong': { why: 'it does not have the key it was claimed with', mend: claimAgain },
  'credentials-refused': {
    why: 'the credentials it was given were used already, or too late',
    mend: 'It tries again by itself; if it keeps failing, something between it and here holds connections back for minutes.',
  },
  'identity-shared': {
    why: 'two agents keep taking over the same claim from each other',
    mend: 'One host is a copy of the other: give the copy a machine guid of its own and claim it again.',
  },
  'rate-limited': {
    why: 'it tried too often',
    mend: 'It is let in again after some minutes; the refusal before this one says why it failed.',
  },
  'link-protocol': { why: 'it does not speak MQTT 5 as agents from 1.37 on do', mend: 'Update the agent, or run agent-link beside it.' },
  'cloud-busy': { why: 'the cloud could not answer', mend: 'Look at the log of the cloud; throughline doctor checks its store.' },
  'plain-http': { why: 'it spoke plain HTTP to the TLS port', mend: 'Write https:// before the address, with the port.' },
  'tls-untrusted': {
    why: 'it does not trust the CA of this cloud',
    mend: 'Put ca.pem into the trust of the system, or start the agent with SSL_CERT_FILE pointing to it; for claiming it must also lie in cloud.d as trusted.pem (2.x) or cloud_fullchain.pem (1.x). agent-link takes --ca ca.pem.',
  },
  'tls-refused': {
    why: 'it (or a browser) refused the certificate of this cloud',
    mend: 'Let it trust ca.pem; a browser asks once for an exception.',
  },
  'tls-name': {
    why: 'it refused the certificate: it used a name that is not in it, or its clock is behind',
    mend: 'Use an address the certificate names, add the name with THROUGHLINE_TLS_NAMES, or set the clock of the host.',
  },
  'tls-expired': {
    why: 'the certificate of this cloud is past its end for it',
    mend: 'Renew the certificate, or set the clock of the host.',
  },
  'tls-too-old': {
    why: 'it offers no TLS version or cipher that is safe',
    mend: 'Update the agent and its OpenSSL; TLS 1.2 is the least.',
  },
  'tls-broken': {
    why: 'its TLS handshake is not one',
    mend: 'Check that address and port are the ones of this cloud, and nothing between rewrites them.',
  },
} as const satisfies Record<string, Outcome>

export type AttemptReason = keyof typeof attemptReasons

const goodReasons: ReadonlySet<AttemptReason> = new Set<AttemptReason>(['claimed', 'connected'])

/** Whether nothing needs mending. */
export function isGoodReason(reason: AttemptReason): boolean {
  return goodReasons.has(reason)
}

const tried = {
  tls: 'tried to reach this cloud',
  claim: 'tried to claim',
  challenge: 'tried to sign in',
  password: 'tried to sign in',
  link: 'tried to open its link',
} as const satisfies Record<AttemptStage, string>

/** What happened, as one sentence for a person. */
export function attemptSentence(attempt: {
  address: string
  stage: AttemptStage
  reason: AttemptReason
  hostname: string | undefined
}): string {
  const { address, stage, reason, hostname } = attempt
  const who = hostname === undefined ? `An agent from ${address}` : `The agent of ${hostname} from ${address}`
  if (isGoodReason(reason)) return `${who} ${attemptReasons[reason].why}.`
  return `${who} ${tried[stage]}: ${attemptReasons[reason].why}.`
}

/** OpenSSL's words for what ended a handshake, as Node.js codes them; undefined for what says nothing of an agent. */
export function tlsReason(code: string): AttemptReason | undefined {
  switch (code) {
    case 'ERR_SSL_HTTP_REQUEST':
      return 'plain-http'
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
      return 'tls-untrusted'
    case 'ERR_SSL_SSL/TLS_ALERT_UNKNOWN_CA':
      return 'tls-untrusted'
    case 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE':
      return 'tls-name'
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
    case 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED':
      return 'tls-expired'
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN':
    case 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN':
      return 'tls-refused'
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_NO_SHARED_CIPHER':
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
      return 'tls-too-old'
    default:
      // Probes of ports connect and go; only what was said counts.
      return code.startsWith('ERR_SSL_') ? 'tls-broken' : undefined
  }
}
