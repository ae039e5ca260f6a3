import { expect, it } from 'vitest'
import { vitalLine, vitalReading, vitals } from './vitals.ts'

const frame = (dimensions: Readonly<Record<string, readonly (number | null)[]>>) => ({
  timesS: [1, 2],
  series: Object.entries(dimensions).map(([dimensionId, values]) => ({ dimensionId, name: dimensionId, values })),
})
const wordsOf = (id: string, units: string, shown: ReturnType<typeof frame>) => {
  const vital = vitals.find((candidate) => candidate.id === id)
  if (vital === undefined) throw new Error(`there is no vital ${id}`)
  const line = vitalLine(vital, shown)
  return { line, words: vital.words(line[1] ?? 0, vitalReading(vital, shown, 1), units) }
}

it('[UI21] sums what a processor does besides idling', () => {
  const { line, words } = wordsOf('cpu', 'percentage', frame({ user: [10, 20], system: [1, 2], idle: [89, 78] }))
  expect(line).toEqual([11, 22])
  expect(words).toEqual({ number: '22', unit: '%', detail: 'user 20 · system 2' })
})

it('[UI21] says both directions in the unit of their sum, once', () => {
  const { words } = wordsOf('disk', 'KiB/s', frame({ in: [1, 2048], out: [-1, -1024] }))
  expect(words?.detail).toBe('read 2 · write 1 MiB/s')
  expect(wordsOf('disk', 'KiB/s', frame({ in: [1, 4], out: [-1, -3072] })).words?.detail).toBe('read 0.004 · write 3 MiB/s')
  expect(wordsOf('disk', 'KiB/s', frame({ out: [-1, -1024] })).words?.detail).toBe('read – · write 1 MiB/s')
})

it('[UI21] counts what only some nodes have as nothing on the others, so that the mean of nodes stays one', () => {
  const vital = vitals.find(({ id }) => id === 'cpu')
  const shown = { ...frame({ user: [20, 20], nice: [0, 80] }), volumes: [40, 2] }
  expect(vital && vitalLine(vital, shown)).toEqual([20, 24])
})

it('[UI21] tells memory as a share of all of it', () => {
  const { words } = wordsOf('memory', 'MiB', frame({ free: [1024, 1024], used: [1024, 3072], cached: [0, 0] }))
  expect(words).toEqual({ number: '75', unit: '%', detail: '3 GiB of 4 GiB' })
})

it('[UI21] adds both directions of a throughput, whatever their sign', () => {
  const { line, words } = wordsOf('network', 'kilobits/s', frame({ InOctets: [1, 1500], OutOctets: [-1, -500] }))
  expect(line).toEqual([2, 2000])
  expect(words).toEqual({ number: '2', unit: 'Mb/s', detail: 'in 1.50 · out 0.50 Mb/s' })
})

it('[MX40] begins where all sources have begun', () => {
  const vital = vitals.find(({ id }) => id === 'network')
  expect(vital && vitalLine(vital, { ...frame({ received: [1, 40], sent: [-1, -40] }), wholeFromS: 2 })).toEqual([null, 80])
})

it('[UI21] has no number where the agent has no values', () => {
  expect(wordsOf('load', 'load', frame({ load1: [null, null] })).line).toEqual([null, null])
})
