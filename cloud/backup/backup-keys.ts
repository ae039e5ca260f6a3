import { createHash, type KeyObject } from 'node:crypto'
import type { KeySubject } from '../../src/domain/key-subject.ts'

export interface BackupKey {
  readonly keyId: string
  readonly key: KeyObject
}

/** The keys that backups are sealed with, and whose backups they are. Throws KEYS_UNAVAILABLE. */
export interface BackupKeys {
  /** A hash of the id of this installation: a backup of another one is refused by it (O4). It tells nothing else. */
  readonly installation: string
  /** The key that seals now; made at its first use. */
  current(): Promise<BackupKey>
  find(keyId: string): Promise<KeyObject | undefined>
}

/** Keys that lie apart from the data, wrapped by whoever holds the master keys. */
export interface WrappedKeys {
  sealing(subject: KeySubject): Promise<BackupKey>
  opening(subject: KeySubject, keyId: string): Promise<BackupKey | 'destroyed' | undefined>
}

const subject: KeySubject = { kind: 'installation', id: 'backups' }

/** The backup keys of an installation: what is in a backup is ciphertext, and what opens it lies elsewhere (D1). */
export function createBackupKeys(keys: WrappedKeys, installationId: string): BackupKeys {
  return {
    installation: createHash('sha256').update('throughline installation\0').update(installationId).digest('hex').slice(0, 32),
    current: () => keys.sealing(subject),
    async find(keyId) {
      const found = await keys.opening(subject, keyId)
      return found === undefined || found === 'destroyed' ? undefined : found.key
    },
  }
}
