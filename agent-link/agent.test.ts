import { fromBinary } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import {
  ContextsCheckpointSchema,
  ContextsSnapshotSchema,
  CreateNodeInstanceResultSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeInfoSchema,
} from '../src/aclk/messages/index.ts'
import { encodeQuestion } from '../src/aclk/query/request.ts'
import { decodeAnswer } from '../src/aclk/query/response.ts'
import { unknownVersionHash } from '../src/domain/version-hash.ts'
import { systemClock } from '../src/support/clock.ts'
import { silentLog } from '../src/support/log.ts'
import { errorAnswer } from '../src/aclk/otp/answers.ts'
import { DisconnectReqSchema } from '../src/aclk/messages/index.ts'
import { startFakeCloud } from '../test/doubles/agents/fake-cloud.ts'
import { waitUntil } from '../test/doubles/wait-until.ts'
import { claimFileNames, loadClaim } from './claim/claim-files.ts'
import { createAgent, type AgentDeps } from './agent.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-agent-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

it('[AL30] says that it is not claimed, and that no agent is there to proxy', async () => {
  const agent = createAgent({ folder: await newFolder(), sourceKind: 'host', clock: systemClock, log: silentLog })
  expect(await agent.isClaimed()).toBe(false)
  await expect(agent.start()).rejects.toMatchObject({ code: 'CLAIM_UNKNOWN' })
  const proxy = createAgent({
    folder: await newFolder(),
    sourceKind: 'netdata',
    netdataUrl: 'http://127.0.0.1:1',
    clock: systemClock,
    log: silentLog,
  })
  await expect(proxy.claim({ url: 'https://localhost:1', token: 't', roomIds: [], confirmedBy: 'flag' })).rejects.toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
  })
  await agent.stop()
})

it('[AL30] claims this host, links, announces its contexts, answers for its CPU and leaves in order', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const cloud = await startFakeCloud()
  onTestFinished(() => cloud.stop())
  const folder = await newFolder()
  const agent = createAgent({ folder, sourceKind: 'host', hostname: 'edge-9', clock: systemClock, log: silentLog })
  const states: string[] = []
  agent.onState(({ kind }) => void states.push(kind))
  const nodeId = '7d0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e22'

  const claimId = await agent.claim({ url: cloud.url, token: 't', roomIds: [], caPem: cloud.caPem, confirmedBy: 'flag' })
  expect(await agent.isClaimed()).toBe(true)
  await agent.start()
  await agent.start()
  await cloud.until(() => (cloud.heard.length > 0 ? true : undefined))
  const [link] = cloud.links
  const machineGuid = (await readFile(join(folder, 'machine_guid'), 'utf8')).trim()
  link?.send('SendNodeInstances', new Uint8Array())
  await cloud.until(() => cloud.heard.find(({ name }) => name === 'create-node-instance'))
  link?.send(
    'CreateNodeInstanceResult',
    toBinary(CreateNodeInstanceResultSchema, create(CreateNodeInstanceResultSchema, { nodeId, machineGuid })),
  )
  await cloud.until(() => cloud.heard.find(({ name }) => name === 'node-instance-info'))
  const checkpoint = create(ContextsCheckpointSchema, { claimId, nodeId, versionHash: unknownVersionHash })
  link?.send('ContextsCheckpoint', toBinary(ContextsCheckpointSchema, checkpoint))
  const snapshot = await cloud.until(() => cloud.heard.find(({ name }) => name === 'contexts-snapshot'))
  expect(fromBinary(ContextsSnapshotSchema, snapshot.payload).contexts.map(({ id }) => id)).toContain('system.cpu')
  const target = `/node/${nodeId}/api/v1/data?context=system.cpu&after=-1&points=1&options=jsonwrap`
  link?.send('', encodeQuestion('m1', '/cloud/reply/m1', { method: 'GET', target, timeoutMs: 5_000 }))
  const reply = await cloud.until(() => cloud.heard.find(({ topic }) => topic === '/cloud/reply/m1'))
  expect(decodeAnswer(reply.payload)).toMatchObject({ messageId: 'm1', httpStatus: 200 })

  await agent.stop()

  expect(await link?.closed).toEqual({ code: 1000, hadDisconnect: true })
  expect(fromBinary(UpdateAgentConnectionSchema, cloud.heard.at(-1)?.payload ?? new Uint8Array())).toMatchObject({
    claimId,
    reachable: false,
    updateSource: 1,
  })
  expect(states).toEqual(['connecting', 'online', 'stopped'])
  expect(await readFile(join(folder, 'node_id'), 'utf8')).toBe(nodeId)
  expect(agent.state).toEqual({ kind: 'stopped' })
})

it('[AL110] a removed host is banned, and goes on under its new claim with machine guid and key when it is claimed again', async ({
  skip,
}) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const cloud = await startFakeCloud()
  onTestFinished(() => cloud.stop())
  const folder = await newFolder()
  const agent = createAgent({ folder, sourceKind: 'host', hostname: 'edge-9', clock: systemClock, log: silentLog })
  onTestFinished(() => agent.stop())
  const again = createAgent({ folder, sourceKind: 'host', hostname: 'edge-9', clock: systemClock, log: silentLog })
  const wish = { url: cloud.url, token: 't', roomIds: [], caPem: cloud.caPem, confirmedBy: 'flag' } as const
  const first = await again.claim(wish)
  const read = (name: keyof typeof claimFileNames) => readFile(join(folder, claimFileNames[name]), 'utf8').catch(() => undefined)
  const before = [await read('machineGuid'), await read('privateKey')]
  await agent.start()
  const nodeId = '7d0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e22'
  const link = await cloud.until(() => cloud.links[0])
  await cloud.until(() => (cloud.heard.length > 0 ? true : undefined))
  const machineGuid = before[0]?.trim() ?? ''
  const result = create(CreateNodeInstanceResultSchema, { nodeId, machineGuid })
  link.send('CreateNodeInstanceResult', toBinary(CreateNodeInstanceResultSchema, result))
  await waitUntil(() => read('nodeId'))

  const gone = errorAnswer({ code: 'CLAIM_UNKNOWN', key: 'ErrNotFound', message: 'm', nonRetryable: true })
  cloud.setOverride((step) => (step === 'challenge' ? { status: 404, body: gone } : undefined))
  link.send('DisconnectReq', toBinary(DisconnectReqSchema, create(DisconnectReqSchema, { permaban: true })))
  expect(await link.closed).toEqual({ code: 1000, hadDisconnect: true })
  await waitUntil(() => agent.state.kind === 'waiting' || undefined)
  expect(agent.state).toMatchObject({ banned: true })

  const second = await again.claim(wish)
  expect(second).not.toBe(first)
  expect([await read('machineGuid'), await read('privateKey')]).toEqual(before)
  expect(await read('nodeId')).toBeUndefined()
  cloud.setOverride(undefined)
  const next = await cloud.until(() => cloud.links[1])
  expect(next.connect.will?.topic).toContain(second)
  await waitUntil(() => agent.state.kind === 'online' || undefined)
  next.send('SendNodeInstances', new Uint8Array())
  // A fresh node id is asked for, and the facts are told anew.
  await cloud.until(() => cloud.heard.find(({ name }) => name === 'create-node-instance'))
  next.send(
    'CreateNodeInstanceResult',
    toBinary(
      CreateNodeInstanceResultSchema,
      create(CreateNodeInstanceResultSchema, { nodeId: '9d0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e22', machineGuid }),
    ),
  )
  await cloud.until(() => (cloud.heard.filter(({ name }) => name === 'node-instance-info').length === 2 ? true : undefined))
})

it('[EG5] (D8) an agent speaks as was chosen at its claim, until it is chosen anew; that masks are off is not kept', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  /** What the agent says of its host under a claim that was made with these choices, when itself it is told nothing. */
  const toldUnder = async (choices: Partial<AgentDeps>, own: Partial<AgentDeps> = {}) => {
    const cloud = await startFakeCloud()
    onTestFinished(() => cloud.stop())
    const folder = await newFolder()
    const claiming = createAgent({ folder, clock: systemClock, log: silentLog, ...choices })
    await claiming.claim({ url: cloud.url, token: 't', roomIds: [], caPem: cloud.caPem, confirmedBy: 'flag' })
    const agent = createAgent({ folder, clock: systemClock, log: silentLog, ...own })
    onTestFinished(() => agent.stop())
    await agent.start()
    const hello = await cloud.until(() => cloud.heard.find(({ name }) => name === 'agent-connection'))
    const machineGuid = (await readFile(join(folder, 'machine_guid'), 'utf8')).trim()
    const result = create(CreateNodeInstanceResultSchema, { nodeId: '7d0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e22', machineGuid })
    cloud.links[0]?.send('CreateNodeInstanceResult', toBinary(CreateNodeInstanceResultSchema, result))
    const info = await cloud.until(() => cloud.heard.find(({ name }) => name === 'node-instance-info'))
    return {
      name: fromBinary(UpdateNodeInfoSchema, info.payload).data?.name ?? '',
      hasFunctions: fromBinary(UpdateAgentConnectionSchema, hello.payload).capabilities.some(
        ({ name, enabled }) => name === 'funcs' && enabled,
      ),
      kept: (await loadClaim(folder))?.choices,
    }
  }
  expect(await toldUnder({ hostname: 'chosen-9', offersFunctions: false, masking: 'off' })).toEqual({
    name: 'chosen-9',
    hasFunctions: false,
    kept: { hostname: 'chosen-9', functions: 'off' },
  })
  const strict = await toldUnder({ hostname: 'chosen-9', masking: 'strict' })
  expect(strict).toMatchObject({ hasFunctions: true, kept: { hostname: 'chosen-9', masking: 'strict' } })
  expect(strict.name).not.toContain('chosen')
  expect(await toldUnder({ hostname: 'chosen-9', masking: 'strict' }, { hostname: 'other-9', masking: 'default' })).toMatchObject({
    name: 'other-9',
  })
})
