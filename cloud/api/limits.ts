/** What a request to the API may hold (security requirements §1); tests read the same numbers. */
export const apiLimits = {
  bodyBytes: 64 * 1024,
  jsonDepth: 32,
  queryParameters: 16,
  /** Token buckets of requests (E7): so many at once, then so many a second. */
  requests: {
    perAddress: { perSecond: 100, burst: 2_000 },
    /** Changes by whom nobody knows: signing in and out, and renewing. */
    publicPerAddress: { perSecond: 2, burst: 120 },
    perAccount: { perSecond: 100, burst: 1_500 },
    perToken: { perSecond: 50, burst: 1_000 },
    inFlightPerAccount: 100,
  },
  nameChars: 100,
  roomsPerClaimToken: 100,
  roomsPerChannel: 500,
  claimTokenDefaultMs: 24 * 3_600_000,
  claimTokenMaxMs: 30 * 24 * 3_600_000,
  claimTokenUsesDefault: 100,
  claimTokenUsesMax: 10_000,
} as const
