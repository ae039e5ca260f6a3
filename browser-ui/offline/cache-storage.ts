/** The part of Cache Storage that the worker uses. */
export interface WorkerCache {
  match(request: string | Request): Promise<Response | undefined>
  put(url: string, answer: Response): Promise<void>
  delete(request: string | Request): Promise<boolean>
  /** In the order they were last written. */
  keys(): Promise<readonly Request[]>
}

export interface WorkerCaches {
  open(name: string): Promise<WorkerCache>
  /** In the order they were made. */
  keys(): Promise<readonly string[]>
  delete(name: string): Promise<boolean>
  match(request: string | Request): Promise<Response | undefined>
}
