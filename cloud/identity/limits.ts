const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Times and counts of sessions and login (security requirements §1); tests read the same numbers. */
export const identityLimits = {
  accessTokenMs: 15 * minuteMs,
  clockToleranceMs: 30_000,
  refreshIdleMs: 7 * dayMs,
  refreshAbsoluteMs: 30 * dayMs,
  refreshGraceMs: 10_000,
  /** How long a right or a sign-in that was looked up is believed. Open sockets look every 4 s, so a change counts everywhere within 5 s. */
  rightsCacheMs: 1_000,
  rightsCacheEntries: 10_000,
  verifiedTokenEntries: 10_000,
  signInLinkMs: 10 * minuteMs,
  mailsPerAddress: { count: 3, windowMs: 10 * minuteMs },
  invitationMailsPerSpace: { count: 200, windowMs: 60 * minuteMs },
  mailsPerIp: { count: 20, windowMs: 60 * minuteMs },
  apiTokenDefaultMs: 90 * dayMs,
  apiTokenMaxMs: 3650 * dayMs,
  apiTokensPerPerson: 100,
  apiTokenNameChars: 100,
  /** A use is noted when the last noted one is older. */
  apiTokenUseNotedMs: 5 * minuteMs,
  operatorTokenMs: minuteMs,
  signInsPerPerson: 50,
  /** How long ago a proof may be for what cannot be taken back. */
  freshMs: 10 * minuteMs,
  /** How long a sign-in that was begun elsewhere, or a question to an authenticator, may take. */
  flowMs: 10 * minuteMs,
  challengeMs: 5 * minuteMs,
  /** Sign-ins begun from one IP. */
  flowsPerIp: { count: 120, windowMs: 10 * minuteMs },
  addressChangeMs: 60 * minuteMs,
  /** How long after an erasure the next sweeps still look for what landed behind it. */
  erasedPersonWatchedMs: 60 * minuteMs,
  identitiesPerPerson: 20,
  passkeysPerPerson: 20,
  domainsPerProvider: 20,
  /** After that the DNS is asked again whether a domain still says so. */
  domainProofMs: dayMs,
  providerAnswerMs: 10_000,
  providerAnswerBytes: 256 * 1024,
} as const
