import { expect, it } from 'vitest'
import { linkLimits } from '../../../src/aclk/limits.ts'
import { topicNames, topicOf } from '../../../src/aclk/topics/topics.ts'
import { TopicAliases } from './aliases.ts'
import type { LinkRefusal } from './reason.ts'
import { reasons } from './reason.ts'

const claimId = '0844e0a0-1b8d-48fb-94ec-51ca9120991f'

function reasonOf(action: () => unknown) {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as LinkRefusal).reason
  }
}

it('[MQ13] knows every alias of the issued list beforehand, by its place', () => {
  const aliases = new TopicAliases(claimId)
  expect(topicNames.map((_, i) => aliases.resolve('', i + 1))).toEqual(topicNames.map((name) => topicOf(name, claimId)))
})

it('[MQ14] takes any number up to 65535 that is defined by a topic, also again with another one', () => {
  const aliases = new TopicAliases(claimId)
  expect(aliases.resolve('/first', 65_535)).toBe('/first')
  expect(aliases.resolve('', 65_535)).toBe('/first')
  expect(aliases.resolve('/other', 1)).toBe('/other')
  expect(aliases.resolve('', 1)).toBe('/other')
})

it('[MQ15] refuses an alias that was never defined, a publish with neither, and definitions without end', () => {
  const aliases = new TopicAliases(claimId)
  expect(reasonOf(() => aliases.resolve('', 1000))).toBe(reasons.aliasInvalid)
  expect(reasonOf(() => aliases.resolve('', undefined))).toBe(reasons.protocolError)
  for (let i = 0; i < linkLimits.topicAliasMaximum; i++) aliases.resolve(`/t/${i}`, 1000 + i)
  expect(reasonOf(() => aliases.resolve('/one/more', 5000))).toBe(reasons.aliasInvalid)
})
