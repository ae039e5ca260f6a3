import { asItemWrite } from '../../../cloud/store/item-rules.ts'
import type { Installation } from '../installation.ts'
import { withKept } from '../stores/kept-of.ts'

const dayMs = 86_400_000

/** Every sign-in of a person was last proven a day before it was: what the passing of a day does to a running cloud's store. */
export function ageProofs(cloud: Pick<Installation, 'env'>, personId: string): Promise<void> {
  return withKept(cloud, async ({ store }) => {
    const { items } = await store.list(`person#${personId}`, { prefix: 'sign-in#', limit: 200 })
    for (const { revision, ...item } of items) {
      const { provenAtMs, ...data } = item.data as { readonly provenAtMs: number }
      await store.write(asItemWrite({ ...item, data: { ...data, provenAtMs: provenAtMs - dayMs } }), revision)
    }
  })
}
