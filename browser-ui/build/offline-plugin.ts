import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { drawIcon } from './icons.ts'

const icons = [
  { fileName: 'icons/192.png', sizePx: 192, isMaskable: false },
  { fileName: 'icons/512.png', sizePx: 512, isMaskable: false },
  { fileName: 'icons/maskable-192.png', sizePx: 192, isMaskable: true },
  { fileName: 'icons/maskable-512.png', sizePx: 512, isMaskable: true },
  { fileName: 'icons/apple-180.png', sizePx: 180, isMaskable: true },
] as const

/** Builds one file that stands alone: a worker must not depend on pieces that are shared with the page. */
async function buildAlone(root: string, entry: string, define: Readonly<Record<string, string>>): Promise<string> {
  const built = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    define: { ...define },
    build: { write: false, target: 'es2022', lib: { entry: join(root, entry), formats: ['iife'], name: 'throughlineWorker' } },
  })
  const output = Array.isArray(built) ? built[0] : built
  if (output === undefined || !('output' in output)) throw new TypeError(`${entry} was not built`)
  return output.output[0].code
}

/** What makes the page installable: icons, the service worker with the list of the page's files, and a version in index.html. */
export function offlinePlugin(): Plugin {
  let root = ''
  return {
    name: 'throughline-offline',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      root = config.root
    },
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const { fileName, sizePx, isMaskable } of icons) {
          this.emitFile({ type: 'asset', fileName, source: drawIcon(sizePx, isMaskable) })
        }
        const publicFolder = join(root, 'public')
        const publicFiles = readdirSync(publicFolder)
        const hash = createHash('sha256')
        for (const [name, piece] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1)))
          hash.update(name).update(piece.type === 'chunk' ? piece.code : piece.source)
        for (const name of publicFiles) hash.update(name).update(readFileSync(join(publicFolder, name)))
        const version = hash.digest('hex').slice(0, 16)

        const page = bundle['index.html']
        if (page?.type !== 'asset' || typeof page.source !== 'string') throw new TypeError('the build has lost index.html')
        page.source = page.source.replace('%SHELL_VERSION%', version)
        const files = [
          '/',
          ...Object.keys(bundle)
            .filter((name) => name.startsWith('assets/') && !name.endsWith('.map'))
            .map((name) => `/${name}`),
          ...publicFiles.map((name) => `/${name}`),
          ...icons.slice(0, 1).map(({ fileName }) => `/${fileName}`),
        ]
        const define = { __SHELL_VERSION__: JSON.stringify(version), __SHELL_FILES__: JSON.stringify(files) }
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: await buildAlone(root, 'offline/worker.ts', define) })
        // Named by the cloud in pages of an installation that has analytics, and loaded by no other.
        this.emitFile({ type: 'asset', fileName: 'consent.js', source: await buildAlone(root, 'consent/consent.ts', {}) })
        this.emitFile({ type: 'asset', fileName: 'sw-retired.js', source: await buildAlone(root, 'offline/retired-worker.ts', {}) })
      },
    },
  }
}
