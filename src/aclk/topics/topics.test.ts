import { expect, it } from 'vitest'
import { linkLimits } from '../limits.ts'
import { commandTopic, outboundTopicName, replyMessageId, replyTopic, topicList, topicNames, topicOf } from './topics.ts'

const claimId = '0844e0a0-1b8d-48fb-94ec-51ca9120991f'

/** aclk §5.2, the names each generation insists on. */
const compulsory = [
  'chart',
  'alarms',
  'meta',
  'inbox-cmd',
  'inbox-cmd-v1',
  'agent-connection',
  'create-node-instance',
  'node-instance-connection',
  'node-instance-info',
  'node-instance-collectors',
  'contexts-snapshot',
  'contexts-updated',
  'alarm-config',
  'chart-and-dims-updated',
  'chart-configs-updated',
  'reset-charts',
  'chart-retention-updated',
]

it('[AK1] the list has every name agents of any generation insist on, each once, and not the manifest', () => {
  const names = topicList().map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining([
      ...compulsory,
      'alarm-log',
      'alarm-health',
      'alarm-snapshot',
      'alarm-log-v2',
      'alarm-checkpoint',
      'alarm-snapshot-v2',
    ]),
  )
  expect(new Set(names).size).toBe(names.length)
  expect(names).not.toContain('node-instance-manifest')
})

it('[AK2] every template holds the claim placeholder once and starts with a slash; inbox names end as agents need', () => {
  for (const { topic } of topicList()) {
    expect(topic.split('#{claim_id}')).toHaveLength(2)
    expect(topic.startsWith('/')).toBe(true)
  }
  expect(topicOf('inbox-cmd', claimId)).toBe(`/agent/${claimId}/inbound/v1/cmd`)
  expect(topicOf('inbox-cmd-v1', claimId)).toBe(`/agent/${claimId}/inbound/v1/cmd/+`)
  expect(commandTopic(claimId, 'SendNodeInstances')).toBe(`/agent/${claimId}/inbound/v1/cmd/SendNodeInstances`)
})

it('[AK3] an outbound topic gives its name; inbound ones, those of others and unknown ones give none', () => {
  for (const name of topicNames.filter((name) => !name.startsWith('inbox')))
    expect(outboundTopicName(topicOf(name, claimId), claimId)).toBe(name)
  for (const topic of [
    topicOf('inbox-cmd', claimId),
    topicOf('meta', claimId.replace('0', '1')),
    `/agent/${claimId}/outbound/v1/constructor`,
    `/agent/${claimId}/outbound/v1/`,
    '$SYS/x',
    '',
  ]) {
    expect(outboundTopicName(topic, claimId)).toBeUndefined()
  }
})

it('[AK4] a reply topic starts with a slash and gives its message id back', () => {
  const topic = replyTopic(claimId)
  expect(topic.startsWith('/')).toBe(true)
  expect(replyMessageId(topic)).toBe(claimId)
  expect(replyMessageId(topicOf('meta', claimId))).toBeUndefined()
  expect(Buffer.byteLength(topic)).toBeLessThan(linkLimits.topicBytes)
})
