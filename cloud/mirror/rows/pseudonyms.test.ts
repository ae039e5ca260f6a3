import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openPseudonyms } from './pseudonyms.ts'

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'throughline-pseudonyms-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

it('[MI20] (D6) a pseudonym is the same over restarts and another for another kind, id or installation', async () => {
  const [here, there] = [await folder(), await folder()]
  const id = '7c9a4a52-5d0a-4c42-9d39-0f9ce5f7f9a1'
  const first = (await openPseudonyms(here))('person', id)
  expect(first).toMatch(/^[\w-]{22}$/)
  expect((await openPseudonyms(here))('person', id)).toBe(first)
  const others = [
    (await openPseudonyms(here))('node', id),
    (await openPseudonyms(here))('person', `${id}x`),
    (await openPseudonyms(there))('person', id),
  ]
  expect(new Set([first, ...others]).size).toBe(4)
  expect((await stat(join(here, 'mirror-pseudonyms.key'))).mode & 0o777).toBe(0o600)
})

it('[MI20] two processes that start at once have one key, and a damaged key is refused, not replaced', async () => {
  const here = await folder()
  const [a, b] = await Promise.all([openPseudonyms(here), openPseudonyms(here)])
  expect(a('person', 'x')).toBe(b('person', 'x'))
  await writeFile(join(here, 'mirror-pseudonyms.key'), 'short')
  await expect(openPseudonyms(here)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
})
