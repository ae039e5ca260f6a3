import { expect, it } from 'vitest'
import { topicNames } from '../topics/topics.ts'
import { envAnswer, errorAnswer, passwordAnswer } from './answers.ts'

it('[AK5] env has what agents require: proto, an MQTTv5 endpoint with its port, back-off in range', () => {
  const env = JSON.parse(envAnswer({ host: 'cloud.example', port: 443 })) as Record<string, unknown>
  expect(env).toEqual({
    authEndpoint: 'https://cloud.example:443/api/v1/auth',
    encoding: 'proto',
    transports: [{ type: 'MQTTv5', endpoint: 'wss://cloud.example:443/mqtt' }],
    capabilities: ['proto', 'ctx'],
    backoff: { base: expect.any(Number) as number, maxSeconds: expect.any(Number) as number, minSeconds: expect.any(Number) as number },
  })
  const { base, maxSeconds, minSeconds } = env['backoff'] as Record<string, number>
  expect([base, maxSeconds, minSeconds].every(Number.isInteger)).toBe(true)
  expect(base).toBeGreaterThanOrEqual(1)
  expect(base).toBeLessThanOrEqual(10)
  expect(maxSeconds).toBeGreaterThanOrEqual(500)
})

it('[AK6] the password answer holds the credentials and all topics, and fits what agents can read', () => {
  const text = passwordAnswer({ clientId: 'c', username: 'u', password: 'p' })
  expect(JSON.parse(text)).toMatchObject({ clientID: 'c', username: 'u', password: 'p' })
  expect((JSON.parse(text) as { topics: unknown[] }).topics).toHaveLength(topicNames.length)
  expect(Buffer.byteLength(text)).toBeLessThan(16_384)
})

it('[AK7] the error object is minified, has its three texts, and the optional keys only when given', () => {
  expect(errorAnswer({ code: 'A', key: 'ErrForbidden', message: 'm' })).toBe(
    '{"errorCode":"A","errorMsgKey":"ErrForbidden","errorMessage":"m"}',
  )
  expect(errorAnswer({ code: 'A', key: 'K', message: 'm', nonRetryable: true, retryDelayS: 7 })).toBe(
    '{"errorCode":"A","errorMsgKey":"K","errorMessage":"m","errorNonRetryable":true,"errorRetryDelaySeconds":7}',
  )
})
