import { spawn } from 'node:child_process'
import type { HostFiles } from './host-files.ts'

export interface ProgramRun {
  /** Absolute path; never a shell. */
  readonly file: string
  readonly args: readonly string[]
  readonly signal: AbortSignal
  /** Called with each line of the output; `enough` ends the program. A line longer than `maxLineBytes` is left out. */
  readonly onLine: (line: string) => 'more' | 'enough'
  readonly maxLineBytes: number
  /** More output than this ends the program. */
  readonly maxBytes: number
}

/** How a program ended: by itself and well, by itself with trouble, or by us. */
export type ProgramEnd = 'complete' | 'failed' | 'stopped'

/**
 * Runs a program of this host with fixed arguments, nothing on its input, and an environment in which it speaks plain English without
 * colours or pagers. What it says about its errors goes nowhere. Resolves when it has gone.
 */
export function runProgram({ file, args, signal, onLine, maxLineBytes, maxBytes }: ProgramRun): Promise<ProgramEnd> {
  if (signal.aborted) return Promise.resolve('stopped')
  return new Promise((resolve) => {
    const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', SYSTEMD_PAGER: '', SYSTEMD_COLORS: '0' }
    const child = spawn(file, [...args], { shell: false, stdio: ['ignore', 'pipe', 'ignore'], env: environment, cwd: '/' })
    let isStopped = false
    let rest: Buffer = Buffer.alloc(0)
    let isSkipping = false
    let size = 0
    const stop = () => {
      isStopped = true
      // What it may have started holds the pipe, too, and ends with it.
      child.stdout.destroy()
      child.kill('SIGKILL')
    }
    signal.addEventListener('abort', stop)

    const take = (line: Buffer): boolean => {
      if (isSkipping) {
        isSkipping = false
        return true
      }
      if (line.byteLength > maxLineBytes || onLine(line.toString('utf8')) === 'more') return true
      stop()
      return false
    }
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      let bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk])
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
        if (isStopped || !take(bytes.subarray(0, end))) return
        bytes = bytes.subarray(end + 1)
      }
      rest = bytes
      if (rest.byteLength > maxLineBytes) {
        isSkipping = true
        rest = Buffer.alloc(0)
      }
      if (size > maxBytes) stop()
    })
    const finish = (end: ProgramEnd) => {
      signal.removeEventListener('abort', stop)
      resolve(end)
    }
    child.once('error', () => finish('failed'))
    child.once('close', (code) => {
      if (!isStopped && rest.byteLength > 0) take(rest)
      finish(isStopped ? 'stopped' : code === 0 ? 'complete' : 'failed')
    })
  })
}

/** The first of these paths that exists. */
export function findProgram(files: Pick<HostFiles, 'exists'>, name: string): string | undefined {
  return ['usr/bin', 'bin', 'usr/local/bin'].map((folder) => `/${folder}/${name}`).find((path) => files.exists(path))
}
