import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'

/** A folder that looks like a host's `/`: files by path, and links as `{ to }`. Gone after the test. */
export function makeHostFolder(entries: Readonly<Record<string, string | { readonly to: string }>>) {
  const root = temporaryFolder()
  const write = (path: string, entry: string | { readonly to: string }) => {
    const full = join(root, path)
    mkdirSync(dirname(full), { recursive: true })
    if (typeof entry === 'string') writeFileSync(full, entry)
    else symlinkSync(entry.to, full)
  }
  for (const [path, entry] of Object.entries(entries)) write(path, entry)
  return { root, write, remove: (path: string) => rmSync(join(root, path), { recursive: true, force: true }) }
}
