/** What is kept, by the promise it falls under. */
export const dataClasses = ['account', 'node', 'contexts', 'alert-configuration', 'channel-secret', 'audit', 'operations'] as const
export type DataClass = (typeof dataClasses)[number]
