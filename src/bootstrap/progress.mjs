// Long steps say that they run, that they still run, and how long they took.

import { spawn } from 'node:child_process'

/** Prints `text …`, then a line every ten seconds until the answer is called, which prints how long it took. */
export function startStep(text) {
  const startMs = performance.now()
  const seconds = () => Math.round((performance.now() - startMs) / 1000)
  process.stderr.write(`${text} …\n`)
  const timer = setInterval(() => process.stderr.write(`  still at it (${seconds()} s)\n`), 10_000)
  return (ending = 'done') => {
    clearInterval(timer)
    process.stderr.write(`  ${ending} (${seconds()} s)\n`)
  }
}

/** Runs a program to its end; its output is shown only if it fails. Resolves with its exit status. */
export function run(command, args, { cwd, env = process.env, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'] })
    const kept = []
    child.stdout?.on('data', (chunk) => kept.push(chunk))
    child.stderr?.on('data', (chunk) => kept.push(chunk))
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`)
      resolve(127)
    })
    child.on('close', (code) => {
      if (code !== 0 && !show) process.stderr.write(Buffer.concat(kept))
      resolve(code ?? 1)
    })
  })
}
