import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/doubles/temporary-folder.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { createSqliteRestorer } from './sqlite-restorer.ts'

it('[BK17] (D4) what a replay replaced or took away is not left in the file of the copy', async () => {
  const path = join(temporaryFolder(), 'metadata.db')
  const restorer = createSqliteRestorer({ path, clock: systemClock })
  const item = (sort: string, atMs: number, personId: string) => ({
    partition: 'unfinished',
    sort,
    kind: 'unfinished' as const,
    revision: 1,
    data: { atMs, personId },
    isDeleted: false,
  })
  const word = (n: number) => `planted-before-${n}-${'x'.repeat(40 + n)}`
  const places = Array.from({ length: 60 }, (_, n) => n)
  await restorer.put(places.map((n) => item(`a${n}`, 1, word(n))))
  await restorer.put(places.slice(0, 30).map((n) => item(`a${n}`, 2, 'after')))
  for (const n of places.slice(30)) await restorer.drop({ partition: 'unfinished', sort: `a${n}` })
  await restorer.close()
  expect(readFileSync(path).includes('after')).toBe(true)
  expect(readFileSync(path).includes('planted-before')).toBe(false)
})
