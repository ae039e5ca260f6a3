import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { randomUUID } from 'node:crypto'
import type { IPublishPacket } from 'mqtt-packet'
import { expect, it, onTestFinished } from 'vitest'
import {
  CreateNodeInstanceResultSchema,
  CreateNodeInstanceSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../src/aclk/messages/index.ts'
import type { TopicName } from '../../src/aclk/topics/topics.ts'
import { topicOf } from '../../src/aclk/topics/topics.ts'
import { createAgentRules } from '../doubles/agents/agent-rules.ts'
import { openAgentTap } from '../doubles/agents/agent-tap.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import {
  bytesOf,
  call,
  claimBody,
  claimStandIn,
  connectPacket,
  credentialsOf,
  openRawLink,
  standInKey,
} from '../doubles/agents/stand-in-agent.ts'
import { willOf } from '../doubles/agents/linked-agent.ts'

it('[GW181] the whole product keeps the rules of agents: a claim, its refusals, a login, a link, and the goodbye of a cloud that stops', async () => {
  const cloud = await startInstallation()
  const rules = createAgentRules(() => Date.now())
  const tap = await openAgentTap({ port: cloud.port, caPem: cloud.caPem, servername: 'localhost' }, rules)
  onTestFinished(() => tap.close())
  const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }

  const { claimId, machineGuid } = await claimStandIn(tap.port, token)
  const { publicKeyPem } = standInKey()
  const claim = (changes: object) => {
    const fresh = randomUUID()
    const body = JSON.parse(claimBody({ claimId: fresh, machineGuid, publicKeyPem, token })) as object
    return call(tap.port, 'PUT', `/api/v1/spaces/nodes/${fresh}`, JSON.stringify({ ...body, ...changes }))
  }
  const refused = [
    await claim({ token: 'unknown' }),
    await claim({ mGUID: 'x' }),
    await claim({ publicKey: 'x' }),
    await claim({ rooms: ['no such room'] }),
    await call(tap.port, 'GET', `/api/v1/auth/node/${randomUUID()}/challenge`),
    await call(tap.port, 'POST', `/api/v1/auth/node/${claimId}/password`, '{"response":"AAAA"}'),
  ]
  expect(refused.map(({ status }) => status)).toEqual([403, 422, 422, 422, 404, 403])
  expect((await call(tap.port, 'GET', '/api/v1/env?v=2.10.4&cap=proto,ctx')).status).toBe(200)

  const link = await openRawLink(tap.port)
  link.send(connectPacket(await credentialsOf(tap.port, claimId), willOf(claimId, 5n)))
  await link.packet(({ cmd }) => cmd === 'connack')
  link.send(bytesOf({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicOf('inbox-cmd', claimId), qos: 1 }] }))
  await link.packet(({ cmd }) => cmd === 'suback')
  let packetId = 1
  const publish = async (name: TopicName, payload: Uint8Array) => {
    packetId += 1
    const messageId = packetId
    link.send(
      bytesOf({
        cmd: 'publish',
        topic: topicOf(name, claimId),
        payload: Buffer.from(payload),
        qos: 1,
        dup: false,
        retain: false,
        messageId,
      }),
    )
    await link.packet((packet) => packet.cmd === 'puback' && packet.messageId === messageId)
  }
  const command = (name: string) => link.packet((packet) => packet.cmd === 'publish' && packet.topic.endsWith(`/${name}`))
  const capabilities = [{ name: 'health', version: 2, enabled: true }]
  const hello = create(UpdateAgentConnectionSchema, { claimId, sessionId: 5n, reachable: true, updateSource: 1, capabilities })
  await publish('agent-connection', toBinary(UpdateAgentConnectionSchema, hello))
  await command('SendNodeInstances')
  const announcement = create(CreateNodeInstanceSchema, { claimId, machineGuid, hostname: 'h' })
  await publish('create-node-instance', toBinary(CreateNodeInstanceSchema, announcement))
  const { payload } = (await command('CreateNodeInstanceResult')) as IPublishPacket
  const { nodeId } = fromBinary(CreateNodeInstanceResultSchema, payload as Buffer)
  const state = create(UpdateNodeInstanceConnectionSchema, { claimId, nodeId, sessionId: 5n, liveness: true, queryable: true })
  await publish('node-instance-connection', toBinary(UpdateNodeInstanceConnectionSchema, state))
  await command('ContextsCheckpoint')
  await command('StartAlarmStreaming')
  link.send(Buffer.from('c000', 'hex'))
  await link.packet(({ cmd }) => cmd === 'pingresp')

  const ended = cloud.end('SIGTERM')
  await command('DisconnectReq')
  await link.closed
  await ended
  expect(rules.faults).toEqual([])
  expect(rules.seen).toMatchObject({ upgrades: 1 })
  expect(rules.seen.httpAnswers).toBeGreaterThanOrEqual(10)
})
