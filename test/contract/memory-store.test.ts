import { createMemoryStore } from '../doubles/stores/memory-store.ts'
import { describeStore } from './store-contract.ts'

// The double passes the suite of the real stores, so that tests on it can be trusted.
describeStore('The store in memory', async (clock) => {
  const store = createMemoryStore(clock)
  return { store, open: () => store.open(), dispose: () => store.close() }
})
