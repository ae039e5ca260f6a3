import { queryOptions } from '@tanstack/react-query'
import type { SilenceContent } from '../../../../src/domain/silence.ts'
import type { SilencePreview, SilenceRow, SilenceScope } from '../../../data/silences/silence-answers.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'

const silencePath = (silenceId: string) => `/silences/${encodeURIComponent(silenceId)}`

/** What the page of silences asks the cloud. */
export const silencesApi = {
  create: (request: CloudRequest, content: SilenceContent, scope: SilenceScope) => request.post('/silences', { ...content, scope }),
  change: (request: CloudRequest, silenceId: string, content: SilenceContent) => request.put(silencePath(silenceId), content),
  remove: (request: CloudRequest, silenceId: string) => request.delete(silencePath(silenceId)),
  preview: async (request: CloudRequest, content: SilenceContent) =>
    (await request.post('/silences/preview', { ...content, limit: 5 })) as SilencePreview,
}

export const silencesQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['silences'],
    queryFn: async () => ((await request.get('/silences')) as { silences: SilenceRow[] }).silences,
    refetchInterval: 10_000,
  })

/** Ways to notify, to name those that a silence is for; not everybody may see them. */
export const waysQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['integrations'],
    queryFn: async () =>
      ((await request.get('/integrations')) as { integrations: { integrationId: string; slug: string; name: string }[] }).integrations,
    staleTime: 300_000,
  })
