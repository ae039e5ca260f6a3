import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'

export const journalWriter = '/lib/systemd/systemd-journal-remote'

/** One entry to write; fields by their names. */
export interface WrittenEntry {
  readonly timestampUs: number
  readonly fields: Readonly<Record<string, string | Uint8Array>>
}

/** Writes a real journal file with systemd's own program and answers its folder, gone after the test. */
export function writeJournal(entries: readonly WrittenEntry[]): string {
  const folder = temporaryFolder()
  const input = Buffer.concat(entries.map(exported))
  const { status, stderr } = spawnSync(journalWriter, [`--output=${join(folder, 'test.journal')}`, '-'], { input })
  if (status !== 0) throw new Error(`systemd-journal-remote failed: ${String(stderr)}`)
  return folder
}

/** The journal's export format: `NAME=text` a line, or the name, eight bytes of length and the bytes. */
function exported({ timestampUs, fields }: WrittenEntry, index: number): Buffer {
  const head = `__REALTIME_TIMESTAMP=${timestampUs}\n__MONOTONIC_TIMESTAMP=${index + 1}\n_BOOT_ID=0123456789abcdef0123456789abcdef\n`
  const parts: Buffer[] = [Buffer.from(head)]
  for (const [name, value] of Object.entries(fields)) {
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(bytes.byteLength))
    parts.push(Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n'))
  }
  return Buffer.concat([...parts, Buffer.from('\n')])
}
