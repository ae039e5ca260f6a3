import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Row } from './table.ts'

/** The rows of the page, measured in a process of its own: its sources know a browser's types, these do not. None without Chromium. */
export async function measureInChromium(): Promise<readonly Row[]> {
  if (!existsSync('/usr/bin/chromium')) {
    process.stderr.write('The page is left out: there is no /usr/bin/chromium.\n')
    return []
  }
  const program = new URL('../browser/bench/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...process.argv.slice(3)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  const status = await new Promise<number | null>((resolve) => void child.once('close', resolve))
  if (status !== 0) throw new Error(`the page's bench ended with ${status}`)
  return JSON.parse(out) as Row[]
}
