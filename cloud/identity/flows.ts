import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../src/support/clock.ts'
import type { DataOfKind } from '../store/kinds.ts'
import type { ItemKey, MetadataStore } from '../store/port.ts'
import { matchesHash, newSecret, packToken, secretHash, unpackToken } from './opaque-token.ts'

const flowData = z.object({ purpose: z.string(), hash: z.string(), content: z.unknown() })
const keyOf = (flowId: string): ItemKey => ({ partition: `sign-in-flow#${flowId}`, sort: 'sign-in-flow' })

/** What may be kept of it, by the data map. */
export type FlowContent = DataOfKind<'sign-in-flow'>['content']

/** Something a browser has begun and must end itself: a trip to another site, a question to an authenticator, a second factor. */
export interface Flows {
  /** Keeps `content` for so long; the ticket goes into a cookie of the browser that began it. Only its hash is stored. */
  begin(purpose: string, content: FlowContent, lifeMs: number): Promise<string>
  /** What was kept, without using it up; undefined for any ticket that does not count. */
  look(purpose: string, ticket: string | undefined): Promise<unknown>
  /** What was kept, once: of several at the same moment one gets it. */
  take(purpose: string, ticket: string | undefined): Promise<unknown>
}

export function createFlows({ store, clock }: { readonly store: MetadataStore; readonly clock: Clock }): Flows {
  const find = async (purpose: string, ticket: string | undefined) => {
    const parts = ticket === undefined ? undefined : unpackToken(ticket, 1, 1)
    const [flowId, secret] = [parts?.ids[0], parts?.secrets[0]]
    if (flowId === undefined || secret === undefined) return undefined
    const item = await store.read(keyOf(flowId))
    if (item === undefined) return undefined
    const data = flowData.parse(item.data)
    return data.purpose === purpose && matchesHash(secret, data.hash) ? { item, content: data.content } : undefined
  }
  return {
    async begin(purpose, content, lifeMs) {
      const [flowId, secret] = [randomUUID() as string, newSecret()]
      const data = { purpose, hash: secretHash(secret), content }
      await store.write({ ...keyOf(flowId), kind: 'sign-in-flow', data, expiresAtMs: clock.nowMs() + lifeMs }, 'absent')
      return packToken([flowId], [secret])
    },
    look: async (purpose, ticket) => (await find(purpose, ticket))?.content,
    async take(purpose, ticket) {
      const found = await find(purpose, ticket)
      if (found === undefined) return undefined
      return (await store.remove(found.item, found.item.revision)) ? found.content : undefined
    },
  }
}
