import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'
import type { BackupKeys } from './backup-keys.ts'
import { backupUnusable } from './unusable.ts'

/**
 * A sealed file: a line with the form, a line with the header as JSON, then chunks. A chunk is the length of its sealed bytes (four
 * bytes), its type (one byte) and the sealed bytes: deflated lines under AES-256-GCM. The key is of this file alone (HKDF of a key of
 * the installation and the file's id), the nonce is the chunk's type and number (the one end chunk has number 0 of its type), and header, type and number are authenticated, so
 * that a chunk that is changed, moved, repeated or of another file does not open.
 */
export interface FileHeader {
  readonly holds: 'items' | 'changes'
  /** See {@link BackupKeys}. */
  readonly installation: string
  readonly takenAtMs: number
  readonly version: string
  readonly keyId: string
  /** 32 random bytes, base64url. */
  readonly fileId: string
}

export type ChunkType = 'lines' | 'end'

/** Seals and opens the chunks of one file. */
export interface ChunkSeal {
  seal(type: ChunkType, number: number, plain: Uint8Array): Buffer
  /** Throws BACKUP_UNUSABLE when the chunk is not the one that was written there. */
  open(type: ChunkType, number: number, sealed: Uint8Array): Buffer
}

const formLine = 'throughline-backup-1\n'
/** Most bytes of form line and header line together. */
export const headBytesMax = 4096
export const chunkHeadBytes = 5
const tagBytes = 16
const typeBytes: Readonly<Record<ChunkType, number>> = { lines: 0, end: 1 }

/** What a new file begins with, and the key of the installation that it is sealed with. */
export interface NewFile {
  readonly header: FileHeader
  readonly key: KeyObject
}

/** A new file, sealed with the key of now. */
export async function newFile(keys: BackupKeys, facts: Pick<FileHeader, 'holds' | 'takenAtMs' | 'version'>): Promise<NewFile> {
  const { keyId, key } = await keys.current()
  return { header: { ...facts, installation: keys.installation, keyId, fileId: randomBytes(32).toString('base64url') }, key }
}

/** The bytes that a file begins with. */
export function headBytes(header: FileHeader): Buffer {
  const { holds, installation, takenAtMs, version, keyId, fileId } = header
  return Buffer.from(`${formLine}${JSON.stringify({ holds, installation, takenAtMs, version, keyId, fileId })}\n`)
}

/** Whether all the bytes of a file are less than its head: whoever began it was stopped, and nothing can be in it. */
export function endsInHead(bytes: Buffer): boolean {
  const text = bytes.toString('latin1')
  if (text.length < formLine.length) return formLine.startsWith(text)
  return text.length < headBytesMax && text.startsWith(formLine) && /^[ -~]*$/.test(text.slice(formLine.length))
}

/** Reads the beginning of a file; answers the header and how long it is. Throws BACKUP_UNUSABLE. */
export function readHead(name: string, bytes: Buffer): { header: FileHeader; length: number } {
  if (!bytes.subarray(0, formLine.length).equals(Buffer.from(formLine)))
    throw backupUnusable(name, 'it is no backup, or was made by a newer version of Throughline')
  const end = bytes.indexOf(10, formLine.length)
  const header = end === -1 ? undefined : parseHeader(bytes.toString('utf8', formLine.length, end))
  // What is authenticated is our spelling of the header, so the file must hold exactly that.
  if (header === undefined || !headBytes(header).equals(bytes.subarray(0, end + 1))) throw backupUnusable(name, 'its header is damaged')
  return { header, length: end + 1 }
}

function parseHeader(text: string): FileHeader | undefined {
  try {
    const { holds, installation, takenAtMs, version, keyId, fileId } = JSON.parse(text) as Record<string, unknown>
    if (holds !== 'items' && holds !== 'changes') return undefined
    if (typeof installation !== 'string' || typeof version !== 'string' || typeof keyId !== 'string' || typeof fileId !== 'string')
      return undefined
    return typeof takenAtMs === 'number' ? { holds, installation, takenAtMs, version, keyId, fileId } : undefined
  } catch {
    return undefined
  }
}

/** The seal of a file that is read. Throws BACKUP_UNUSABLE in words when it is another installation's or its key is not here. */
export async function sealOfFile(name: string, header: FileHeader, keys: BackupKeys): Promise<ChunkSeal> {
  if (header.installation !== keys.installation)
    throw backupUnusable(name, 'it was taken by another installation; restore it with the keys of that one')
  const key = await keys.find(header.keyId)
  if (key === undefined)
    throw backupUnusable(name, `the key ${header.keyId} that it is sealed with is not among the keys of this installation`)
  return chunkSeal(name, header, key)
}

/** Seals chunks of a file with a key of the installation. */
export function chunkSeal(name: string, header: FileHeader, key: KeyObject): ChunkSeal {
  const fileKey = Buffer.from(hkdfSync('sha256', key, Buffer.from(header.fileId, 'base64url'), 'throughline backup file', 32))
  const headDigest = createHash('sha256').update(headBytes(header)).digest()
  const placeOf = (type: ChunkType, number: number) => {
    const nonce = Buffer.alloc(12)
    nonce.writeUInt8(typeBytes[type], 0)
    nonce.writeBigUInt64BE(BigInt(number), 4)
    return nonce
  }
  return {
    seal(type, number, plain) {
      const nonce = placeOf(type, number)
      const cipher = createCipheriv('aes-256-gcm', fileKey, nonce, { authTagLength: tagBytes })
      cipher.setAAD(Buffer.concat([headDigest, nonce]))
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    open(type, number, sealed) {
      const nonce = placeOf(type, number)
      try {
        const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce, { authTagLength: tagBytes })
        decipher.setAAD(Buffer.concat([headDigest, nonce]))
        decipher.setAuthTag(sealed.subarray(-tagBytes))
        return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
      } catch (cause) {
        throw backupUnusable(name, `part ${number + 1} of it is not as it was written`, cause)
      }
    },
  }
}

/** A chunk as it stands in the file. */
export function chunkFrame(type: ChunkType, sealed: Buffer): Buffer {
  const head = Buffer.alloc(chunkHeadBytes)
  head.writeUInt32BE(sealed.length, 0)
  head.writeUInt8(typeBytes[type], 4)
  return Buffer.concat([head, sealed])
}

/** Length and type of the chunk that begins here; undefined when no chunk begins so. */
export function readChunkHead(bytes: Buffer): { length: number; type: ChunkType } | undefined {
  const length = bytes.readUInt32BE(0)
  const code = bytes.readUInt8(4)
  if (length < tagBytes || length > chunkBytesMax || code > 1) return undefined
  return { length, type: code === 1 ? 'end' : 'lines' }
}

/** Most sealed bytes of one chunk. */
const chunkBytesMax = 8 * 1024 * 1024
