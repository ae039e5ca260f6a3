import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { agentVersion } from './version.ts'

it('[AL29] announces the version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(agentVersion).toBe(version)
})
