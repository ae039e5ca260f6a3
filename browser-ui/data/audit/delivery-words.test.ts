import { expect, it } from 'vitest'
import { deliveryWords } from './delivery-words.ts'

it('[AU32] the page says how far each target came and what the last problem was', () => {
  const state = { seq: 4, deliveredAtMs: 1, problem: null, problemAtMs: null }
  const set = { webhookUrl: 'https://a.example/', syslog: null }
  expect(deliveryWords({ ...set, webhookState: state, syslogState: null, lastSeq: 4 })).toEqual(['The webhook has everything up to now.'])
  const behind = { ...state, problem: 'It answered with status 500.', problemAtMs: 2 }
  expect(deliveryWords({ ...set, webhookState: behind, syslogState: { ...state, seq: 0, deliveredAtMs: null }, lastSeq: 9 })).toEqual([
    'The webhook has entries up to 4; 5 wait. Last problem: It answered with status 500.',
    'Syslog took nothing yet; 9 wait.',
  ])
  expect(deliveryWords(set)).toEqual([])
})
