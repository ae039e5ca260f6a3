import { expect, it } from 'vitest'
import { createBoundedQueue } from './bounded-queue.ts'

it('[EP4] takes so many items and no more, and gives them back in order', () => {
  const queue = createBoundedQueue<{ name: string }>(2)
  expect([queue.add({ name: 'a' }), queue.add({ name: 'b' }), queue.add({ name: 'c' })]).toEqual([true, true, false])
  expect([queue.size, queue.take(), queue.add({ name: 'd' }), queue.take(), queue.take(), queue.take()]).toEqual([
    2,
    { name: 'a' },
    true,
    { name: 'b' },
    { name: 'd' },
    undefined,
  ])
})
