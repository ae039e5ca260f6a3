import { expect, it } from 'vitest'
import { run, secrets } from '../../../test/doubles/hosts/secret-corpus.ts'
import { createSeeded, type Seeded } from '../../../test/doubles/seeded.ts'
import { createMasker } from './masker.ts'
import { createPseudonyms } from './pseudonyms.ts'
import { presets } from './rules.ts'

const masker = createMasker(presets.default, createPseudonyms({ key: new Uint8Array(32).fill(3) }))
const digits = '0123456789'
const hex = `${digits}abcdef`
const lower = 'abcdefghijklmnopqrstuvwxyz'
const mixed = `${lower}${lower.toUpperCase()}${digits}`
const uuid = (seeded: Seeded) => [8, 4, 4, 4, 12].map((length) => run(seeded, hex, length)).join('-')

/** Paths with folders that programs name at random. */
const paths: readonly ((seeded: Seeded) => string)[] = [
  (s) => `/tmp/throughline-test-${run(s, mixed, 6)}/mark-5c81e0`,
  (s) => `/tmp/build-${run(s, mixed, 10)}/bin/worker-2`,
  (s) => `/tmp/.mount_Viewer${run(s, mixed, 6)}/usr/bin/viewer`,
  (s) => `/tmp/.org.chromium.Chromium.${run(s, mixed, 6)}/chrome`,
  (s) => `/tmp/systemd-private-${run(s, hex, 32)}-nginx.service-${run(s, mixed, 6)}/tmp/mark-5c81e0`,
  (s) => `/nix/store/${run(s, '0123456789abcdfghijklmnpqrsvwxyz', 32)}-hello-2.12.1/bin/hello`,
  (s) => `/var/lib/docker/overlay2/${run(s, hex, 64)}/merged`,
  (s) => `/var/lib/docker/overlay2/l/${run(s, `${lower.toUpperCase()}234567`, 26)}`,
  (s) => `/var/lib/kubelet/pods/${uuid(s)}/volumes/kubernetes.io~projected/kube-api-access-${run(s, `${lower}${digits}`, 5)}`,
  (s) => `/snap/firefox/${run(s, digits, 4)}/usr/lib/firefox/firefox`,
  (s) => `/home/ada/shop/node_modules/.pnpm/@babel+core@7.24.${run(s, digits, 1)}_${run(s, `${lower}234567`, 26)}/node_modules/.bin/babel`,
  (s) => `/home/ada/.local/share/pnpm/store/v3/files/${run(s, hex, 2)}/${run(s, hex, 126)}`,
  (s) => `/home/ada/.vscode-server/bin/${run(s, hex, 40)}/node`,
  (s) => `/private/var/folders/zz/${run(s, `${lower}${digits}_`, 30)}/T/com.example.${run(s, mixed, 8)}/x`,
  (s) => `./target-${run(s, mixed, 8)}/debug/deps/worker-${run(s, hex, 16)}`,
  (s) => `~/.cache/${run(s, mixed, 8)}/pre-commit/repo${run(s, mixed, 6)}/bin/check`,
]

it('[MK15] a path stays itself by default, whatever its folders are called: as a program, as a path and inside a text', () => {
  const seeded = createSeeded(20_261_126)
  const changed: string[] = []
  for (let round = 0; round < 2_500; round++) {
    for (const make of paths) {
      const path = make(seeded)
      const texts = [
        [masker.field('command-line', `${path} --port 8080`), `${path} …`],
        [masker.field('path', path), path],
        [masker.text(`started ${path} again`), `started ${path} again`],
      ] as const
      for (const [masked, expected] of texts) if (masked !== expected) changed.push(`${expected} → ${masked}`)
    }
  }
  expect(changed).toEqual([])
})

it('[MK15] a program stays also where a folder of its path is as long and random as a key', () => {
  const seeded = createSeeded(20_261_127)
  for (let round = 0; round < 1_000; round++) {
    // An underscore would be the end of the words that some makers begin their tokens with.
    const path = `/tmp/run_${run(seeded, mixed, 40)}/bin/worker`
    expect(masker.field('command-line', `${path} --port 8080`)).toBe(`${path} …`)
  }
})

const key = 'wJ4lrXU7nFEM1/K7MDENG/bPx5fiCY3XAMPL9KEY'
const hidden: readonly (readonly [text: string, secret: string])[] = [
  [`upload with ${key} refused`, 'MDENG'],
  [`upload with /${key} refused`, 'MDENG'],
  ['POST /services/T0AB12CD3/B0EF45GH6/aB3cD4eF5gH6iJ7kL8mN9oP0 200', 'iJ7kL8mN9'],
  ['GET /reset/aB3cD4-F5gH6iJ7_L8mN9oP0qR1sT2uV3wX4yZ5aB6c 200', 'iJ7'],
  ['GET /files/report-aB3cD4eF5gH6iJ7kL8/view 200', 'eF5gH6'],
  ['cannot read aB3cD4eF5gH6iJ7kL8mN9oP0', 'iJ7kL8'],
]

it('[MK16] (D8) a key in a path, in an argument or alone is taken out all the same', () => {
  for (const [text, secret] of hidden) {
    expect(masker.text(text), text).not.toContain(secret)
    expect(masker.text(text), text).toContain('[token]')
  }
})

it('[MK16] (D8) a token that begins as its maker publishes is taken out of every path, that of a program too', () => {
  const seeded = createSeeded(20_261_128)
  for (let round = 0; round < 2_000; round++) {
    const { text } = secrets.token(seeded)
    // Those without a maker's beginning are what a random folder is called.
    if (text.startsWith('aB3') || !/^[\w.-]+$/.test(text)) continue
    for (const path of [`/tmp/${text}/bin/worker`, `/srv/cache-of/${text}`, `./${text}/x`]) {
      for (const masked of [masker.field('command-line', `${path} run`), masker.field('path', path), masker.text(path)])
        expect(masked, path).not.toContain(text.slice(-12))
    }
  }
})
