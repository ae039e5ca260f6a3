import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The files below these folders and of these paths; what is not there is passed over. */
export async function filesBelow(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((cause: NodeJS.ErrnoException) =>
      cause.code === 'ENOTDIR' ? undefined : [],
    )
    if (entries === undefined) found.push(path)
    else found.push(...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)))
  }
  return found
}

/** The bytes of files, one after the other; a file that goes meanwhile is passed over. */
export async function* filePieces(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    try {
      for await (const piece of createReadStream(file)) yield piece as Buffer
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    }
  }
}
