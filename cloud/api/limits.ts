/** What a request to the API may hold (security requirements §1); tests read the same numbers. */
export const apiLimits = {
  bodyBytes: 64 * 1024,
  jsonDepth: 32,
  queryParameters: 16,
  nameChars: 100,
  roomsPerClaimToken: 100,
  roomsPerChannel: 500,
  claimTokenDefaultMs: 24 * 3_600_000,
  claimTokenMaxMs: 30 * 24 * 3_600_000,
  claimTokenUsesDefault: 100,
  claimTokenUsesMax: 10_000,
} as const
