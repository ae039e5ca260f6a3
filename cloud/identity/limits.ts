const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Times and counts of sessions and login (security requirements §1); tests read the same numbers. */
export const identityLimits = {
  accessTokenMs: 15 * minuteMs,
  clockToleranceMs: 30_000,
  refreshIdleMs: 7 * dayMs,
  refreshAbsoluteMs: 30 * dayMs,
  refreshGraceMs: 10_000,
  /** How long a right or a sign-in that was looked up may be believed: role change 5 s, revocation 10 s. */
  rightsCacheMs: 5_000,
  rightsCacheEntries: 10_000,
  verifiedTokenEntries: 10_000,
  signInLinkMs: 10 * minuteMs,
  mailsPerAddress: { count: 3, windowMs: 10 * minuteMs },
  mailsPerIp: { count: 20, windowMs: 60 * minuteMs },
  apiTokenDefaultMs: 90 * dayMs,
  apiTokenMaxMs: 3650 * dayMs,
  operatorTokenMs: minuteMs,
  signInsPerPerson: 50,
} as const
