import { expect, it } from 'vitest'
import { alertItem, messageOf } from '../../../test/doubles/benches/sample-messages.ts'
import { renderEmail } from './email.ts'
import { createLetter, linesOf } from './letter.ts'
import { renderWebhook } from './webhook.ts'

it('[DL9] a message of a flood says that it stands for different alerts, and others do not', () => {
  const sentence = 'Very much happened at once, so this message stands for different alerts. 40 more changes are not listed here.'
  const items = [alertItem(), alertItem({ newsId: 'c3'.repeat(16), name: 'other' })]
  const flood = createLetter(messageOf(items, { omitted: 40, isFlood: true }))
  const plain = createLetter(messageOf(items, { omitted: 40 }))
  expect(renderEmail(flood).text).toContain(sentence)
  expect(linesOf(flood, (text) => text)).toContain(sentence)
  expect(JSON.parse(String(renderWebhook(flood, { url: 'https://hooks.example' }, new Map(), 0).body))).toMatchObject({
    isFlood: true,
    omitted: 40,
  })
  expect(renderEmail(plain).text).not.toContain('Very much happened')
  expect(JSON.parse(String(renderWebhook(plain, { url: 'https://hooks.example' }, new Map(), 0).body))).not.toHaveProperty('isFlood')
})
