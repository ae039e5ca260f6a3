import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { MirrorSink } from './ports.ts'

/** A sink that is made with its first call, and again with the next one where that failed: the cloud starts without it. */
export function createLazySink(name: MirrorSink['name'], make: () => Promise<MirrorSink>): MirrorSink {
  let made: Promise<MirrorSink> | undefined
  const sink = async (): Promise<MirrorSink> => {
    made ??= make()
    try {
      return await made
    } catch (cause) {
      made = undefined
      throw cause instanceof ThroughlineError
        ? cause
        : new ThroughlineError('MIRROR_UNAVAILABLE', 'The mirror cannot be opened.', { cause })
    }
  }
  return {
    name,
    migrate: async (...wanted) => (await sink()).migrate(...wanted),
    load: async (batch) => (await sink()).load(batch),
    count: async (...wanted) => (await sink()).count(...wanted),
    size: async (table) => (await sink()).size(table),
    keys: async (...wanted) => (await sink()).keys(...wanted),
    close: async () => (await made?.catch(() => undefined))?.close(),
  }
}
