import { queryOptions } from '@tanstack/react-query'
import type { ClaimTokenRow, ClaimTokenWish } from '../../../data/settings/token-answers.ts'
import type { ClaimTokenOffer } from '../../../link/api.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'

/** The claim tokens of the space; the newest first. */
export const claimTokensQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['claim-tokens'],
    queryFn: async () => ((await request.get('/claim-tokens')) as { tokens: ClaimTokenRow[] }).tokens,
    refetchInterval: 15_000,
  })

export const tokensApi = {
  create: async (request: CloudRequest, wish: ClaimTokenWish) => (await request.post('/claim-tokens', wish)) as ClaimTokenOffer,
  revoke: (request: CloudRequest, tokenId: string) => request.delete(`/claim-tokens/${encodeURIComponent(tokenId)}`),
}
