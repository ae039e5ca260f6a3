import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ItemKey, MetadataStore } from '../../store/port.ts'

/** Whom to tell when an erasure is done, and the token of its page. */
export interface ErasureMailTo {
  readonly email: string
  readonly token: string
}

const keyOf = (erasureId: string): ItemKey => ({ partition: 'erasure-mail', sort: erasureId })
const keyData = z.object({ key: z.string() })
const contents = z.object({ email: z.string(), token: z.string() })
const nonceBytes = 12
const tagBytes = 16

/**
 * Keeps one address for one mail, sealed with a key of that erasure alone, which lies apart from the data. Forgetting takes the key
 * first: what a crash then leaves opens for nobody.
 */
export function createErasureMailBox(apart: MetadataStore) {
  const read = async (erasureId: string) => {
    const item = await apart.read(keyOf(erasureId))
    return item && { item, key: Buffer.from(keyData.parse(item.data).key, 'base64url') }
  }
  return {
    async seal(erasureId: string, to: ErasureMailTo): Promise<string> {
      const data = { key: randomBytes(32).toString('base64url') }
      await apart.write({ ...keyOf(erasureId), kind: 'erasure', data }, 'absent')
      const found = await read(erasureId)
      if (found === undefined) return ''
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', found.key, nonce, { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(erasureId))
      return Buffer.concat([nonce, cipher.update(JSON.stringify(to)), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },
    /** Undefined when it was forgotten, or cannot be opened. */
    async open(erasureId: string, sealed: string): Promise<ErasureMailTo | undefined> {
      const found = await read(erasureId)
      if (found === undefined) return undefined
      try {
        const bytes = Buffer.from(sealed, 'base64url')
        const decipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        decipher.setAAD(Buffer.from(erasureId))
        decipher.setAuthTag(bytes.subarray(-tagBytes))
        const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
        return contents.parse(JSON.parse(text))
      } catch {
        return undefined
      }
    },
    async forget(erasureId: string): Promise<void> {
      for (let found = await read(erasureId); found !== undefined; found = await read(erasureId))
        if (await apart.remove(found.item, found.item.revision)) return
    },
  }
}
