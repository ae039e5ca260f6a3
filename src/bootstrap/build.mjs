// Builds the server (tsc) and the page (vite) into dist/ when a source changed since the last build.

import './node-version.mjs'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, projectFolder } from './install.mjs'
import { run, startStep } from './progress.mjs'

const stampFile = join(projectFolder, 'dist', '.built-from')
const serverFolders = ['src', 'agent-link', 'cloud']
const pageFolders = ['browser-ui', 'src/live', 'src/health', 'src/domain', 'src/errors', 'src/support']

function fingerprint(folders) {
  const hash = createHash('sha256')
  const rootFiles = ['package-lock.json', 'tsconfig.json'].map((name) => join(projectFolder, name))
  const files = folders
    .map((folder) => join(projectFolder, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  for (const file of [...rootFiles, ...files].sort((a, b) => (a < b ? -1 : 1)))
    hash.update(relative(projectFolder, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

async function step(text, command, args) {
  const finish = startStep(text)
  // Whoever asks, a test included, gets what users get: with another NODE_ENV the page would be React's slow development build.
  const env = { ...process.env, NODE_ENV: 'production' }
  const status = await run(process.execPath, [join(projectFolder, 'node_modules', command), ...args], { cwd: projectFolder, env })
  finish(status === 0 ? 'built' : 'failed')
  if (status !== 0) process.exit(1)
}

/** Makes dist/ match the sources; what did not change is not built again. */
export async function ensureBuilt() {
  const stamp = readStamp()
  const wanted = { server: fingerprint(serverFolders), page: fingerprint(pageFolders) }
  const save = (part) => {
    mkdirSync(join(projectFolder, 'dist'), { recursive: true })
    stamp[part] = wanted[part]
    writeFileSync(stampFile, JSON.stringify(stamp))
  }
  if (stamp.server !== wanted.server || !existsSync(join(projectFolder, 'dist/src/main.js'))) {
    for (const folder of serverFolders) rmSync(join(projectFolder, 'dist', folder), { recursive: true, force: true })
    await step('Building the server', 'typescript/bin/tsc', ['-p', 'src/bootstrap/tsconfig.build.json'])
    save('server')
  }
  if (stamp.page !== wanted.page || !existsSync(join(projectFolder, 'dist/browser-ui/index.html'))) {
    await step('Building the page', 'vite/bin/vite.js', ['build', 'browser-ui', '--logLevel', 'warn'])
    save('page')
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureInstalled({ withDev: false })
  await ensureBuilt()
}
