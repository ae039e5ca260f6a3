import { expect, it } from 'vitest'
import { liveLimits } from '../../../src/live/limits.ts'
import { nameSchema } from '../../../src/live/questions.ts'
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

const strange = ['two words', 'a&b', 'x'.repeat(201), 'line\nbreak', '']

it('[MX38] leaves out names that the relay refuses, which would take all others with them', () => {
  expect(strange.every((name) => !nameSchema.safeParse(name).success)).toBe(true)
  expect(planCadences([...strange, 'system.cpu'], () => 1000)).toEqual([{ cadenceMs: 1000, contexts: ['system.cpu'] }])
  expect(planCadences(strange, () => 1000)).toEqual([])
  expect(askBatches([...strange, 'system.cpu', 'disk.io'])).toEqual([['system.cpu', 'disk.io']])
})

it('[MX38] a thousand names of the greatest length still make a subscription that the relay takes', () => {
  const long = Array.from({ length: 1000 }, (_, index) => String(index).padStart(200, '\u00e9'))
  const [plan] = planCadences([...long, 'a.short'], () => 1000)
  expect(plan?.contexts).toContain('a.short')
  expect(plan?.contexts.length).toBeGreaterThan(10)
  expect(encodeURIComponent((plan?.contexts ?? []).join('|')).length).toBeLessThanOrEqual(liveLimits.contextBytesPerViewer)
})
