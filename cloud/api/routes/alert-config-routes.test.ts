import { expect, it } from 'vitest'
import { until } from '../../../test/doubles/benches/configure-bench.ts'
import { alertDocument, createDyncfgAgent } from '../../../test/doubles/agents/dyncfg-agent.ts'
import { claimAgent, newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'
import type { AlertConfigHash } from '../../../src/domain/ids.ts'
import type { AlertStatus } from '../../../src/domain/model.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { writeHealthText } from '../../../src/health/health-text.ts'

type Row = Record<string, unknown>

async function bench() {
  const tenancy = await startTenancy()
  const { metadata, spaceId, ownerCookie, configuring } = tenancy
  const as =
    (cookie: string) =>
    async (method: string, path: string, body?: unknown): Promise<{ status: number; json: Row }> => {
      const { status, json } = await tenancy.call(method, `${ownApi}${path}`, { cookie, ...(body === undefined ? {} : { body }) })
      return { status, json: (json ?? {}) as Row }
    }
  /** A node that tells of one alert, defined like this. */
  const node = async (hostname: string, name: string, warning: string, status: AlertStatus = 'clear') => {
    const agent = await claimAgent(metadata, spaceId, { hostname })
    const configHash = newUuid<AlertConfigHash>()
    const transition = {
      chart: 'system.load',
      name,
      context: 'system.load',
      status,
      oldStatus: 'clear' as const,
      whenS: 1_800_000_000,
      configHash,
      transitionId: undefined,
      version: 1n,
      sequenceId: 0n,
    }
    await metadata.alerts.snapshot(agent, agent.nodeId, [transition])
    const fields = {
      template: name,
      on_chart: 'system.load',
      classification: 'Workload',
      type: 'System',
      component: 'Load',
      calculation_expr: '$load1',
      p_update_every: 5,
      warning_expr: warning,
      delay: 'multiplier 1.0 ',
    }
    await metadata.alerts.config(agent, { hash: configHash, name, fields })
    return { nodeId: agent.nodeId, configHash, fields }
  }
  const serve = (nodeId: Parameters<ReturnType<typeof createDyncfgAgent>['serve']>[1]['nodeId'], stock: readonly AlertDocument[] = []) => {
    const agent = createDyncfgAgent(stock)
    agent.serve(configuring.bus, { nodeId, spaceId })
    return agent
  }
  const owner = as(ownerCookie)
  /** A run to its end. */
  const finished = async (runId: unknown) => {
    let run: Row = {}
    await until(async () => {
      run = (await owner('GET', `/alert-documents/runs/${String(runId)}`)).json
      return run['isDone'] === true
    })
    return run
  }
  return { ...tenancy, ownerId: tenancy.owner.personId, as, owner, node, serve, finished }
}

it('[AC15] definitions are listed by name, with the nodes they run on, what is raised and what is kept', async () => {
  const { owner, node, serve, metadata, spaceId } = await bench()
  const one = await node('one', 'load_high', '$this > 4', 'warning')
  const two = await node('two', 'load_high', '$this > 8')
  serve(one.nodeId)
  const { documentId } = (await owner('POST', '/alert-documents', { document: alertDocument('load_high') })).json
  expect(await owner('GET', '/alert-definitions')).toMatchObject({
    status: 200,
    json: {
      definitions: [
        {
          name: 'load_high',
          on: 'system.load',
          kind: 'template',
          class: 'Workload',
          component: 'Load',
          type: 'System',
          nodes: 2,
          raised: 1,
          critical: 0,
          document: { documentId, version: 1 },
        },
      ],
    },
  })
  const details = (await owner('GET', '/alert-definitions/load_high')).json as { variants: { hash: string; nodes: Row[] }[]; kept: Row }
  expect(details.kept).toEqual({ documentId, version: 1 })
  const variant = details.variants.find(({ hash }) => hash === one.configHash)
  expect(variant).toMatchObject({
    fields: one.fields,
    unsure: [],
    document: { name: 'load_high', rules: [{ config: { conditions: { warning_condition: '$this > 4' } } }] },
    healthText: expect.stringContaining('    template: load_high\n          on: system.load\n'),
    nodes: [{ nodeId: one.nodeId, hostname: 'one', canConfigure: true, why: null, viaNodeId: null }],
  })
  expect(details.variants.find(({ hash }) => hash === two.configHash)?.nodes).toEqual([
    { nodeId: two.nodeId, hostname: 'two', canConfigure: false, why: 'not-live', viaNodeId: null },
  ])
  const [allNodes] = await metadata.rooms.list(spaceId)
  const room = await metadata.rooms.create(spaceId, { name: 'Empty', description: '', memberId: undefined })
  expect((await owner('GET', `/alert-definitions?roomId=${allNodes?.roomId ?? ''}`)).json['definitions']).toHaveLength(1)
  expect((await owner('GET', `/alert-definitions?roomId=${room.roomId}`)).json['definitions']).toEqual([])
  expect((await owner('GET', `/alert-definitions?roomId=${newUuid()}`)).status).toBe(404)
  expect((await owner('GET', '/alert-config/nodes')).json['nodes']).toHaveLength(2)
  expect((await owner('GET', '/alert-definitions/no_such')).status).toBe(404)
})

it('[AC16] a document is made, changed, applied, checked, restored and deleted over the API, and the audit says who', async () => {
  const { owner, ownerId, node, serve, finished, audited } = await bench()
  const { nodeId } = await node('one', 'load_high', '$this > 4')
  const agent = serve(nodeId)
  const made = await owner('POST', '/alert-documents', { document: alertDocument('load_high', {}, 1), note: 'first' })
  expect(made).toMatchObject({ status: 201, json: { version: 1, nodes: [], versions: [{ version: 1, note: 'first' }] } })
  const path = `/alert-documents/${String(made.json['documentId'])}`
  expect((await owner('POST', '/alert-documents', { document: alertDocument('load_high') })).status).toBe(409)
  const saved = await owner('PUT', path, { document: alertDocument('load_high', {}, 2), version: 1 })
  expect(saved).toMatchObject({
    status: 200,
    json: { version: 2, changedBy: { personId: ownerId, email: 'owner@example.com' } },
  })
  const stale = await owner('PUT', path, { document: alertDocument('load_high', {}, 3), version: 1 })
  expect(stale).toMatchObject({ status: 409, json: { errorCode: 'CONFLICT', errorMsgKey: 'ErrConflict', current: { version: 2 } } })
  expect((await owner('GET', `${path}/versions/1`)).json).toEqual({ document: alertDocument('load_high', {}, 1) })
  expect((await owner('GET', `${path}/versions/9`)).status).toBe(404)

  const started = await owner('POST', `${path}/apply`, { nodeIds: [nodeId] })
  expect(started.status).toBe(202)
  expect(await finished(started.json['runId'])).toMatchObject({
    action: 'apply',
    isDone: true,
    results: [{ nodeId, hostname: 'one', viaNodeId: null, state: 'done', status: 202, problem: null }],
  })
  expect(agent.running('load_high')).toEqual(alertDocument('load_high', {}, 2))
  agent.edit('load_high', () => alertDocument('load_high', {}, 77))
  await finished((await owner('POST', `${path}/check`, {})).json['runId'])
  expect((await owner('GET', '/alert-documents')).json).toMatchObject({
    documents: [{ version: 2, nodes: [{ nodeId, hostname: 'one', state: 'drifted', wanted: 2, applied: 2, hasOriginal: true }] }],
  })
  expect((await owner('DELETE', path)).status).toBe(409)
  await finished((await owner('POST', `${path}/restore`, { nodeIds: [nodeId] })).json['runId'])
  expect(agent.running('load_high')).toBeUndefined()
  expect((await owner('DELETE', path)).status).toBe(204)
  expect((await owner('GET', path)).status).toBe(404)
  expect(audited.filter(({ action }) => action.startsWith('alert-document')).map(({ action, details }) => [action, details])).toEqual([
    ['alert-document-created', {}],
    ['alert-document-changed', { version: 2 }],
    ['alert-document-applied', { action: 'apply', nodes: 1, version: 2 }],
    ['alert-document-applied', { action: 'restore', nodes: 1 }],
    ['alert-document-deleted', {}],
  ])
})

it('[AC16] a node that was removed is gone, and keeps no document', async () => {
  const { owner, node, serve, finished, metadata, spaceId } = await bench()
  const { nodeId } = await node('one', 'load_high', '$this > 4')
  serve(nodeId)
  const { documentId } = (await owner('POST', '/alert-documents', { document: alertDocument('load_high') })).json
  await finished((await owner('POST', `/alert-documents/${String(documentId)}/apply`, { nodeIds: [nodeId] })).json['runId'])
  await metadata.nodes.remove(spaceId, nodeId)
  expect((await owner('GET', `/alert-documents/${String(documentId)}`)).json['nodes']).toMatchObject([
    { nodeId, state: 'gone', problem: 'The node was removed.' },
  ])
  expect((await owner('DELETE', `/alert-documents/${String(documentId)}`)).status).toBe(204)
})

it('[AC17] who may look sees the nodes of their rooms and changes nothing; who may not look sees nothing', async () => {
  const { owner, as, node, serve, finished, member } = await bench()
  const { nodeId } = await node('one', 'load_high', '$this > 4')
  serve(nodeId)
  const { documentId } = (await owner('POST', '/alert-documents', { document: alertDocument('load_high') })).json
  const path = `/alert-documents/${String(documentId)}`
  const { runId } = (await owner('POST', `${path}/apply`, { nodeIds: [nodeId] })).json
  await finished(runId)
  const observer = as((await member('eve@example.com', 'observer')).cookie)
  expect((await observer('GET', '/alert-definitions')).json).toEqual({ definitions: [] })
  expect((await observer('GET', path)).json).toMatchObject({ name: 'load_high', nodes: [] })
  expect((await observer('GET', `/alert-documents/runs/${String(runId)}`)).json).toMatchObject({ results: [] })
  expect((await observer('POST', '/alert-documents/text', { text: writeHealthText(alertDocument('x')) })).status).toBe(200)
  for (const [method, to, body] of [
    ['POST', '/alert-documents', { document: alertDocument('y') }],
    ['PUT', path, { document: alertDocument('load_high'), version: 1 }],
    ['DELETE', path, undefined],
    ['POST', `${path}/apply`, { nodeIds: [nodeId] }],
    ['POST', `${path}/restore`, { nodeIds: [nodeId] }],
    ['POST', `${path}/check`, {}],
  ] as const)
    expect((await observer(method, to, body)).status, `${method} ${to}`).toBe(403)
  const outsider = as((await member('mel@example.com', 'member')).cookie)
  expect((await outsider('GET', '/alert-documents')).status).toBe(403)
  // Nodes that are not there, or not theirs, look the same.
  expect((await owner('POST', `${path}/apply`, { nodeIds: [newUuid()] })).status).toBe(404)
  for (const body of [{ nodeIds: [] }, { nodeIds: ['x'] }, {}, { nodeIds: [nodeId], more: 1 }])
    expect((await owner('POST', `${path}/apply`, body)).status).toBe(422)
})

it('[AC18] text of health.d becomes a document and back; what is wrong is told with its line', async () => {
  const { owner } = await bench()
  const document = alertDocument('load_high')
  const text = (await owner('POST', '/alert-documents/health-text', { document })).json['text']
  expect((await owner('POST', '/alert-documents/text', { text })).json).toEqual({ document })
  expect(await owner('POST', '/alert-documents/text', { text: 'alarm: a\non: b\nevery: soon\n' })).toMatchObject({
    status: 422,
    json: {
      errorCode: 'BODY_UNPROCESSABLE',
      errorMessage: 'Line 1: This block computes nothing; add a "lookup" or a "calc".',
      problems: [{ line: 1 }, { line: 3, problem: '"soon" is no duration; write one such as 10s.' }],
    },
  })
  const two = `${String(text)}\nalarm: other\non: x\ncalc: 1\nevery: 1m\n`
  expect(await owner('POST', '/alert-documents/text', { text: two })).toMatchObject({
    status: 422,
    json: { problems: [{ line: two.split('\n').indexOf('alarm: other') + 1 }] },
  })
  expect((await owner('POST', '/alert-documents', { document: { ...document, rules: [] } })).status).toBe(422)
  expect((await owner('POST', '/alert-documents', { document, note: 'a\nb' })).status).toBe(422)
})
