import { z } from 'zod'
import { apiBase } from './route.ts'

/** An erasure that began, and the address at which it is looked at without a session for 30 days. */
export const begunErasureAnswer = z.object({ erasureId: z.string(), statusHref: z.string() })

/** What a deletion answers. */
export const begunErasure = ({
  erasureId,
  token,
}: {
  readonly erasureId: string
  readonly token: string
}): z.infer<typeof begunErasureAnswer> => ({
  erasureId,
  statusHref: `${apiBase}/erasures/${token}`,
})
