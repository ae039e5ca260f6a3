/** What page and worker say to each other. */
export type ToWorker = { readonly type: 'version' } | { readonly type: 'activate' }
export interface VersionAnswer {
  readonly version: string
}
