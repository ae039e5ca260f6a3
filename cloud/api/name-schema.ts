import { z } from 'zod'
import { isSeen } from '../../src/domain/unwanted-characters.ts'
import { metadataLimits } from '../metadata/limits.ts'

const fits = (bytesMax: number) => (text: string) => Buffer.byteLength(text) <= bytesMax

/** A name as people give it; longer ones are refused, not cut, so that what is written is what is read. */
export const nameText = z.string().trim().min(1).max(metadataLimits.nameBytes).refine(fits(metadataLimits.nameBytes)).refine(isSeen)

/** A description; it may be empty, and of several lines. */
export const descriptionText = z.string().max(metadataLimits.descriptionBytes).refine(fits(metadataLimits.descriptionBytes))

const exactName = z.string().max(metadataLimits.nameBytes).refine(fits(metadataLimits.nameBytes))

/** The name of a new space or room as existing clients send it; spaces around it stay, since Terraform compares to the character. */
export const compatibleName = exactName.min(1).refine(isSeen)

/** Name and description as existing clients send them: either may be left out, null, or empty (cloud-api §2, §3). A blank name counts as an empty one. */
export const compatibleNames = z.object({
  name: exactName.nullish(),
  description: descriptionText.nullish(),
})
