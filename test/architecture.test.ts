import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const shared = ['src/domain', 'src/errors', 'src/support']
const top = ['src', 'agent-link', 'cloud', 'browser-ui']

/** Who may import what of ours, besides itself and `shared`; the map of ARCHITECTURE.md. The longest matching row counts. */
const mayImport: Record<string, readonly string[]> = {
  'src/domain': [],
  'src/errors': [],
  'src/support': [],
  'src/config': [],
  'src/aclk': [],
  'src/live': [],
  'src/health': [],
  'src/cli': ['src/config', 'src/compose.ts', 'agent-link'],
  'src/main.ts': ['src/cli', 'src/config'],
  'src/compose.ts': ['src', 'agent-link', 'cloud'],
  'src/compose': ['src/config', 'src/live', 'agent-link', 'cloud'],
  'src/compose/tenancy.ts': ['cloud/identity', 'cloud/metadata', 'cloud/store/port.ts'],
  'agent-link': ['src/aclk', 'src/health'],
  'browser-ui': ['src/live', 'src/health'],
  'browser-ui/data': ['src/live', 'src/health', 'browser-ui/link'],
  'browser-ui/charts': ['src/live', 'browser-ui/link', 'browser-ui/data', 'browser-ui/ui'],
  'browser-ui/ui': ['src/live', 'browser-ui/link', 'browser-ui/data', 'browser-ui/offline'],
  'cloud/gateway': ['src/aclk', 'cloud/presence', 'cloud/bus'],
  'cloud/relay': ['src/live', 'src/health', 'src/aclk/query', 'cloud/bus'],
  'cloud/bus': ['src/aclk/query'],
  'cloud/presence': [],
  'cloud/identity': ['cloud/store/port.ts', 'cloud/store/kinds.ts', 'cloud/outbound'],
  'cloud/metadata': ['src/health', 'cloud/store/port.ts', 'cloud/store/item-rules.ts', 'cloud/store/kinds.ts'],
  'cloud/notify': ['cloud/store/port.ts', 'cloud/store/kinds.ts', 'cloud/outbound'],
  'cloud/configure': [
    'src/health',
    'src/aclk/query',
    'cloud/bus',
    'cloud/metadata/change-item.ts',
    'cloud/metadata/deleted/bury.ts',
    'cloud/metadata/keys.ts',
    'cloud/metadata/unfinished.ts',
    'cloud/store/port.ts',
    'cloud/store/kinds.ts',
  ],
  'cloud/audit': ['cloud/store/port.ts', 'cloud/store/kinds.ts', 'cloud/outbound'],
  'cloud/outbound': [],
  'cloud/bans': ['cloud/store/port.ts', 'cloud/store/kinds.ts'],
  'cloud/store': [],
  'cloud/seals': ['cloud/store/port.ts', 'cloud/store/item-rules.ts', 'cloud/store/data-map'],
  'cloud/canary': ['cloud/store/port.ts'],
  'cloud/privacy': ['cloud/store/port.ts', 'cloud/store/kinds.ts', 'cloud/store/data-map'],
  'cloud/backup': [
    'cloud/privacy/ports.ts',
    'cloud/store/port.ts',
    'cloud/store/restorer.ts',
    'cloud/store/kinds.ts',
    'cloud/store/data-map',
  ],
  'cloud/mirror': [
    'cloud/store/port.ts',
    'cloud/store/kinds.ts',
    'cloud/store/data-map',
    'cloud/metadata/alerts/alert-set.ts',
    'cloud/metadata/contexts/node-contexts-codec.ts',
    'cloud/metadata/contexts/sheet.ts',
  ],
  'cloud/api': [
    'src/health',
    'cloud/identity',
    'cloud/metadata',
    'cloud/audit',
    'cloud/bans',
    'cloud/notify',
    'cloud/configure',
    'cloud/privacy',
  ],
}

/** The one home of each package that has one. */
const packageHomes: Record<string, readonly string[]> = {
  ws: ['cloud/gateway', 'cloud/relay', 'src/compose/canary'],
  mqtt: ['agent-link/link'],
  'mqtt-packet': ['cloud/gateway'],
  express: ['cloud/gateway', 'cloud/metadata', 'cloud/identity', 'cloud/api'],
  helmet: ['cloud/api'],
  compression: ['cloud/api'],
  'zod-openapi': ['cloud/api/docs'],
  jose: ['cloud/identity'],
  nodemailer: ['cloud/identity'],
  'openid-client': ['cloud/identity/providers'],
  '@simplewebauthn': ['cloud/identity/passkeys'],
  '@aws-sdk/client-dynamodb': ['cloud/store/dynamodb'],
  '@aws-sdk/client-kms': ['cloud/seals/kms'],
  '@google-cloud/bigquery': ['cloud/mirror/bigquery'],
  'google-auth-library': ['cloud/mirror/bigquery'],
  '@duckdb/node-api': ['cloud/mirror/duckdb'],
  libsql: ['cloud/store/sqlite'],
  selfsigned: ['cloud/api/tls'],
  pino: ['src/support/pino-log.ts'],
  '@bufbuild/protobuf': ['src/aclk', 'cloud/gateway', 'agent-link/session', 'agent-link/egress', 'agent-link/link'],
  react: ['browser-ui'],
  'react-dom': ['browser-ui'],
  uplot: ['browser-ui/charts'],
  wouter: ['browser-ui'],
  '@tanstack/react-query': ['browser-ui'],
  'radix-ui': ['browser-ui'],
  cmdk: ['browser-ui/ui'],
  '@tanstack/react-virtual': ['browser-ui'],
  'web-push': ['cloud/notify/push'],
  'rrule-temporal': ['cloud/metadata/silences'],
  'temporal-polyfill': ['cloud/metadata/silences'],
}

interface Import {
  readonly file: string
  readonly target: string
}

const sourceFiles = top
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.endsWith('.d.ts'))

const importWords = [/^(?:import|export)\s[^'"`;=(]*?\bfrom '([^'\n]+)'/gm, /^import '([^'\n]+)'/gm, /\bimport\('([^'\n]+)'\)/g]
const imports: readonly Import[] = sourceFiles.flatMap((file) => {
  const text = readFileSync(file, 'utf8')
  return importWords.flatMap((words) => [...text.matchAll(words)].map(([, target = '']) => ({ file, target })))
})
const ours = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({ file, target: relative('.', resolve(dirname(file), target)) }))
const packages = imports.filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:'))

const isWithin = (path: string, home: string) => path === home || path.startsWith(`${home}/`)
const rowOf = (file: string) =>
  Object.keys(mayImport)
    .filter((home) => isWithin(file, home))
    .sort((a, b) => b.length - a.length)[0]
const packageName = (target: string) =>
  target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? target)

it('[ARC1] every folder imports only what the map allows', () => {
  const strangers = ours.filter(({ file, target }) => {
    const row = rowOf(file)
    if (row === undefined) return !file.startsWith('src/bootstrap')
    return ![row, ...shared, ...(mayImport[row] ?? [])].some((home) => isWithin(target, home))
  })
  expect(strangers.map(({ file, target }) => `${file} -> ${target}`)).toEqual([])
})

it('[ARC2] the live river imports nothing that keeps: no store, no metadata, no file, no log body', () => {
  const river = ours.filter(({ file }) => isWithin(file, 'cloud/relay') || isWithin(file, 'cloud/bus') || isWithin(file, 'src/live'))
  expect(river.filter(({ target }) => /^cloud\/(store|metadata|identity|mirror|audit)/.test(target))).toEqual([])
  const files = imports.filter(
    ({ file, target }) => /^cloud\/(relay|bus|gateway|presence)\//.test(file) && /^node:(fs|sqlite|child_process)/.test(target),
  )
  expect(files).toEqual([])
})

it('[ARC3] live bytes leave their wrapper only where they are delivered, where answers of several agents are joined, and where alert configuration is read', () => {
  const openers = sourceFiles.filter((file) => readFileSync(file, 'utf8').includes('.releaseTo('))
  expect(openers.sort()).toEqual(['cloud/configure/open-config-answer.ts', 'cloud/relay/delivery.ts', 'cloud/relay/rest/open-answer.ts'])
  // The value of an alert that a message says is made in one place, and read in one.
  const placesOf = (words: string) => sourceFiles.filter((file) => readFileSync(file, 'utf8').includes(words))
  expect([placesOf('new ShownValue('), placesOf('.revealTo(')]).toEqual([
    ['cloud/relay/rest/alert-value.ts'],
    ['cloud/notify/channels/letter.ts'],
  ])
})

it('[ARC4] a package with a home is imported only there', () => {
  const strangers = packages.filter(({ file, target }) => {
    const name = packageName(target)
    const homes = packageHomes[name] ?? packageHomes[name.split('/')[0] ?? name]
    return homes !== undefined && !homes.some((home) => isWithin(file, home))
  })
  expect(strangers.map(({ file, target }) => `${file} -> ${target}`)).toEqual([])
})

it('[ARC5] the protocol folders stay pure: no Node.js modules, no timers, no sockets, no DOM', () => {
  const pure = ['src/aclk', 'src/live', 'src/domain', 'src/errors', 'src/health']
  const inside = (file: string) => pure.some((home) => isWithin(file, home))
  const nodeModules = imports.filter(({ file, target }) => inside(file) && (target.startsWith('node:') || builtinModules.includes(target)))
  const globals = sourceFiles.filter(
    (file) =>
      inside(file) &&
      /(?<![-\w])(setTimeout|setInterval|process\.|Buffer\.|document\.(?:body|create|query|get|cookie|add)|window\.|fetch\()/.test(
        readFileSync(file, 'utf8'),
      ),
  )
  expect({ nodeModules, globals }).toEqual({ nodeModules: [], globals: [] })
})

it('[ARC6] nobody imports compose.ts but the commands and the tests', () => {
  expect(ours.filter(({ file, target }) => target === 'src/compose.ts' && !isWithin(file, 'src/cli')).map(({ file }) => file)).toEqual([])
})

it('[ARC7] every package we import is declared, and every declared one is used', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
  const used = new Set(packages.map(({ target }) => packageName(target)))
  /** Files that `npm run generate` runs and nothing imports: they write documents, and are never part of the program. */
  const isGenerator = (file: string) => /\/write-[a-z-]+\.ts$/.test(file)
  expect(ours.filter(({ target }) => isGenerator(target))).toEqual([])
  const undeclared = packages
    .map(({ file, target }) => ({ file, name: packageName(target) }))
    .filter(({ file, name }) => {
      const isDeclared = name in manifest.dependencies || (isGenerator(file) && name in manifest.devDependencies)
      return !isDeclared && !name.startsWith('vite')
    })
    .map(({ name }) => name)
  /** Used by tools, not by imports. */
  const tools = new Set(['typescript', 'vite', 'bufferutil'])
  const unused = Object.keys(manifest.dependencies).filter((name) => !used.has(name) && !tools.has(name) && !name.startsWith('@types/'))
  expect({ undeclared, unused }).toEqual({ undeclared: [], unused: [] })
})

it('[ARC8] the folders the map draws exist, and ARCHITECTURE.md names each', () => {
  const map = readFileSync('ARCHITECTURE.md', 'utf8')
  const folders = Object.keys(mayImport).filter((home) => !home.endsWith('.ts'))
  expect(folders.filter((folder) => !existsSync(folder) || !map.includes(folder))).toEqual([])
})

it('[LOG2] log events are words in snake_case, so that one search finds them', () => {
  const events = sourceFiles.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:log\.(?:error|warn|info|debug)|warn)\(\s*'([^'\n]+)'/g)].map(
      ([, event = '']) => `${event} in ${file}`,
    ),
  )
  expect(events.length).toBeGreaterThan(20)
  expect(events.filter((line) => !/^[a-z]+(_[a-z]+)* in /.test(line))).toEqual([])
})
