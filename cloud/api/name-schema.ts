import { z } from 'zod'
import { isSeen } from '../../src/domain/unwanted-characters.ts'
import { metadataLimits } from '../metadata/limits.ts'

const fits = (bytesMax: number) => (text: string) => Buffer.byteLength(text) <= bytesMax

/** A name as people give it; longer ones are refused, not cut, so that what is written is what is read. */
export const nameText = z.string().trim().min(1).max(metadataLimits.nameBytes).refine(fits(metadataLimits.nameBytes)).refine(isSeen)

/** A description; it may be empty. */
export const descriptionText = z.string().max(metadataLimits.descriptionBytes).refine(fits(metadataLimits.descriptionBytes))

/** Name and description as existing clients send them: either may be left out, null, or empty (cloud-api §2, §3). */
export const compatibleNames = z.object({
  name: z.string().trim().max(metadataLimits.nameBytes).refine(fits(metadataLimits.nameBytes)).nullish(),
  description: descriptionText.nullish(),
})
