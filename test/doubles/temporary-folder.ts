import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { whenOver } from './when-over.ts'

/** A folder that is deleted when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-'))
  whenOver(() => removeFolder(folder))
  return folder
}

/** A process that was killed, or a child of it, may write a last file behind the look of `rmSync`, which tries the same list again. */
export function removeFolder(folder: string): void {
  for (let left = 20; ; left--) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 2 })
      return
    } catch (cause) {
      if (left === 0) throw cause
    }
  }
}
