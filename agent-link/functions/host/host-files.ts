import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** Files of the host below one root, read when a function is called; what is missing or forbidden is undefined. */
export interface HostFiles {
  readonly root: string
  /** The text of a file, cut after `maxBytes`. */
  read(path: string, maxBytes?: number): string | undefined
  /** The same off the main thread, for files the kernel may hold back. */
  readSlow(path: string, maxBytes: number): Promise<string | undefined>
  list(path: string): readonly string[] | undefined
  link(path: string): string | undefined
  exists(path: string): boolean
}

const defaultBytes = 64 * 1024

/** Opens nothing yet. A test gives a folder that looks like a host. */
export function createHostFiles(root = '/'): HostFiles {
  const at = (path: string) => join(root, path)
  return {
    root,
    read(path, maxBytes = defaultBytes) {
      try {
        // Most files of /proc are small and say they are empty: one read of the size wanted is enough for those.
        return maxBytes <= defaultBytes ? readStart(at(path), maxBytes) : readFileSync(at(path)).subarray(0, maxBytes).toString('utf8')
      } catch {
        return undefined
      }
    },
    async readSlow(path, maxBytes) {
      const file = await open(at(path), 'r').catch(() => undefined)
      if (file === undefined) return undefined
      try {
        const buffer = Buffer.allocUnsafe(maxBytes)
        const { bytesRead } = await file.read(buffer, 0, maxBytes, 0)
        return buffer.toString('utf8', 0, bytesRead)
      } catch {
        return undefined
      } finally {
        await file.close()
      }
    },
    list(path) {
      try {
        return readdirSync(at(path))
      } catch {
        return undefined
      }
    },
    link(path) {
      try {
        return readlinkSync(at(path))
      } catch {
        return undefined
      }
    },
    exists: (path) => existsSync(at(path)),
  }
}

const buffer = Buffer.allocUnsafe(defaultBytes)

function readStart(path: string, maxBytes: number): string {
  const fd = openSync(path, 'r')
  try {
    let size = 0
    for (;;) {
      const read = readSync(fd, buffer, size, maxBytes - size, size)
      size += read
      if (read === 0 || size === maxBytes) return buffer.toString('utf8', 0, size)
    }
  } finally {
    closeSync(fd)
  }
}
