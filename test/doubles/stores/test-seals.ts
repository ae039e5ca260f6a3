import { createSecretKey, randomBytes } from 'node:crypto'
import { createFileProvider } from '../../../cloud/seals/file-provider.ts'
import type { KeyProvider } from '../../../cloud/seals/key-provider.ts'
import { createSeals } from '../../../cloud/seals/seals.ts'
import { createSubjectKeys, type KeyRing } from '../../../cloud/seals/subject-keys.ts'
import type { Seals } from '../../../src/domain/seals.ts'
import { systemClock, type Clock } from '../../../src/support/clock.ts'
import { createMemoryStore } from './memory-store.ts'

/** The real provider of master keys, with one that lies in memory and lasts as long as the test. */
export function createTestProvider(): KeyProvider {
  const masters = [{ keyId: randomBytes(8).toString('hex'), key: createSecretKey(randomBytes(32)) }]
  return createFileProvider(() => masters)
}

/** Real keys of people and spaces, wrapped in memory. */
export function createTestKeys(clock: Clock = systemClock): KeyRing {
  return createSubjectKeys({ apart: createMemoryStore(clock), provider: createTestProvider(), installationId: 'test', clock })
}

/** The real seals, with keys that last as long as the test. */
export function createTestSeals(): Seals {
  return createSeals(createTestKeys())
}

/** The keys of a whole test file: what one service sealed another one of the same file opens. */
export const testKeys = createTestKeys()
export const testSeals = createSeals(testKeys)
