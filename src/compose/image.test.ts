import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { backupsPath } from './backup-places.ts'
import { keysFolder } from './keys-folder.ts'

it('[BK16] (D1) in the container image data, keys and backups are volumes of their own, which its user may write', () => {
  const lines = readFileSync('Dockerfile', 'utf8')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
  const settings = lines
    .filter((line) => line.startsWith('ENV '))
    .flatMap((line) => [...line.matchAll(/(THROUGHLINE_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value] as const))
  const config = readConfig(Object.fromEntries(settings))
  const folders = [config.dataFolder, keysFolder(config), backupsPath(config)]
  expect(folders).toEqual(['/data', '/keys', '/backups'])
  const all = folders.join(' ')
  expect(lines).toContain(`VOLUME ${all}`)
  expect(lines).toContain(`RUN mkdir -m 700 ${all} && chown node:node ${all}`)
  expect(lines.indexOf(`RUN mkdir -m 700 ${all} && chown node:node ${all}`)).toBeLessThan(lines.indexOf('USER node'))
})
