import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readStatement } from '../../cloud/gateway/egress/read-statement.ts'
import { addedFields, fieldPaths, manifestHash } from '../../src/aclk/egress/manifest-form.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { startFakeCloud } from '../../test/doubles/agents/fake-cloud.ts'
import { createFakeSource } from '../../test/doubles/hosts/fake-source.ts'
import { testGate } from '../../test/doubles/hosts/test-gate.ts'
import { createAgent } from '../agent.ts'
import { checkEgress } from '../doctor/egress-check.ts'
import type { HostFunctions } from '../functions/host-functions.ts'
import { nodeInfo } from '../session/messages.ts'
import { jsonAnswer } from '../sources/source.ts'
import { confirmation, confirmedFileName, loadConfirmed, saveConfirmed, waitingFields } from './confirmed.ts'
import { manifestFields } from './manifest.ts'
import { ensureMaskingKey, maskingKeyFileName } from './open-gate.ts'
import { presets } from './masking/rules.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-egress-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

it('[MK20] (D8) a claim that nobody confirmed is EGRESS_UNCONFIRMED, and nothing was sent', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const cloud = await startFakeCloud()
  onTestFinished(() => cloud.stop())
  const folder = await newFolder()
  const agent = createAgent({ folder, sourceKind: 'host', hostname: 'edge-9', clock: systemClock, log: silentLog })
  const wish = { url: cloud.url, token: 't', roomIds: [], caPem: cloud.caPem }
  await expect(agent.claim(wish)).rejects.toMatchObject({ code: 'EGRESS_UNCONFIRMED' })
  expect(cloud.requests).toEqual([])

  const claimId = await agent.claim({ ...wish, confirmedBy: 'flag' })
  const body = JSON.parse(cloud.requests[0]?.body ?? '') as { publicKey: string; egress: unknown; node: { hostname: string } }
  expect(readStatement(body.egress, claimId, body.publicKey)).toMatchObject({ hash: manifestHash(manifestFields), by: 'flag', pending: [] })
  expect(await loadConfirmed(folder)).toMatchObject({ hash: manifestHash(manifestFields), by: 'flag' })
  expect((await stat(join(folder, maskingKeyFileName))).mode & 0o777).toBe(0o600)
  expect(await ensureMaskingKey(folder)).toEqual(await ensureMaskingKey(folder))
})

it('[MK20] (D8) where the host name is masked, the claim tells the masked one and the files keep the own', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const cloud = await startFakeCloud()
  onTestFinished(() => cloud.stop())
  const folder = await newFolder()
  await writeFile(join(folder, 'egress.json'), '{"version": 1, "fields": {"hostname": "hash"}}')
  const agent = createAgent({ folder, sourceKind: 'host', hostname: 'orchid-9', clock: systemClock, log: silentLog })
  await agent.claim({ url: cloud.url, token: 't', roomIds: [], caPem: cloud.caPem, confirmedBy: 'flag' })
  expect(cloud.requests[0]?.body).toMatch(/"hostname":"host-[a-z0-9]{12}"/)
  expect(cloud.requests[0]?.body).not.toContain('orchid')
  expect(await readFile(join(folder, 'link.json'), 'utf8')).toContain('orchid-9')
})

const speaker = {
  claimId: '0844e0a0-1b8d-48fb-94ec-51ca9120991f' as ClaimId,
  machineGuid: '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as MachineGuid,
  hostname: 'edge-1',
  capabilities: [],
}

it('[MK21] (D8) a field that was not confirmed does not leave: it is taken out before a message is encoded, and all others go', () => {
  const gate = testGate(presets.off, (message, path) => `${message} ${path}` !== 'nodeinstance.v1.UpdateNodeInfo data.hostLabels')
  const message = nodeInfo(speaker, '7d0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e22' as NodeId, createFakeSource().info(), 1)
  const outgoing = gate.message(message)
  expect(fieldPaths(message.fields).filter((path) => !fieldPaths(outgoing.fields).includes(path))).toEqual(['data.hostLabels'])
  expect(gate.heldBack()).toEqual({ 'nodeinstance.v1.UpdateNodeInfo data.hostLabels': 1 })
})

it('[MK21] (D8) a question and a function that were not confirmed are not answered, and the function is not offered', async () => {
  const gate = testGate(presets.off, (_message, path) => path !== 'alarm_log' && path !== 'systemd-journal')
  const source = gate.source(createFakeSource())
  const { signal } = new AbortController()
  const ask = async (command: string) => (await source.answer({ command, query: '', acceptsGzip: false }, signal)).status
  expect([await ask('data'), await ask('alarm_log')]).toEqual([200, 403])
  const list = { processes: {}, 'systemd-journal': {} }
  const own: HostFunctions = { list: () => list, answer: () => Promise.resolve(jsonAnswer(200, JSON.stringify({ functions: list }))) }
  const functions = gate.functions(own)
  const call = async (command: 'function' | 'functions', query = '') => functions.answer({ command, query, permissions: 1 }, signal)
  expect(Object.keys(functions.list())).toEqual(['processes'])
  expect(Buffer.from((await call('functions')).body).toString()).not.toContain('journal')
  expect([(await call('function', 'function=systemd-journal')).status, (await call('function', 'function=processes')).status]).toEqual([
    404, 200,
  ])
})

it('[MK22] (D8) an upgrade that adds a field waits for the word of the owner: the doctor says so, and the confirmed list stays as it was', async () => {
  const folder = await newFolder()
  const { info: _, ...rest } = Object.fromEntries((manifestFields['query answer'] ?? []).map((path) => [path, path]))
  const fields = { ...manifestFields, 'query answer': Object.keys(rest) }
  await saveConfirmed(folder, { ...confirmation('terminal', 1_790_000_000_000), fields, hash: manifestHash(fields) })
  const confirmed = await loadConfirmed(folder)
  expect(confirmed && waitingFields(confirmed)).toEqual(['query answer info'])
  expect(addedFields(manifestFields, manifestFields)).toEqual([])
  expect(await checkEgress(folder)).toMatchObject({ isGood: false, sentence: expect.stringContaining('manifest') })
  await saveConfirmed(folder, confirmation('flag', 1_790_000_001_000))
  expect(await checkEgress(folder)).toMatchObject({ isGood: true })
})

it('[MK22] a confirmed list that was changed by hand is refused: nobody confirmed that one', async () => {
  const folder = await newFolder()
  await saveConfirmed(folder, confirmation('flag', 1))
  const text = await readFile(join(folder, confirmedFileName), 'utf8')
  await writeFile(join(folder, confirmedFileName), text.replace('"alarm_log"', '"alarm_log", "everything"'))
  await expect(loadConfirmed(folder)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})
