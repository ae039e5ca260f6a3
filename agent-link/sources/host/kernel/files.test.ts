import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openKernelFiles } from './files.ts'

it('[HS21] reads a file from its start every time, however long it is, and gives up on one that stays missing', async () => {
  const root = await mkdtemp(join(tmpdir(), 'throughline-kernel-'))
  const files = openKernelFiles(root)
  onTestFinished(async () => {
    files.close()
    await rm(root, { recursive: true, force: true })
  })
  await writeFile(join(root, 'a'), 'one')
  expect(files.read('a')).toBe('one')
  const long = 'x'.repeat(200_000)
  await writeFile(join(root, 'a'), long)
  expect(files.read('a')).toBe(long)
  await writeFile(join(root, 'a'), 'two')
  expect(files.read('a')).toBe('two')
  for (let attempt = 0; attempt < 3; attempt++) expect(files.read('b')).toBeUndefined()
  await writeFile(join(root, 'b'), 'late')
  expect(files.read('b')).toBeUndefined()
  expect(files.readOnce('b')).toBe('late')
  expect([files.exists('b'), files.exists('c'), files.readOnce('c')]).toEqual([true, false, undefined])
})
