import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { agreeOnInstallation } from '../../cloud/seals/installation-id.ts'
import { loadSealKeys } from '../../cloud/seals/master-keys.ts'
import { createSeals } from '../../cloud/seals/seals.ts'
import { createSubjectKeys, type KeyRing } from '../../cloud/seals/subject-keys.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Seals } from '../domain/seals.ts'
import type { Clock } from '../support/clock.ts'

/** What seals: the keys of people and spaces, and the seals made with them. */
export interface Sealing {
  readonly keys: KeyRing
  readonly seals: Seals
}

/** Opens the keys that belong to this data. Throws DATA_FOLDER_UNUSABLE when they do not, KEYS_UNAVAILABLE, STORE_UNAVAILABLE. */
export async function openSealing(deps: {
  readonly raw: MetadataStore
  readonly apart: MetadataStore
  readonly keysFolder: string
  readonly words: { readonly data: string; readonly keys: string }
  readonly clock: Clock
}): Promise<Sealing> {
  const { raw, apart, keysFolder, words, clock } = deps
  const provider = openFileProvider(keysFolder)
  const installationId = await agreeOnInstallation({ raw, apart, words })
  const keys = createSubjectKeys({ apart, provider, installationId, clock })
  return { keys, seals: createSeals(keys, () => loadSealKeys(keysFolder)) }
}
