/**
 * The topics handed to an agent with its password (aclk §5). The list is the union that agents of every generation insist on;
 * its order matters, since agents number topic aliases by it (aclk §4.6). `node-instance-manifest` is left out: agents send it
 * only where it is advertised, in a message whose field numbers are not published (aclk §6.5, §12.1); functions are asked for.
 */
export const topicNames = [
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
  'alarm-log',
  'alarm-health',
  'alarm-snapshot',
  'alarm-log-v2',
  'alarm-checkpoint',
  'alarm-snapshot-v2',
  'chart-and-dims-updated',
  'chart-configs-updated',
  'reset-charts',
  'chart-retention-updated',
] as const

export type TopicName = (typeof topicNames)[number]

const claimPlaceholder = '#{claim_id}'

/** The template of one topic; agents put their claim id in place of `#{claim_id}`. */
function topicTemplate(name: TopicName): string {
  if (name === 'inbox-cmd') return `/agent/${claimPlaceholder}/inbound/v1/cmd`
  if (name === 'inbox-cmd-v1') return `/agent/${claimPlaceholder}/inbound/v1/cmd/+`
  return `/agent/${claimPlaceholder}/outbound/v1/${name}`
}

/** `topics` of the password answer, in alias order. */
export function topicList(): { name: TopicName; topic: string }[] {
  return topicNames.map((name) => ({ name, topic: topicTemplate(name) }))
}

/** The topic of one claim. */
export function topicOf(name: TopicName, claimId: string): string {
  return topicTemplate(name).replace(claimPlaceholder, claimId)
}

/** Which name an agent's publish belongs to; undefined for a topic that was not issued to this claim, and for inbound ones. */
export function outboundTopicName(topic: string, claimId: string): TopicName | undefined {
  const prefix = `/agent/${claimId}/outbound/v1/`
  if (!topic.startsWith(prefix)) return undefined
  const rest = topic.slice(prefix.length)
  return outboundNames.has(rest) ? (rest as TopicName) : undefined
}

const outboundNames: ReadonlySet<string> = new Set(topicNames.filter((name) => name !== 'inbox-cmd' && name !== 'inbox-cmd-v1'))

/** Names of protobuf commands to an agent: the last level of the topic they are published on (aclk §6.1). */
export type CommandName =
  | 'SendNodeInstances'
  | 'CreateNodeInstanceResult'
  | 'ContextsCheckpoint'
  | 'StopStreamingContexts'
  | 'StartAlarmStreaming'
  | 'SendAlarmConfiguration'
  | 'SendAlarmSnapshot'
  | 'SendAlarmLogHealth'
  | 'SendAlarmCheckpoint'
  | 'CancelPendingRequest'
  | 'DisconnectReq'

/** Where the cloud publishes a protobuf command. */
export function commandTopic(claimId: string, command: CommandName): string {
  return `${topicOf('inbox-cmd', claimId)}/${command}`
}

/** Where an agent publishes the answer to one query: must start with `/` (aclk §7.1), unguessable by its message id. */
export function replyTopic(messageId: string): string {
  return `${replyPrefix}${messageId}`
}

/** The message id of a reply topic, or undefined. */
export function replyMessageId(topic: string): string | undefined {
  return topic.startsWith(replyPrefix) ? topic.slice(replyPrefix.length) : undefined
}

const replyPrefix = '/cloud/reply/'
