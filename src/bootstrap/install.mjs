// Installs the packages of package-lock.json when some are missing or of another version.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, startStep } from './progress.mjs'

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

function isInstalled(withDev) {
  const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  const lock = JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8'))
  const names = [...Object.keys(manifest.dependencies), ...(withDev ? Object.keys(manifest.devDependencies) : [])]
  return names.every((name) => {
    const file = join(projectFolder, 'node_modules', name, 'package.json')
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === lock.packages[`node_modules/${name}`]?.version
  })
}

/** Makes node_modules match the lock; with `withDev` also what tests need. Exits with a sentence when that fails. */
export async function ensureInstalled({ withDev }) {
  if (isInstalled(withDev)) return
  const finish = startStep('Installing packages (about a minute)')
  const status = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', withDev ? '--include=dev' : '--omit=dev'], {
    cwd: projectFolder,
  })
  finish(status === 0 ? 'installed' : 'failed')
  if (status !== 0) {
    process.stderr.write(
      'The packages could not be installed; the text above is what npm said. Check the network and run the same command again.\n',
    )
    process.exit(1)
  }
}
