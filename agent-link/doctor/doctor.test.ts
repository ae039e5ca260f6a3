import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { generate as generateCertificate } from 'selfsigned'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { errorAnswer } from '../../src/aclk/otp/answers.ts'
import type { MachineGuid } from '../../src/domain/ids.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { startFakeCloud } from '../../test/doubles/agents/fake-cloud.ts'
import { claim } from '../claim/claim.ts'
import { claimFileNames } from '../claim/claim-files.ts'
import { checkAddress, checkProxy } from './address.ts'
import { examineHost, type ExamineWish } from './examine.ts'
import type { Finding } from './finding.ts'
import { checkLocalNetdata } from './local-netdata.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-doctor-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

async function newCloud(options: Parameters<typeof startFakeCloud>[0] = {}) {
  const cloud = await startFakeCloud(options)
  onTestFinished(() => cloud.stop())
  return cloud
}

async function examine(wish: Partial<ExamineWish> & { url: string }, clock = systemClock) {
  const whole: ExamineWish = { caPem: undefined, folder: wish.folder ?? (await newFolder()), netdata: undefined, env: {}, ...wish }
  const findings: Finding[] = []
  const lookup = (host: string) => (host === 'localhost' ? Promise.resolve(['127.0.0.1']) : Promise.reject(new Error('no such name')))
  for await (const finding of examineHost(whole, { clock, lookup })) findings.push(finding)
  return findings
}

const verdicts = (findings: readonly Finding[]) => findings.map(({ check, isGood }) => `${check} ${isGood ? 'good' : 'MEND'}`)
const lastOf = (findings: readonly Finding[], check: string) => findings.find((finding) => finding.check === check)?.sentence ?? ''

async function claimedFolder(cloud: Awaited<ReturnType<typeof newCloud>>): Promise<string> {
  const folder = await newFolder()
  const machineGuid = '11111111-1111-4111-8111-111111111111' as MachineGuid
  const wish = { url: cloud.url, token: 'secret-token', roomIds: [], hostname: 'edge-9', machineGuid, folder, caPem: cloud.caPem }
  await claim(wish, { clock: systemClock, log: silentLog })
  return folder
}

it('[AL101] a host whose claim is good passes every step, in the order an agent takes them', async () => {
  const cloud = await newCloud()
  const folder = await claimedFolder(cloud)
  const findings = await examine({ url: cloud.url, folder })
  expect(verdicts(findings)).toEqual([
    'address good',
    'proxy good',
    'DNS good',
    'port good',
    'TLS good',
    'clock good',
    'discovery good',
    'claim good',
    'egress good',
    'sign-in good',
  ])
  expect(findings.every(({ sentence }) => /^[^\n]+\.$/.test(sentence))).toBe(true)
  expect(JSON.stringify(findings)).not.toContain('secret-token')
})

it('[AL101] a host that is not claimed yet is told whether a claim would get through', async () => {
  const cloud = await newCloud()
  const findings = await examine({ url: cloud.url, caPem: cloud.caPem })
  expect(verdicts(findings).slice(4)).toEqual(['TLS good', 'clock good', 'discovery good', 'claim good'])
})

it.each([
  ['http://cloud.example:8443', 'https://'],
  ['https://cloud.example', 'https://cloud.example:443'],
  ['https://cloud.example:8443/netdata', 'without a path'],
  ['https://[::1]:8443', 'use a name'],
  ['cloud.example', 'https://host:port'],
])('[AL102] the address %s is mended in words', (text, words) => {
  const { finding } = checkAddress(text)
  expect(finding).toMatchObject({ check: 'address', isGood: false })
  expect(finding.sentence).toContain(words)
})

it('[AL102] https://cloud.example:443 has its port written', () => {
  expect(checkAddress('https://cloud.example:443').finding.isGood).toBe(true)
})

it('[AL103] proxies are named by their variable and never by their value', () => {
  const env = { https_proxy: 'http://user:hunter2@proxy:3128' }
  const set = checkProxy(env, 'cloud.example')
  expect(set.sentence).toContain('https_proxy')
  expect(set.sentence).toContain('directly')
  expect(checkProxy({ ...env, no_proxy: 'localhost,.example' }, 'cloud.example').sentence).toContain('no_proxy excepts')
  expect(JSON.stringify(set)).not.toContain('hunter2')
})

it('[AL104] the first step that fails ends the way to the cloud', async () => {
  const unknown = await examine({ url: 'https://nowhere.invalid:8443' })
  expect(verdicts(unknown)).toEqual(['address good', 'proxy good', 'DNS MEND', 'claim good'])
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const { port } = silent.address() as AddressInfo
  silent.close()
  const closed = await examine({ url: `https://localhost:${port}` })
  expect(verdicts(closed)).toEqual(['address good', 'proxy good', 'DNS good', 'port MEND', 'claim good'])
  expect(lastOf(closed, 'port')).toContain('nothing listens')
})

it('[AL105] TLS: an unknown CA, another name and plain HTTP are told apart', async () => {
  const cloud = await newCloud()
  const untrusted = await examine({ url: cloud.url })
  expect(lastOf(untrusted, 'TLS')).toContain('--ca')
  const foreign = await generateCertificate([{ name: 'commonName', value: 'x' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'other.example' }] },
    ],
  })
  const other = createHttpsServer({ key: foreign.private, cert: foreign.cert })
  other.listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  onTestFinished(() => void other.close())
  const named = await examine({ url: `https://localhost:${(other.address() as AddressInfo).port}`, caPem: foreign.cert })
  expect(lastOf(named, 'TLS')).toMatch(/does not name localhost, it names other\.example; .*THROUGHLINE_TLS_NAMES=localhost/)
  const plain = createHttpServer((_request, response) => response.end())
  plain.listen(0, '127.0.0.1')
  await new Promise((resolve) => plain.once('listening', resolve))
  onTestFinished(() => void plain.close())
  const spoken = await examine({ url: `https://localhost:${(plain.address() as AddressInfo).port}` })
  expect(lastOf(spoken, 'TLS')).toContain('does not speak TLS')
})

it('[AL106] a clock that is off by more than half a minute is told with how much', async () => {
  const cloud = await newCloud()
  const late = { ...systemClock, nowMs: () => systemClock.nowMs() + 90_000 }
  const findings = await examine({ url: cloud.url, caPem: cloud.caPem }, late)
  expect(verdicts(findings)).toContain('clock MEND')
  expect(lastOf(findings, 'clock')).toMatch(/(?:89|9[01]) s ahead of/)
})

it('[AL107] a claim that is removed, elsewhere, damaged or of another key is told with its mend', async () => {
  const cloud = await newCloud()
  const folder = await claimedFolder(cloud)
  const gone = errorAnswer({ code: 'CLAIM_UNKNOWN', key: 'ErrNotFound', message: 'm', nonRetryable: true })
  cloud.setOverride((step) => (step === 'challenge' ? { status: 404, body: gone } : undefined))
  expect(lastOf(await examine({ url: cloud.url, folder }), 'sign-in')).toContain('the node was removed there')
  cloud.setOverride((step) =>
    step === 'challenge' ? { status: 200, body: JSON.stringify({ challenge: Buffer.alloc(256, 1).toString('base64') }) } : undefined,
  )
  expect(lastOf(await examine({ url: cloud.url, folder }), 'sign-in')).toContain('claim this host again')
  cloud.setOverride(undefined)
  const elsewhere = await newCloud()
  expect(lastOf(await examine({ url: elsewhere.url, caPem: elsewhere.caPem, folder }), 'claim')).toContain('not here')
  await writeFile(join(folder, claimFileNames.link), '{}')
  expect(lastOf(await examine({ url: cloud.url, caPem: cloud.caPem, folder }), 'claim')).toContain('damaged')
})

it('[AL107] what answers but is no cloud is told', async () => {
  const cloud = await newCloud({ override: (step) => (step === 'env' ? { status: 404, body: 'nothing' } : undefined) })
  expect(lastOf(await examine({ url: cloud.url, caPem: cloud.caPem }), 'discovery')).toContain('no cloud for agents')
})

async function netdataSaying(v1: unknown, v2?: unknown): Promise<string> {
  const server = createHttpServer((request, response) => {
    const body = request.url === '/api/v1/info' ? v1 : v2
    if (body === undefined) response.writeHead(404)
    response.end(body === undefined ? 'no' : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const uid = '22222222-2222-4222-8222-222222222222'
const status = (text: string) => ({ agents: [{ cloud: { status: text, url: 'https://other.example' } }] })
const claimed = { version: 'v2.10.4', uid, 'cloud-enabled': true, 'cloud-available': true, 'agent-claimed': true, 'aclk-available': false }

it.each([
  [
    'without cloud support',
    { version: '1.37.1', uid, 'cloud-enabled': false, 'cloud-available': false },
    undefined,
    'MEND',
    'built without',
  ],
  ['not claimed', { ...claimed, 'agent-claimed': false }, status('available'), 'good', 'not claimed yet'],
  ['switched off', { ...claimed, 'cloud-enabled': false }, undefined, 'MEND', 'switched off'],
  ['banned', claimed, status('banned'), 'MEND', 'banned'],
  ['claimed elsewhere', claimed, status('offline'), 'MEND', 'https://other.example'],
  ['linked', { ...claimed, 'aclk-available': true }, status('online'), 'good', 'link is open'],
])('[AL108] a Netdata that is %s is told so', async (_name, v1, v2, verdict, words) => {
  const [, support] = await checkLocalNetdata(await netdataSaying(v1, v2), false)
  expect(support?.isGood).toBe(verdict === 'good')
  expect(support?.sentence).toContain(words)
})

it('[AL108] behind agent-link a Netdata needs no cloud support of its own', async () => {
  const url = await netdataSaying({ version: '1.37.1', uid, 'cloud-enabled': false, 'cloud-available': false })
  expect((await checkLocalNetdata(url, true)).every(({ isGood }) => isGood)).toBe(true)
})

it('[AL108] no agent at the address, another program and another host are told', async () => {
  for (const url of ['http://127.0.0.1:1', await netdataSaying({ hello: 1 }), 'http://10.1.1.1:19999'])
    expect(await checkLocalNetdata(url, true)).toEqual([expect.objectContaining({ check: 'netdata', isGood: false }) as unknown])
})

it('[AL109] the id of a claim survives the doctor: nothing is written', async () => {
  const cloud = await newCloud()
  const folder = await claimedFolder(cloud)
  const before = cloud.requests.length
  await examine({ url: cloud.url, folder })
  expect(cloud.requests.slice(before).map(({ method, path }) => `${method} ${path.split('?')[0]?.split('/').at(-1)}`)).toEqual([
    'GET env',
    'GET challenge',
  ])
})
