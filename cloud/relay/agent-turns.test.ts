import { expect, it } from 'vitest'
import { createAgentTurns } from './agent-turns.ts'

const never = new AbortController().signal
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('[RL109] gives the turn of a free agent at once, and the others in the order of asking', async () => {
  const turns = createAgentTurns()
  const got: string[] = []
  const first = turns.take('parent', never)
  if (typeof first !== 'function') throw new Error('a free agent makes nobody wait')
  for (const name of ['b', 'c']) void Promise.resolve(turns.take('parent', never)).then((release) => (got.push(name), release()))
  expect([typeof turns.take('other', never), turns.busy()]).toEqual(['function', 2])
  await settled()
  expect(got).toEqual([])
  first()
  first()
  await settled()
  expect([got, turns.busy()]).toEqual([['b', 'c'], 1])
})

it('[RL109] whoever leaves the line is passed over', async () => {
  const turns = createAgentTurns()
  const first = turns.take('parent', never)
  const gone = new AbortController()
  const left = Promise.resolve(turns.take('parent', gone.signal))
  const last = Promise.resolve(turns.take('parent', never))
  gone.abort()
  await expect(left).rejects.toMatchObject({ code: 'CANCELLED' })
  await expect(turns.take('parent', AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
  if (typeof first === 'function') first()
  const release = await last
  release()
  expect(turns.busy()).toBe(0)
})
