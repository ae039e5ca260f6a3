// The programs outside npm that some suites need, installed from the distribution where that can be done.

import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { run, startStep } from '../src/bootstrap/progress.mjs'

const programs = [
  { name: 'chromium', file: '/usr/bin/chromium', suites: 'browser journeys' },
  { name: 'netdata', file: '/usr/sbin/netdata', suites: 'journeys with a real netdata' },
  { name: 'systemd-journal-remote', file: '/lib/systemd/systemd-journal-remote', suites: 'tests with real journal files' },
]

function isThere(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Installs what is missing on Debian as root. Answers, for each program still missing, its name and why its suites are left out. */
export async function ensureSystemPrograms() {
  const missing = programs.filter((program) => !isThere(program.file))
  if (missing.length === 0) return []
  const isDebian = existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  const leftOut = (reason) =>
    missing
      .filter(({ file }) => !isThere(file))
      .map(({ name, suites }) => ({ name, reason: `${suites}: left out, ${name} is not installed and ${reason}` }))
  if (!isDebian) return leftOut('this is not Debian')
  if (process.getuid?.() !== 0) return leftOut(`only root can install it (apt-get install ${missing.map(({ name }) => name).join(' ')})`)
  const names = missing.map(({ name }) => name)
  const finish = startStep(`Installing ${names.join(' and ')} from the distribution (a minute or two)`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const isDone =
    (await run('apt-get', ['update', '-q'], { env })) === 0 &&
    (await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], { env })) === 0
  finish(isDone ? 'installed' : 'failed')
  return leftOut('the distribution did not give it')
}
