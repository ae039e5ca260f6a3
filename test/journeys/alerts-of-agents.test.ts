import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createAgent } from '../../agent-link/agent.ts'
import { AlarmLogEntrySchema, CreateNodeInstanceResultSchema, StartAlarmStreamingSchema } from '../../src/aclk/messages/index.ts'
import { alertStatusOf } from '../../src/aclk/messages/alert-status.ts'
import { blankRule } from '../../src/health/blank-rule.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { startFakeCloud } from '../doubles/agents/fake-cloud.ts'
import { runThroughline, startInstallation, startThroughline } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { markedHealth, markedStatus, startMarked } from '../doubles/agents/marked-netdata.ts'
import { netdataProgram } from '../doubles/agents/netdata-server.ts'
import { signInViewer } from '../doubles/people/viewer.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

it(
  `[NS12] every change of an alert of ${netdataProgram} is told once: raised, worse, over within one look, through a reload and restarts of either`,
  { timeout: 300_000 },
  async () => {
    const netdata = await startMarked()
    const cloud = await startFakeCloud()
    onTestFinished(() => cloud.stop())
    const folder = temporaryFolder()
    const newAgent = () => createAgent({ folder, sourceKind: 'netdata', netdataUrl: netdata.url, clock: systemClock, log: silentLog })
    const nodeId = '7d0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e22'
    const told = () =>
      cloud.heard
        .filter(({ name }) => name === 'alarm-log-v2')
        .map(({ payload }) => fromBinary(AlarmLogEntrySchema, payload))
        .filter(({ name }) => name === 'mark')
    const changes = () => told().map(({ oldStatus, status }) => `${alertStatusOf(oldStatus)} ${alertStatusOf(status)}`)
    const tells = (...expected: readonly string[]) =>
      cloud.until(() => (changes().length >= expected.length ? true : undefined)).then(() => expect(changes()).toEqual(expected))

    let agent = newAgent()
    onTestFinished(() => agent.stop())
    await agent.claim({ url: cloud.url, token: 't', roomIds: [], caPem: cloud.caPem, confirmedBy: 'flag' })
    await agent.start()
    const [link] = await cloud.until(() => (cloud.heard.length > 0 ? cloud.links : undefined))
    link?.send('SendNodeInstances', new Uint8Array())
    await cloud.until(() => cloud.heard.find(({ name }) => name === 'create-node-instance'))
    const guid = ((await (await fetch(`${netdata.url}/api/v1/info`)).json()) as { uid: string }).uid
    const result = create(CreateNodeInstanceResultSchema, { nodeId, machineGuid: guid })
    link?.send('CreateNodeInstanceResult', toBinary(CreateNodeInstanceResultSchema, result))
    await cloud.until(() => cloud.heard.find(({ name }) => name === 'node-instance-info'))
    const start = create(StartAlarmStreamingSchema, { nodeId, version: 0n })
    link?.send('StartAlarmStreaming', toBinary(StartAlarmStreamingSchema, start))
    await cloud.until(() => cloud.heard.find(({ name }) => name === 'alarm-snapshot-v2'))

    // Three changes between two looks.
    for (const [value, status] of [
      [15, 'WARNING'],
      [25, 'CRITICAL'],
      [5, 'CLEAR'],
    ] as const) {
      await netdata.gauge('mark.level', value)
      await markedStatus(netdata, status)
    }
    const first = ['clear warning', 'warning critical', 'critical clear']
    await tells(...first)

    // The threshold is crossed by rewriting it: a reload removes every alert and makes it anew.
    await netdata.configure('health.d/mark.conf', markedHealth(3))
    await markedStatus(netdata, 'WARNING')
    await tells(...first, 'clear warning')

    // netdata restarts while the alert is raised: nothing has changed.
    await netdata.restart('SIGTERM')
    await netdata.gauge('mark.level', 5)
    await markedStatus(netdata, 'WARNING')
    await netdata.gauge('mark.level', 25)
    await markedStatus(netdata, 'CRITICAL')
    await tells(...first, 'clear warning', 'warning critical')

    // agent-link ends; what happens meanwhile is told when it is back, and nothing else.
    await agent.stop()
    await netdata.gauge('mark.level', 1)
    await markedStatus(netdata, 'CLEAR')
    await netdata.gauge('mark.level', 5)
    await markedStatus(netdata, 'WARNING')
    agent = newAgent()
    await agent.start()
    const all = [...first, 'clear warning', 'warning critical', 'critical clear', 'clear warning']
    await tells(...all)
    await netdata.gauge('mark.level', 1)
    await markedStatus(netdata, 'CLEAR')
    await tells(...all, 'warning clear')
    const ids = told().map(({ transitionId }) => transitionId)
    expect(new Set(ids).size).toBe(ids.length)
  },
)

interface Alert {
  readonly name: string
  readonly chart: string
  readonly status: string
  readonly oldStatus: string
}

it(
  `[NS12] an alert of ${netdataProgram} is raised, gets worse and ends through the whole product, a killed agent-link in between`,
  { timeout: 180_000 },
  async () => {
    const netdata = await startMarked()
    const cloud = await startInstallation()
    const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
    const source = ['--source', 'netdata', '--netdata-url', netdata.url]
    const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
    await runThroughline(
      ['claim', '--accept-manifest', '--url', cloud.url, '--token', await claimTokenOf(cloud), '--ca', ca, ...source],
      env,
    )
    const agent = startThroughline(['agent', ...source], env)
    await agent.says(/online/i)
    const viewer = await signInViewer(cloud)
    const raised = async () => {
      const { alerts } = (await viewer.get('/api/throughline/v1/alerts')) as { alerts: Alert[] }
      return alerts.find(({ name }) => name === 'mark')
    }
    const shows = (status: string) =>
      waitUntil(async () => {
        const alert = await raised()
        return alert?.status === status ? alert : undefined
      })
    await netdata.gauge('mark.level', 15)
    expect(await shows('warning')).toMatchObject({ chart: 'statsd_mark.level_gauge', oldStatus: 'clear' })
    await agent.end('SIGKILL')
    await netdata.gauge('mark.level', 25)
    await markedStatus(netdata, 'CRITICAL')
    await startThroughline(['agent', ...source], env).says(/online/i)
    expect(await shows('critical')).toMatchObject({ oldStatus: 'warning' })
    await netdata.gauge('mark.level', 5)
    await waitUntil(async () => ((await raised()) === undefined ? true : undefined))

    // The history of the alert and what it could be made of are asked from the agent itself.
    const { nodes } = (await viewer.get('/api/throughline/v1/nodes')) as { nodes: { nodeId: string }[] }
    const nodeId = nodes[0]?.nodeId ?? ''
    const live = await viewer.open()
    live.say({ type: 'ask', id: 1, nodeId, question: { kind: 'alert-log', chart: 'statsd_mark.level_gauge' } })
    const log = JSON.parse(await live.sees('alarm_event_id')) as { name: string; status: string; old_status: string }[]
    expect(log.slice(0, 3).map(({ status, old_status }) => [old_status, status])).toEqual([
      ['CRITICAL', 'CLEAR'],
      ['WARNING', 'CRITICAL'],
      ['CLEAR', 'WARNING'],
    ])
    live.close()
  },
)

function uptimeDocument(warning: string): string {
  const { config, ...blank } = blankRule()
  const match = { ...config.match, on: 'system.uptime' }
  const value = { ...config.value, calculation: '$uptime', units: 'seconds', update_every: 1 }
  const conditions = { warning_condition: warning, critical_condition: '' }
  return JSON.stringify({ format_version: 1, name: 'up_long', rules: [{ ...blank, config: { ...config, match, value, conditions } }] })
}

it(
  '[HL14] a document that is added to this host over the link fires, is changed, and goes again; the host had alerts of its own before',
  { timeout: 180_000 },
  async ({ skip }) => {
    if (process.platform !== 'linux') skip('the built-in collector reads the files of a Linux kernel')
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    const viewer = await signInViewer(cloud)
    const raised = async () => {
      const { alerts } = (await viewer.get('/api/throughline/v1/alerts')) as { alerts: Alert[] }
      return alerts.find(({ name }) => name === 'up_long')?.status
    }
    const shows = (status: string | undefined) => waitUntil(async () => ((await raised()) === status ? true : undefined))
    const nodeId = await waitUntil(async () => {
      const { nodes } = (await viewer.get('/api/throughline/v1/nodes')) as { nodes: { nodeId: string; state: string }[] }
      return nodes.find(({ state }) => state === 'live')?.nodeId
    })
    const live = await viewer.open()
    const template = 'health:alert:prototype'
    const config = { kind: 'config', timeoutS: 10 } as const

    live.say({ type: 'ask', id: 1, nodeId, question: { ...config, action: 'tree', path: '/health/alerts/prototypes' } })
    expect(await live.sees('health:alert:prototype:disk_space_used')).toContain('"source_type":"stock"')
    const body = uptimeDocument('$this > 1')
    live.say({ type: 'ask', id: 2, nodeId, question: { ...config, action: 'userconfig', id: template, name: 'up_long', body } })
    expect(await live.sees('template: up_long')).toContain('warn: $this > 1')
    live.say({ type: 'ask', id: 3, nodeId, question: { ...config, action: 'add', id: template, name: 'up_long', body } })
    await live.sees('"message":"accepted"')
    await shows('warning')
    live.say({ type: 'ask', id: 4, nodeId, question: { kind: 'alert-log', chart: 'system.uptime' } })
    const [entry] = JSON.parse(await live.sees('"up_long"')) as { status: string; transition_id: string }[]
    expect(entry).toMatchObject({ status: 'WARNING', transition_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string })

    const changed = uptimeDocument('$this > 1000000000000')
    live.say({ type: 'ask', id: 5, nodeId, question: { ...config, action: 'update', id: `${template}:up_long`, body: changed } })
    await live.sees('"message":"updated"')
    await shows(undefined)
    live.say({ type: 'ask', id: 6, nodeId, question: { ...config, action: 'remove', id: `${template}:up_long` } })
    await live.sees('"message":"deleted"')
    live.say({ type: 'ask', id: 7, nodeId, question: { ...config, action: 'get', id: `${template}:up_long` } })
    expect(await live.sees('there is no configuration')).toContain('"status":404')
    live.close()
  },
)
