import { expect, it } from 'vitest'
import { alertConfig, claimId, createApiBench } from '../../../test/doubles/benches/api-bench.ts'
import { nodeId } from '../../../test/doubles/benches/identity-bench.ts'

const base = '/api/throughline/v1'
const one = (query: Record<string, string>) => `${base}/alerts/one?${new URLSearchParams(query).toString()}`

it('[AE14] an alert is answered with its definition, and with how its agent can be asked for its past', async () => {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  const ask = async (query: Record<string, string> = {}) =>
    bench.call('GET', one({ nodeId, chart: 'system.cpu', name: 'cpu_high', ...query }), { cookie })
  const { status, json } = await ask()
  expect(status).toBe(200)
  expect(json).toMatchObject({
    alert: {
      nodeId,
      chart: 'system.cpu',
      name: 'cpu_high',
      status: 'warning',
      configHash: alertConfig.hash,
      isSilenced: false,
      transitionId: null,
    },
    config: { hash: alertConfig.hash, name: 'cpu_high', fields: alertConfig.fields },
    canAskHistory: 'v1',
  })
  bench.routes.set(nodeId, { claimId, hops: 0, capabilities: [{ name: 'http_api_v2', version: 9, enabled: true }] })
  expect((await ask()).json).toMatchObject({ canAskHistory: 'v2' })
  bench.routes.clear()
  expect((await ask()).json).toMatchObject({ canAskHistory: null })
  expect((await ask({ name: 'other' })).status).toBe(404)
  expect((await ask({ nodeId: '12345678-1234-4234-8234-123456789012' })).status).toBe(404)
  expect((await ask({ nodeId: 'x' })).status).toBe(422)
})

it('[AE15] what can be chosen from is answered sorted, once each, and without what is empty', async () => {
  const bench = await createApiBench()
  const { json } = await bench.call('GET', `${base}/alert-facets`, { cookie: await bench.signedIn() })
  expect(json).toEqual({
    classes: ['Utilization'],
    components: [],
    types: [],
    roles: ['sysadmin'],
    names: ['cpu_high'],
    contexts: ['system.cpu'],
  })
})
