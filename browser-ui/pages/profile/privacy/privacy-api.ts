import { queryOptions } from '@tanstack/react-query'
import { ThroughlineError } from '../../../../src/errors/throughline-error.ts'
import type { Receipt } from '../../../../src/domain/receipt.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'
import { apiBase } from '../../../offline/keep-rules.ts'

/** A link to an export that was made and not used yet. */
export interface ExportLink {
  readonly exportId: string
  readonly format: 'json' | 'csv'
  readonly scope: 'me' | 'space'
  readonly spaceId: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
}
export interface NewExportLink extends ExportLink {
  /** Its secret stands behind the `#`; told now and never again. */
  readonly href: string
}

/** The operator's analytics, if there are any, and what the person decided. */
export interface Consent {
  readonly provider: { readonly name: string; readonly purpose: string; readonly domains: readonly string[] } | null
  readonly choice: 'granted' | 'withdrawn' | null
  readonly chosenAtMs: number | null
  readonly isAllowedHere: boolean
}

export const privacyQueries = (request: CloudRequest) => ({
  // Read once a visit: it walks everything there is.
  receipt: queryOptions({
    queryKey: ['my-receipt'],
    queryFn: async () => (await request.get('/me/receipt')) as Receipt,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  }),
  progress: queryOptions({
    queryKey: ['my-receipt-progress'],
    queryFn: async () => ((await request.get('/me/receipt/progress')) as { rowsRead: number | null }).rowsRead,
    refetchInterval: 700,
    gcTime: 0,
  }),
  exports: queryOptions({
    queryKey: ['my-exports'],
    queryFn: async () => ((await request.get('/me/exports')) as { exports: ExportLink[] }).exports,
  }),
  consent: queryOptions({ queryKey: ['my-consent'], queryFn: async () => (await request.get('/consent')) as Consent }),
})

export interface CorrectionWish {
  readonly name?: string | null
  readonly timeZone?: string | null
}

export const privacyDeeds = (request: CloudRequest) => ({
  makeExport: async (wish: { format: 'json' | 'csv'; scope: 'me' | 'space'; spaceId?: string }) =>
    (await request.post('/me/exports', wish)) as NewExportLink,
  correct: (wish: CorrectionWish) => request.patch('/me', { ...wish, isCorrection: true }),
  correctAddress: (email: string) => request.post('/me/email', { email, isCorrection: true }),
  choose: (choice: 'granted' | 'withdrawn') => request.put('/consent', { choice }),
  /** Uses the link up. Rejects with the cloud's code. */
  async fetchExport(exportId: string, token: string): Promise<{ readonly name: string; readonly content: Blob }> {
    const ask = () =>
      window
        .fetch(`${apiBase}/me/exports/${exportId}/file`, {
          method: 'POST',
          credentials: 'same-origin',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token }),
        })
        .catch((cause: unknown) => {
          throw new ThroughlineError('SOURCE_UNAVAILABLE', 'The cloud cannot be reached.', { cause })
        })
    let answer = await ask()
    if (answer.status === 401 && (await request.renewSession())) answer = await ask()
    if (!answer.ok) {
      const body = (await answer.json().catch(() => ({}))) as { errorMessage?: unknown }
      throw new ThroughlineError('NOT_FOUND', typeof body.errorMessage === 'string' ? body.errorMessage : 'The file cannot be read.')
    }
    const name = /filename="?([\w.-]+)"?/u.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'throughline-export'
    try {
      return { name, content: await answer.blob() }
    } catch (cause) {
      throw new ThroughlineError('SOURCE_UNAVAILABLE', 'The file broke off; its link is used up, so make another one.', { cause })
    }
  },
})
