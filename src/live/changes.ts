/** What a page may have to ask again. */
export const changedThings = ['alerts', 'feed', 'nodes', 'messages'] as const
export type ChangedThing = (typeof changedThings)[number]
