import { expect, it } from 'vitest'
import { liveLimits } from '../../../src/live/limits.ts'
import { askBatches, planCadences } from './subscription-plan.ts'

it('[UI19] makes one subscription for each pace, the unknown at once a second, within the limits of the protocol', () => {
  const paces: Record<string, number> = { 'system.load': 5000, 'a.fast': 200, 'z.slow': 600_000, 'b.load': 5000 }
  expect(planCadences(['z.slow', 'system.load', 'new.one', 'b.load', 'a.fast'], (id) => paces[id])).toEqual([
    { cadenceMs: 1000, contexts: ['a.fast', 'new.one'] },
    { cadenceMs: 5000, contexts: ['b.load', 'system.load'] },
    { cadenceMs: 60_000, contexts: ['z.slow'] },
  ])
  expect(planCadences([], () => undefined)).toEqual([])
})

it('[UI20] splits a question about many contexts so that each part fits an agent’s request', () => {
  const ids = Array.from({ length: 500 }, (_, index) => `some.rather.long.context.name.${index}`)
  const batches = askBatches(ids)
  expect(batches.flat()).toEqual(ids)
  expect(batches.every((batch) => batch.length <= 200 && batch.join('%7C').length < liveLimits.targetBytes - 400)).toBe(true)
  expect(askBatches([])).toEqual([])
})
