import type { WorkerCache, WorkerCaches } from '../../../browser-ui/offline/cache-storage.ts'

const urlOf = (request: string | Request) => (typeof request === 'string' ? request : request.url)

/** Cache Storage in memory, as far as the page's worker uses it; addresses are compared whole. */
export function createMemoryCaches(): WorkerCaches & { texts(): Promise<Record<string, string>> } {
  const stores = new Map<string, Map<string, Response>>()
  const cacheOver = (entries: Map<string, Response>): WorkerCache => ({
    match: async (request) => entries.get(urlOf(request))?.clone(),
    put: async (url, answer) => {
      entries.delete(url)
      entries.set(url, answer)
    },
    delete: async (request) => entries.delete(urlOf(request)),
    keys: async () => [...entries.keys()].map((url) => new Request(url)),
  })
  return {
    open: async (name) => {
      const entries = stores.get(name) ?? new Map<string, Response>()
      stores.set(name, entries)
      return cacheOver(entries)
    },
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
    match: async (request) => {
      for (const entries of stores.values()) {
        const found = entries.get(urlOf(request))
        if (found !== undefined) return found.clone()
      }
      return undefined
    },
    /** Everything that is kept: cache and address, and the text. */
    async texts() {
      const all: Record<string, string> = {}
      for (const [name, entries] of stores) for (const [url, answer] of entries) all[`${name} ${url}`] = await answer.clone().text()
      return all
    },
  }
}
