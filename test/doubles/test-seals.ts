import { createSecretKey, randomBytes } from 'node:crypto'
import { createSeals } from '../../cloud/seals/seals.ts'
import type { Seals } from '../../src/domain/seals.ts'

/** The real seals, with a key that lies in memory and lasts as long as the test. */
export function createTestSeals(): Seals {
  const keys = [{ keyId: '0123456789abcdef', key: createSecretKey(randomBytes(32)) }]
  return createSeals({ keys, reload: () => keys })
}

/** One key for a whole test file: what one service sealed another one of the same file opens. */
export const testSeals = createTestSeals()
