import { mkdir, open, rm } from 'node:fs/promises'

/** A segment that is being written. */
export interface SegmentFile {
  append(bytes: Buffer): Promise<void>
  /** Resolves when what was appended is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** The disk, as the log writes it. */
export interface LogFiles {
  /** Makes a segment that is not there yet; undefined when it is. */
  create(path: string): Promise<SegmentFile | undefined>
  /** Makes sure that new names in a folder are on the disk. */
  syncFolder(folder: string): Promise<void>
  makeFolder(folder: string): Promise<void>
  remove(path: string): Promise<void>
}

/** The real disk. Files are readable to their owner only. */
export const diskFiles: LogFiles = {
  async create(path) {
    try {
      const file = await open(path, 'wx', 0o600)
      return {
        append: (bytes) => file.appendFile(bytes),
        sync: () => file.datasync(),
        close: () => file.close(),
      }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return undefined
      throw cause
    }
  },
  async syncFolder(folder) {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  makeFolder: async (folder) => void (await mkdir(folder, { recursive: true, mode: 0o700 })),
  remove: (path) => rm(path, { force: true }),
}
