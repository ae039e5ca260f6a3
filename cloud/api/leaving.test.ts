import { expect, it } from 'vitest'
import { createApiBench } from '../../test/doubles/benches/api-bench.ts'
import { nodeId } from '../../test/doubles/benches/identity-bench.ts'

const path = `/api/throughline/v1/nodes/${nodeId}`

it('[API102] removes a node for an admin and answers 204; foreign, absent and malformed ids are 404 alike', async () => {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  expect((await bench.call('DELETE', path, { cookie })).status).toBe(204)
  expect(bench.removed).toEqual([nodeId])
  const answers = [
    await bench.call('DELETE', '/api/throughline/v1/nodes/66666666-6666-4666-8666-666666666666', { cookie }),
    await bench.call('DELETE', '/api/throughline/v1/nodes/what', { cookie }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([404, 404])
  expect(answers[0]?.text).toBe(answers[1]?.text)
  expect(bench.removed).toHaveLength(1)
})

it('[API102] a stranger, and a page of another origin, remove nothing', async () => {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  expect((await bench.call('DELETE', path)).status).toBe(401)
  expect((await bench.call('DELETE', path, { cookie, headers: { origin: 'https://evil.example' } })).status).toBe(403)
  expect(bench.removed).toEqual([])
})

it('[API103] shows what agents tried, with sentence and mend, to those who may connect nodes', async () => {
  const bench = await createApiBench()
  expect((await bench.call('GET', '/api/throughline/v1/connect-attempts')).status).toBe(401)
  const answer = await bench.call('GET', '/api/throughline/v1/connect-attempts', { cookie: await bench.signedIn() })
  expect(answer.status).toBe(200)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.json).toEqual({
    attempts: [
      {
        firstAtMs: 1,
        atMs: 2,
        count: 3,
        address: '10.0.0.5',
        stage: 'claim',
        reason: 'token-expired',
        isGood: false,
        sentence: 'An agent from 10.0.0.5 tried to claim: its claim token has expired.',
        mend: 'Create another claim token and use that one.',
        claimId: null,
        hostname: null,
      },
    ],
  })
})
