import { createFreshness } from './freshness.ts'

/** How fresh this page's metadata is. */
export const freshness = createFreshness()
