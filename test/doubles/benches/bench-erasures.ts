import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { createErasures, type Erasures, type ErasuresDeps } from '../../../cloud/privacy/erasure/erasures.ts'
import { guardWithLedger, openLedger } from '../../../cloud/privacy/ledger.ts'
import { openFileProvider } from '../../../cloud/seals/file-provider.ts'
import { createSubjectKeys } from '../../../cloud/seals/subject-keys.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createMemoryStore } from '../stores/memory-store.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A real ledger and real keys apart from a store, and the store with every write asking the ledger. */
export async function benchLedger(
  raw: MetadataStore,
  clock: Clock,
  apart: MetadataStore = createMemoryStore(clock),
  key: Uint8Array = randomBytes(32),
) {
  const ledger = await openLedger({ apart, key, clock, log: silentLog })
  const provider = openFileProvider(temporaryFolder())
  const keys = createSubjectKeys({ apart, provider, installationId: 'bench', clock })
  return { raw, apart, ledger, keys, guarded: guardWithLedger(raw, ledger) }
}

/** Real erasures on them, without a mirror and backups unless a test brings some. Closed when the test ends. */
export function benchErasures(
  deps: Omit<ErasuresDeps, 'publicUrl' | 'log' | 'mirror' | 'backups' | 'deliver' | 'auditor' | 'sign'> & Partial<ErasuresDeps>,
): Erasures {
  const erasures = createErasures({
    publicUrl: 'https://localhost:8443',
    log: silentLog,
    mirror: undefined,
    backups: undefined,
    deliver: undefined,
    auditor: { record: async () => {} },
    sign: async (claims) => JSON.stringify(claims),
    ...deps,
  })
  onTestFinished(() => erasures.close())
  return erasures
}
