import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isThisHost } from '../../agent-link/functions/is-this-host.ts'
import { createNetdataSource } from '../../agent-link/sources/netdata/netdata-source.ts'
import type { Source, SourceAnswer } from '../../agent-link/sources/source.ts'
import { contextsVersionHash } from '../../src/domain/version-hash.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { netdataProgram, startNetdata } from '../doubles/agents/netdata-server.ts'
import type { NetdataServer } from '../doubles/agents/netdata-server.ts'
import { waitUntil } from '../doubles/wait-until.ts'

interface ChartRange {
  readonly first_entry: number
  readonly last_entry: number
}

/** An alert that is raised at once and stays. */
const health = `
 template: always_raised
       on: system.cpu
     calc: 7
    units: things
    every: 1s
     warn: $this > 1 AND $this < 100
     info: a raised alert
       to: silent
`

describe(`the netdata source on ${netdataProgram}`, () => {
  let netdata: NetdataServer
  let source: Source
  const signal = new AbortController().signal
  const bodyText = ({ body, isGzip }: SourceAnswer) => (isGzip ? gunzipSync(body) : Buffer.from(body)).toString('utf8')

  beforeAll(async () => {
    netdata = await startNetdata({ files: { 'health.d/always.conf': health } })
    source = createNetdataSource({ url: netdata.url, clock: systemClock, log: silentLog })
    await source.start()
  })
  afterAll(async () => {
    await source.stop()
    await netdata.stop()
  })

  it('[NS9] knows the identity, facts and collectors of the real agent', async () => {
    const info = (await (await fetch(`${netdata.url}/api/v1/info`)).json()) as {
      uid: string
      version: string
      mirrored_hosts: string[]
      kernel_version: string
    }
    expect(source.machineGuid).toBe(info.uid)
    const { node, collectors } = source.info()
    expect(node).toMatchObject({
      hostname: info.mirrored_hosts[0],
      agentVersion: info.version,
      kernelVersion: info.kernel_version,
      kernelName: 'Linux',
    })
    expect(node.cpus).toBeGreaterThan(0)
    expect(node.labels).toHaveProperty('_system_cores')
    expect(collectors).toContainEqual({ plugin: 'proc.plugin', module: '/proc/stat' })
  })

  it('[HF10] is known as the netdata of this host, so that the functions of this host are offered beside it', () => {
    expect(isThisHost(source)).toBe(true)
  })

  async function lookFromScratch() {
    const fresh = createNetdataSource({ url: netdata.url, clock: systemClock, log: silentLog })
    await fresh.start()
    await fresh.stop()
    return fresh.contexts()
  }

  it('[NS9] announces its contexts, and looks from scratch agree about their version hash', async () => {
    // An agent that has just started is still finding out what it collects; two looks from scratch agree once it has.
    const agreed = await waitUntil(async () => {
      const [one, two] = [await lookFromScratch(), await lookFromScratch()]
      const isReady = one.some(({ id }) => id === 'system.cpu')
      return isReady && contextsVersionHash(one) === contextsVersionHash(two) ? one : undefined
    })
    const cpu = agreed.find(({ id }) => id === 'system.cpu')
    expect(cpu).toMatchObject({
      title: 'Total CPU utilization',
      units: 'percentage',
      family: 'cpu',
      chartType: 'stacked',
      priority: 100,
      lastEntryS: 0n,
    })
    expect(agreed.length).toBeGreaterThan(100)
  })

  it('[NS9] passes its answers on unchanged: system.cpu of the same seconds is the same, plain and compressed', async () => {
    // Six seconds that are all stored already, and therefore the same whenever they are asked for.
    const lastS = await waitUntil(async () => {
      const chart = (await (await fetch(`${netdata.url}/api/v1/chart?chart=system.cpu`)).json()) as ChartRange
      return chart.last_entry - chart.first_entry > 10 ? chart.last_entry - 2 : undefined
    })
    const query = `chart=system.cpu&after=${lastS - 5}&before=${lastS}&options=seconds,unaligned`
    const own = await (await fetch(`${netdata.url}/api/v1/data?${query}`)).text()
    for (const acceptsGzip of [false, true]) {
      const answer = await source.answer({ command: 'data', query, acceptsGzip }, signal)
      expect(answer).toMatchObject({ status: 200, isGzip: acceptsGzip })
      expect(bodyText(answer)).toBe(own)
    }
    expect((JSON.parse(own) as { data: unknown[] }).data.length).toBe(6)
    expect((await source.answer({ command: 'data', query: 'chart=nope', acceptsGzip: true }, signal)).status).toBe(404)
  })

  it('[NS9] announces a raised alert with its context and its definition', async () => {
    const alert = await waitUntil(() => source.alerts().find(({ name, status }) => name === 'always_raised' && status === 'warning'))
    expect(alert).toMatchObject({
      chart: 'system.cpu',
      context: 'system.cpu',
      family: 'cpu',
      value: 7,
      valueText: '7 things',
      info: 'a raised alert',
    })
    expect(alert.configHash).not.toMatch(/^[0-]+$/)
    expect(source.alertConfig(alert.configHash)).toMatchObject({
      template: 'always_raised',
      onChart: 'system.cpu',
      warningExpr: '$this > 1 AND $this < 100',
      units: 'things',
    })
  })
})
