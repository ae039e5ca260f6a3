import { expect, it } from 'vitest'
import { envAnswer, errorAnswer, passwordAnswer } from '../../src/aclk/otp/answers.ts'
import { authUrl, envUrl, readChallenge, readEnv, readPass, readRefusal } from './discovery.ts'

const env = JSON.parse(envAnswer({ host: 'cloud.example', port: 8443 })) as Record<string, unknown>
const pass = JSON.parse(passwordAnswer({ clientId: 'c', username: 'u', password: 'p' })) as { topics: { name: string; topic: string }[] }

it('[AL8] asks for discovery at the root of the host, with version, words and claim id', () => {
  expect(envUrl('https://cloud:1/base', 'id', '1.2.3').href).toBe('https://cloud:1/api/v1/env?v=1.2.3&cap=proto,ctx&claim_id=id')
})

it('[AL8] reads where to authenticate and where to link', () => {
  const directions = readEnv(JSON.stringify({ ...env, unknown: 1 }))
  expect(authUrl(directions, 'id', 'challenge').href).toBe('https://cloud.example:8443/api/v1/auth/node/id/challenge')
  expect(directions.mqttUrl.href).toBe('wss://cloud.example:8443/mqtt')
  expect(directions.backoff).toEqual({ base: 2, maxSeconds: 60_000, minSeconds: 0 })
})

const brokenEnvs: readonly (readonly [string, unknown])[] = [
  ['no JSON', undefined],
  ['a plain auth address', { ...env, authEndpoint: 'http://cloud.example:1/api' }],
  ['another encoding', { ...env, encoding: 'json' }],
  ['no transport', { ...env, transports: [] }],
  ['an old transport only', { ...env, transports: [{ type: 'MQTTv3', endpoint: 'wss://a:1/mqtt' }] }],
  ['a plain link address', { ...env, transports: [{ type: 'MQTTv5', endpoint: 'ws://a:1/mqtt' }] }],
  ['a back-off out of range', { ...env, backoff: { base: 0, maxSeconds: 500, minSeconds: 0 } }],
  ['a back-off that is no number', { ...env, backoff: { base: 2, maxSeconds: '500', minSeconds: 0 } }],
  ['an array', []],
]
it.each(brokenEnvs)('[AL8] refuses a discovery answer with %s', (_, value) => {
  expect(() => readEnv(value === undefined ? 'x' : JSON.stringify(value))).toThrow(
    expect.objectContaining({ code: 'LINK_PROTOCOL' }) as Error,
  )
})

it('[AL8] takes a challenge of exactly 344 characters', () => {
  const block = Buffer.alloc(256, 7)
  expect(readChallenge(JSON.stringify({ challenge: block.toString('base64') }))).toEqual(block)
  expect(() => readChallenge(JSON.stringify({ challenge: block.toString('base64').slice(4) }))).toThrow('challenge')
  expect(() => readChallenge('{}')).toThrow('challenge')
})

it('[AL8] puts the claim id into every topic and ignores names it does not know', () => {
  const body = JSON.stringify({ ...pass, topics: [...pass.topics, { name: 'node-instance-manifest', topic: '/x/#{claim_id}' }, 7] })
  const read = readPass(body, 'the-claim')
  expect(read).toMatchObject({ clientId: 'c', username: 'u', password: 'p' })
  expect(read.topics.get('agent-connection')).toBe('/agent/the-claim/outbound/v1/agent-connection')
  expect(read.topics.size).toBe(pass.topics.length)
})

it('[AL8] refuses a password answer without credentials or without a topic it needs', () => {
  const without = pass.topics.filter(({ name }) => name !== 'contexts-updated')
  expect(() => readPass(JSON.stringify({ ...pass, topics: without }), 'id')).toThrow('contexts-updated')
  const withoutClaim = pass.topics.map((topic) => (topic.name === 'inbox-cmd' ? { name: 'inbox-cmd', topic: '/plain' } : topic))
  expect(() => readPass(JSON.stringify({ ...pass, topics: withoutClaim }), 'id')).toThrow('inbox-cmd')
  expect(() => readPass(JSON.stringify({ ...pass, username: 1 }), 'id')).toThrow('credentials')
})

it('[AL12] reads a refusal only when its three texts are there', () => {
  const whole = errorAnswer({ code: 'a', key: 'ErrX', message: 'm', nonRetryable: true, retryDelayS: 7 })
  expect(readRefusal(whole)).toEqual({ key: 'ErrX', nonRetryable: true, retryDelayS: 7 })
  const nothing = { key: undefined, nonRetryable: false, retryDelayS: undefined }
  for (const body of ['', 'null', '{"errorCode":1,"errorMsgKey":"k","errorMessage":"m","errorNonRetryable":true}'])
    expect(readRefusal(body)).toEqual(nothing)
  expect(readRefusal(whole.replace(':7', ':-7'))).toMatchObject({ retryDelayS: undefined })
})
