import { createHash, createHmac } from 'node:crypto'
import type { KeySubject } from '../../../src/domain/key-subject.ts'

/** Keyed hashes of people, spaces and ids: who has the key can look for somebody by an id they meet, nobody else can. */
export interface SubjectHashes {
  /** HMAC-SHA256, base64url. */
  hashOf(subject: KeySubject): string
  /** The same of any id that belonged to a subject, such as that of a sign-in. */
  hashOfId(id: string): string
  /** Names the key without telling it, so that a proof made with another key is noticed. */
  readonly keyId: string
}

/** Hashes kept in memory; a write names a few ids, a walk through everything names the same ones over and over. */
const rememberedMax = 20_000

export function createSubjectHashes(key: Uint8Array): SubjectHashes {
  const remembered = new Map<string, string>()
  const hash = (text: string): string => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const made = createHmac('sha256', key).update(text).digest('base64url')
    if (remembered.size >= rememberedMax) remembered.clear()
    remembered.set(text, made)
    return made
  }
  return {
    hashOf: ({ kind, id }) => hash(`${kind}:${id}`),
    hashOfId: (id) => hash(`id:${id}`),
    keyId: createHash('sha256').update('throughline-erasure-key').update(key).digest('base64url').slice(0, 16),
  }
}
