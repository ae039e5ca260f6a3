import { expect, it } from 'vitest'
import { delayChoices, delayWords, splitRows } from './reach-answers.ts'

it('[RE11] delays are told in words, and one that was set elsewhere can stay', () => {
  expect([30, 60, 90, 600, 3_600].map(delayWords)).toEqual(['30 seconds', '1 minute', '90 seconds', '10 minutes', '1 hour'])
  expect(
    delayChoices(60, 90)
      .map(({ words }) => words)
      .slice(0, 4),
  ).toEqual(['1 minute (default)', '30 seconds', '1 minute', '90 seconds'])
  expect(delayChoices(60, null)[0]).toEqual({ delayS: null, words: '1 minute (default)' })
  expect(splitRows([])).toEqual({ space: { roomId: null, delayS: null, isOn: true }, rooms: [] })
})
