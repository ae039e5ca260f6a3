import { z } from 'zod'
import { canonicalUuid } from '../../src/domain/ids.ts'

/** An id in a body, in its canonical form; the type says whose. */
export function idSchema<Id extends string>() {
  return z.string().transform((text, context): Id => {
    const id = canonicalUuid(text)
    if (id === undefined) context.addIssue({ code: 'custom', message: 'not a UUID' })
    return (id ?? '') as Id
  })
}
