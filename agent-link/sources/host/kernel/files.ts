import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** The kernel's files under one root; a test gives another root, or plain texts. */
export interface KernelFiles {
  /** The present text of a file read every second; undefined when it is missing or cannot be read. Its descriptor stays open. */
  read(path: string): string | undefined
  /** The text of a file read once in a while. */
  readOnce(path: string): string | undefined
  exists(path: string): boolean
  close(): void
}

/** After this many failures a missing file is asked for no more: containers hide some of them for good. */
const failuresBeforeGivingUp = 3

/** Reads below `root` with descriptors kept open: the kernel writes such a file anew at every read from its start. */
export function openKernelFiles(root = '/'): KernelFiles {
  const descriptors = new Map<string, number>()
  const failures = new Map<string, number>()
  let buffer = Buffer.allocUnsafe(64 * 1024)

  function descriptor(path: string): number {
    const known = descriptors.get(path)
    if (known !== undefined) return known
    const opened = openSync(join(root, path), 'r')
    descriptors.set(path, opened)
    return opened
  }

  /** Reads to the end: one read answers with at most a page or so for some files. */
  function readWhole(fd: number): string {
    let size = 0
    for (;;) {
      if (size === buffer.byteLength) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.byteLength)])
      const read = readSync(fd, buffer, size, buffer.byteLength - size, size)
      if (read === 0) return buffer.toString('latin1', 0, size)
      size += read
    }
  }

  return {
    read(path) {
      if ((failures.get(path) ?? 0) >= failuresBeforeGivingUp) return undefined
      try {
        const text = readWhole(descriptor(path))
        failures.delete(path)
        return text
      } catch {
        failures.set(path, (failures.get(path) ?? 0) + 1)
        const opened = descriptors.get(path)
        if (opened !== undefined) {
          descriptors.delete(path)
          closeSync(opened)
        }
        return undefined
      }
    },
    readOnce(path) {
      try {
        return readFileSync(join(root, path), 'utf8')
      } catch {
        return undefined
      }
    },
    exists: (path) => existsSync(join(root, path)),
    close() {
      for (const opened of descriptors.values()) closeSync(opened)
      descriptors.clear()
    },
  }
}
