import { existsSync, readdirSync } from 'node:fs'
import { createFileProvider, openFileProvider } from '../../cloud/seals/file-provider.ts'
import { agreeOnInstallation } from '../../cloud/seals/installation-id.ts'
import { joinProviders, type KeyProvider } from '../../cloud/seals/key-provider.ts'
import { loadSealKeys } from '../../cloud/seals/master-keys.ts'
import { createSeals } from '../../cloud/seals/seals.ts'
import { createSubjectKeys, type KeyRing } from '../../cloud/seals/subject-keys.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { Seals } from '../domain/seals.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'
import { keysFolder } from './keys-folder.ts'

/** What seals: the provider of master keys, the keys of people and spaces, and the seals made with them. */
export interface Sealing {
  readonly provider: KeyProvider
  readonly installationId: string
  readonly ring: KeyRing
  readonly seals: Seals
  close(): void
}

const hasMasterFiles = (folder: string) => existsSync(folder) && readdirSync(folder).some((name) => /^seal-\d{15}\.key$/.test(name))

/** The keys that older versions sealed with, as far as they are there. */
export const oldSealKeys = (config: Config) => () => (hasMasterFiles(keysFolder(config)) ? loadSealKeys(keysFolder(config)) : [])

/** What data and keys are called for people. */
export const sealingWords = (config: Config) => ({
  data: config.store === 'sqlite' ? config.dataFolder : `the table ${config.dynamoTable}`,
  keys: keysFolder(config),
})

/** The provider the settings name; the other one still unwraps what it wrapped, as far as it is there. `to` lets the other one wrap. */
export async function openProvider(
  config: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  to: 'file' | 'kms' = config.kmsKey === undefined ? 'file' : 'kms',
): Promise<{ readonly provider: KeyProvider; close(): void }> {
  const folder = keysFolder(config)
  if (config.kmsKey === undefined) return { provider: joinProviders(openFileProvider(folder), []), close: () => {} }
  // Loaded only where it is used, as everything of the AWS SDK.
  const { createKmsProvider } = await import('../../cloud/seals/kms/kms-provider.ts')
  const kms = createKmsProvider({ key: config.kmsKey, region: config.kmsRegion, endpoint: config.kmsEndpoint, clock, log })
  const close = () => kms.close()
  if (to === 'file') return { provider: joinProviders(openFileProvider(folder), [kms]), close }
  const files = hasMasterFiles(folder) ? [createFileProvider(() => loadSealKeys(folder))] : []
  return { provider: joinProviders(kms, files), close }
}

/** Opens the keys that belong to this data. Throws DATA_FOLDER_UNUSABLE when they do not, KEYS_UNAVAILABLE, STORE_UNAVAILABLE. */
export async function openSealing(deps: {
  readonly config: Config
  readonly raw: MetadataStore
  readonly apart: MetadataStore
  /** What data and keys are called for people. */
  readonly words: { readonly data: string; readonly keys: string }
  readonly clock: Clock
  readonly log: Log
}): Promise<Sealing> {
  const { config, raw, apart, words, clock, log } = deps
  const opened = await openProvider(config, { clock, log })
  const { provider } = opened
  try {
    const installationId = await agreeOnInstallation({ raw, apart, words })
    const ring = createSubjectKeys({ apart, provider, installationId, clock })
    // A master that is missing is told at the start, and not by the first thing that does not open.
    await ring.sealing({ kind: 'installation', id: 'installation' })
    return { provider, installationId, ring, seals: createSeals(ring, oldSealKeys(config)), close: () => opened.close() }
  } catch (thrown) {
    opened.close()
    throw thrown
  }
}
