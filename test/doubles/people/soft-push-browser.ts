import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import type { Subscription } from '../../../cloud/notify/push/push-record.ts'

/** A browser that subscribed at a push service, and reads what is sent to it alone (RFC 8291). */
export interface SoftPushBrowser {
  readonly subscription: Subscription
  /** The text of an encrypted body (aes128gcm, RFC 8188). Throws when it is for another browser or was changed. */
  read(body: Buffer): string
}

export function createSoftPushBrowser(endpoint: string): SoftPushBrowser {
  const ecdh = createECDH('prime256v1')
  const publicKey = ecdh.generateKeys()
  const auth = randomBytes(16)
  const subscription = { endpoint, keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') } }
  return {
    subscription,
    read(body) {
      const salt = body.subarray(0, 16)
      const keyLength = body.readUInt8(20)
      const serverKey = body.subarray(21, 21 + keyLength)
      const sealed = body.subarray(21 + keyLength)
      const shared = ecdh.computeSecret(serverKey)
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, serverKey])
      const inner = Buffer.from(hkdfSync('sha256', shared, auth, info, 32))
      const key = Buffer.from(hkdfSync('sha256', inner, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16))
      const nonce = Buffer.from(hkdfSync('sha256', inner, salt, Buffer.from('Content-Encoding: nonce\0'), 12))
      const decipher = createDecipheriv('aes-128-gcm', key, nonce)
      decipher.setAuthTag(sealed.subarray(-16))
      const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
      // One record: its padding begins with a 2.
      return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8')
    },
  }
}
