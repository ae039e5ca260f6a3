import { expect, it } from 'vitest'
import { blankRule } from '../../src/health/blank-rule.ts'
import type { AlertDocument } from '../../src/health/alert-document.ts'
import { readAgentDocument } from '../../src/health/read-agent-document.ts'
import { alertDifferences } from '../../src/health/same-alert.ts'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { send, signInViewer } from '../doubles/people/viewer.ts'
import { waitUntil } from '../doubles/wait-until.ts'

type Row = Readonly<Record<string, unknown>>

/** Somebody who may do everything, by a token; the node of this host, once it can be configured. */
async function host(cloud: Installation) {
  const { out } = await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)
  const { token } = JSON.parse(out) as { token: string }
  const call = async (method: string, path: string, body?: unknown) => {
    const sent = await send(
      cloud,
      method,
      `/api/throughline/v1${path}`,
      { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body === undefined ? '' : JSON.stringify(body),
    )
    return { status: sent.status, json: (sent.body === '' ? {} : JSON.parse(sent.body)) as Row }
  }
  const nodeId = await waitUntil(async () => {
    const nodes = ((await call('GET', '/alert-config/nodes')).json['nodes'] ?? []) as { nodeId: string; canConfigure: boolean }[]
    return nodes.find(({ canConfigure }) => canConfigure)?.nodeId
  })
  /** What stands on the node of a document. */
  const stateOf = async (documentId: unknown) => {
    const { json } = await call('GET', `/alert-documents/${String(documentId)}`)
    return ((json['nodes'] ?? []) as { nodeId: string; state: string; problem: string | null }[]).find((node) => node.nodeId === nodeId)
  }
  const run = async (documentId: unknown, action: string) => {
    const started = await call('POST', `/alert-documents/${String(documentId)}/${action}`, { nodeIds: [nodeId] })
    expect(started.status).toBe(202)
    return waitUntil(async () => {
      const { json } = await call('GET', `/alert-documents/runs/${String(started.json['runId'])}`)
      return json['isDone'] === true ? (json['results'] as Row[])[0] : undefined
    })
  }
  return { call, nodeId, stateOf, run }
}

/** Warns always, on the load of this host. */
function always(name: string, info: string): AlertDocument {
  const { config } = blankRule()
  return {
    format_version: 1,
    name,
    rules: [
      {
        enabled: true,
        type: 'template',
        config: {
          ...config,
          match: { on: 'system.load', host_labels: '*', instance_labels: '*' },
          info,
          value: { ...config.value, calculation: '$load1', units: 'load', update_every: 1 },
          conditions: { warning_condition: '$this >= 0', critical_condition: '' },
          action: { ...config.action, recipient: 'silent' },
        },
      },
    ],
  }
}

it(
  '[AC20] an alert made on the page runs on this host, is raised, is seen to drift, and what ran before comes back',
  { timeout: 300_000 },
  async () => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const viewer = await signInViewer(cloud)
    const live = await viewer.open()
    const { call, nodeId, stateOf, run } = await host(cloud)
    let asked = 0
    /** What the agent itself says, past what the cloud keeps. */
    const ask = async (question: object) => {
      const id = ++asked
      live.say({ type: 'ask', id, nodeId, question: { kind: 'config', timeoutS: 20, ...question } } as never)
      return id
    }

    // A new alert.
    const made = await call('POST', '/alert-documents', { document: always('journey_load', 'made on the page'), note: 'journey' })
    expect(made.status).toBe(201)
    const { documentId } = made.json
    expect(await run(documentId, 'apply')).toMatchObject({ nodeId, state: 'done', status: 202, problem: null })
    await waitUntil(async () => {
      const { alerts } = (await call('GET', '/alerts')).json as { alerts: { name: string; status: string; nodeId: string }[] }
      return alerts.find(({ name, status }) => name === 'journey_load' && status === 'warning')
    })
    // What the cloud lists is what the agent told, and it is the document that was made.
    const variant = await waitUntil(async () => {
      const { variants } = (await call('GET', '/alert-definitions/journey_load')).json as {
        variants?: { document: AlertDocument | null }[]
      }
      return variants?.[0]
    })
    expect(variant.document?.rules[0]?.config.conditions.warning_condition).toBe('$this >= 0')

    // Somebody changes it on the agent: no one asks for a check, and yet it is seen.
    await ask({ action: 'update', id: 'health:alert:prototype:journey_load', body: JSON.stringify(always('journey_load', 'by hand')) })
    await live.sees('"status":202')
    const drifted = await waitUntil(async () => {
      const state = await stateOf(documentId)
      return state?.state === 'drifted' ? state : undefined
    })
    expect(drifted.problem).toBe('It was changed on the agent: rules.0.info.')
    expect(await run(documentId, 'apply')).toMatchObject({ state: 'done' })
    expect(await stateOf(documentId)).toMatchObject({ state: 'applied', problem: null })
    expect(await run(documentId, 'restore')).toMatchObject({ state: 'done', status: 200 })
    await waitUntil(async () => {
      const { alerts } = (await call('GET', '/alerts')).json as { alerts: { name: string }[] }
      return alerts.every(({ name }) => name !== 'journey_load') ? true : undefined
    })
    expect((await call('DELETE', `/alert-documents/${String(documentId)}`)).status).toBe(204)

    // One that the agent brought with it.
    await ask({ action: 'get', id: 'health:alert:prototype:swap_used' })
    const before = readAgentDocument('swap_used', JSON.parse(await live.sees('"name":"swap_used"')))
    if (before === undefined) throw new Error('a stock alert')
    const [rule] = before.rules
    if (rule === undefined) throw new Error('a rule')
    const raised = { ...before, rules: [{ ...rule, config: { ...rule.config, info: 'changed from the page' } }, ...before.rules.slice(1)] }
    const kept = (await call('POST', '/alert-documents', { document: raised })).json['documentId']
    expect(await run(kept, 'apply')).toMatchObject({ state: 'done', status: 202 })
    await ask({ action: 'get', id: 'health:alert:prototype:swap_used' })
    await live.sees('changed from the page')
    expect(await run(kept, 'restore')).toMatchObject({ state: 'done' })
    const again = await viewer.open()
    again.say({
      type: 'ask',
      id: 1,
      nodeId,
      question: { kind: 'config', action: 'get', id: 'health:alert:prototype:swap_used', timeoutS: 20 },
    } as never)
    const back = readAgentDocument('swap_used', JSON.parse(await again.sees('"name":"swap_used"')))
    expect(back !== undefined && alertDifferences(before, back)).toEqual([])
    live.close()
    again.close()
  },
)

it('[AC13] a cloud that is killed while it changes this host goes on where it was, and says what runs', { timeout: 300_000 }, async () => {
  let cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const first = await host(cloud)
  const documentId = (await first.call('POST', '/alert-documents', { document: always('killed_load', 'one') })).json['documentId']
  for (let round = 2; round <= 3; round++) {
    const { call } = await host(cloud)
    const saved = await call('PUT', `/alert-documents/${String(documentId)}`, {
      document: always('killed_load', `round ${round}`),
      version: round - 1,
    })
    expect(saved.status).toBe(200)
    expect((await call('POST', `/alert-documents/${String(documentId)}/apply`, { nodeIds: [first.nodeId] })).status).toBe(202)
    await cloud.end('SIGKILL')
    cloud = await startInstallation(cloud.env)
    const next = await host(cloud)
    await waitUntil(async () => ((await next.stateOf(documentId))?.state === 'applied' ? true : undefined))
    expect(await next.stateOf(documentId)).toMatchObject({ wanted: round, applied: round })
    expect(await next.run(documentId, 'check')).toMatchObject({ state: 'done', problem: null })
  }
  const last = await host(cloud)
  expect(await last.run(documentId, 'restore')).toMatchObject({ state: 'done', status: 200 })
})
