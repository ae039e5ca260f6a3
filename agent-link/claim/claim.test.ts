import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { startFakeCloud } from '../../test/doubles/agents/fake-cloud.ts'
import type { FakeCloud, Override } from '../../test/doubles/agents/fake-cloud.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import type { MachineGuid } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { claim, claimBody, claimRefusal, claimUrl } from './claim.ts'
import { ensureKeyPair, ensureMachineGuid, loadClaim, peekMachineGuid, saveNodeId } from './claim-files.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const machineGuid = '5f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11' as MachineGuid

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-claim-'))
  undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

async function newCloud(override?: Override): Promise<FakeCloud> {
  const cloud = await startFakeCloud(override ? { override } : {})
  undo.push(() => cloud.stop())
  return cloud
}

/** A clock whose waits are over at once, and which notes them. */
function hurriedClock(): { clock: Clock; waits: number[] } {
  const waits: number[] = []
  const clock: Clock = {
    ...createHandClock(),
    after(delayMs, action) {
      waits.push(delayMs)
      setImmediate(action)
      return () => undefined
    },
  }
  return { clock, waits }
}

const failure = async (work: Promise<unknown>): Promise<ThroughlineError> => {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof ThroughlineError)) throw new Error('expected a ThroughlineError', { cause: thrown })
  return thrown
}

it('[AL1] claims with the body of the protocol and keeps key, claim id and link readable by the owner only', async () => {
  const cloud = await newCloud()
  const folder = await newFolder()
  const wish = {
    url: `${cloud.url}/`,
    token: 'token-1',
    roomIds: [' room-a ', ''],
    hostname: 'edge-1',
    machineGuid,
    folder,
    caPem: cloud.caPem,
  }

  const claimId = await claim(wish, { clock: hurriedClock().clock, log: silentLog })

  const [request] = cloud.requests
  expect(request).toMatchObject({ method: 'PUT', path: `/api/v1/spaces/nodes/${claimId}` })
  expect(request?.headers['content-type']).toBe('application/json')
  const publicKey = await readFile(join(folder, 'public.pem'), 'utf8')
  const body: unknown = JSON.parse(request?.body ?? '')
  expect(body).toEqual({ node: { id: claimId, hostname: 'edge-1' }, token: 'token-1', rooms: ['room-a'], publicKey, mGUID: machineGuid })
  const privateKey = await readFile(join(folder, 'private.pem'), 'utf8')
  expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/)
  expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----/)
  expect(createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' })).toBe(publicKey)
  expect(createPrivateKey(privateKey).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65_537n })
  expect(await readFile(join(folder, 'claimed_id'), 'utf8')).toBe(claimId)
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  expect((await readFile(join(folder, 'link.json'), 'utf8')).includes('token-1')).toBe(false)
  expect(await loadClaim(folder)).toEqual({
    url: wish.url,
    claimId,
    machineGuid,
    hostname: 'edge-1',
    caPem: cloud.caPem,
    privateKeyPem: privateKey,
    nodeId: undefined,
  })
})

const refusals = [
  { status: 422, key: 'ErrInvalidNodeID', code: 'CLAIM_ID_INVALID', retry: false },
  { status: 422, key: 'ErrInvalidNodeName', code: 'CLAIM_HOSTNAME_INVALID', retry: false },
  { status: 422, key: 'ErrInvalidRoomID', code: 'CLAIM_ROOM_INVALID', retry: false },
  { status: 422, key: 'ErrInvalidPublicKey', code: 'CLAIM_KEY_INVALID', retry: false },
  { status: 422, key: 'ErrOther', code: 'BODY_UNPROCESSABLE', retry: false },
  { status: 403, key: 'ErrForbidden', code: 'CLAIM_TOKEN_REFUSED', retry: false },
  { status: 409, key: 'ErrAlreadyClaimed', code: 'CLAIM_CONFLICT', retry: false },
  { status: 404, key: '', code: 'CONFIG_INVALID', retry: false },
  { status: 429, key: 'ErrTooManyRequests', code: 'RATE_LIMITED', retry: true },
  { status: 500, key: 'ErrInternalServerError', code: 'CLOUD_UNREACHABLE', retry: true },
  { status: 503, key: 'ErrServiceUnavailable', code: 'CLOUD_UNREACHABLE', retry: true },
  { status: 504, key: 'ErrGatewayTimeout', code: 'CLOUD_UNREACHABLE', retry: true },
  { status: 200, key: '', code: 'CLOUD_UNREACHABLE', retry: true },
] as const

it.each(refusals)('[AL2] reads $status $key as $code in one sentence', ({ status, key, code, retry }) => {
  const refusal = claimRefusal({ status, body: JSON.stringify({ errorCode: 'x', errorMsgKey: key, errorMessage: '<b>x</b>' }) })
  expect({ code: refusal.error.code, retry: refusal.retry }).toEqual({ code, retry })
  expect(refusal.error.message).toMatch(/^[^<\n]+\.$/)
})

it('[AL3] asks five times in all, 0.3 to 0.7 s apart and under one claim id, while the outcome may heal', async () => {
  let left = 4
  const cloud = await newCloud(() => (left-- > 0 ? { status: 503 } : undefined))
  const { clock, waits } = hurriedClock()
  const wish = { url: cloud.url, token: 't', roomIds: [], hostname: 'h', machineGuid, folder: await newFolder(), caPem: cloud.caPem }

  await claim(wish, { clock, log: silentLog, random: () => 0.5 })

  expect(waits).toEqual([500, 500, 500, 500])
  expect(new Set(cloud.requests.map(({ path }) => path)).size).toBe(1)
  cloud.setOverride(() => ({ status: 503 }))
  cloud.requests.length = 0
  expect((await failure(claim(wish, { clock, log: silentLog }))).code).toBe('CLOUD_UNREACHABLE')
  expect(cloud.requests.length).toBe(5)
})

it('[AL4] leaves an earlier claim as it was when the cloud refuses, and asks only once', async () => {
  const cloud = await newCloud()
  const folder = await newFolder()
  const wish = { url: cloud.url, token: 't', roomIds: [], hostname: 'h', machineGuid, folder, caPem: cloud.caPem }
  await claim(wish, { clock: hurriedClock().clock, log: silentLog })
  await saveNodeId(folder, '6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11' as never)
  const before = await loadClaim(folder)
  cloud.setOverride(() => ({ status: 403, body: '{"errorMsgKey":"ErrForbidden"}' }))
  cloud.requests.length = 0

  expect((await failure(claim(wish, { clock: hurriedClock().clock, log: silentLog }))).code).toBe('CLAIM_TOKEN_REFUSED')

  expect(cloud.requests.length).toBe(1)
  expect(await loadClaim(folder)).toEqual(before)
})

it('[AL5] a claim again takes a new claim id, keeps the key and forgets the node id', async () => {
  const cloud = await newCloud()
  const folder = await newFolder()
  const wish = { url: cloud.url, token: 't', roomIds: [], hostname: 'h', machineGuid, folder, caPem: cloud.caPem }
  const first = await claim(wish, { clock: hurriedClock().clock, log: silentLog })
  await saveNodeId(folder, '6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11' as never)
  expect((await loadClaim(folder))?.nodeId).toBe('6b6f7c1e-8f0b-4d9a-9d53-1b8a52a80f11')

  const second = await claim(wish, { clock: hurriedClock().clock, log: silentLog })

  expect(second).not.toBe(first)
  expect((await loadClaim(folder))?.nodeId).toBeUndefined()
  const keys = cloud.requests.map(({ body }) => (JSON.parse(body) as { publicKey: string }).publicKey)
  expect(keys[0]).toBe(keys[1])
})

it('[AL6] knows no claim in an empty folder, and refuses a damaged one in one sentence', async () => {
  const folder = await newFolder()
  expect(await loadClaim(folder)).toBeUndefined()
  await writeFile(join(folder, 'link.json'), '{"claimId":"no uuid"}')
  expect(await failure(loadClaim(folder))).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/claim this host again\.$/) as string,
  })
})

it('[AL6] half a key pair is made anew, a whole one is kept', async () => {
  const folder = await newFolder()
  const first = await ensureKeyPair(folder)
  expect(await ensureKeyPair(folder)).toEqual(first)
  await rm(join(folder, 'public.pem'))
  expect((await ensureKeyPair(folder)).privateKeyPem).not.toBe(first.privateKeyPem)
})

it('[AL6] a host keeps one machine guid for life, and looking makes none', async () => {
  const folder = await newFolder()
  expect(await peekMachineGuid(folder)).toBeUndefined()
  const made = await ensureMachineGuid(folder)
  expect(made.machineGuid).toMatch(/^[0-9a-f-]{36}$/)
  expect(await ensureMachineGuid(folder)).toEqual(made)
  expect(await peekMachineGuid(folder)).toBe(made.machineGuid)
})

it('[AL6] a folder that cannot be written is told as such', async () => {
  const folder = await newFolder()
  await writeFile(join(folder, 'file'), '')
  expect(await failure(ensureKeyPair(join(folder, 'file')))).toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' })
})

it('[AL7] never sends a claim to a cloud whose certificate it does not trust, or over plain HTTP', async () => {
  const cloud = await newCloud()
  const other = await newCloud()
  const wish = { token: 't', roomIds: [], hostname: 'h', machineGuid, folder: await newFolder() }
  const deps = { clock: hurriedClock().clock, log: silentLog }

  for (const caPem of [undefined, other.caPem]) {
    expect(await failure(claim({ ...wish, url: cloud.url, caPem }, deps))).toMatchObject({
      code: 'CLOUD_UNREACHABLE',
      message: expect.stringContaining('not signed by a CA this host trusts') as string,
    })
  }
  const byOtherName = cloud.url.replace('localhost', '127.0.0.2')
  expect((await failure(claim({ ...wish, url: byOtherName, caPem: cloud.caPem }, deps))).code).toBe('CLOUD_UNREACHABLE')
  expect(await failure(claim({ ...wish, url: 'http://localhost:1' }, deps))).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(cloud.requests).toEqual([])
})

it('[AL7] says in one sentence that nothing listens, or that the address is none', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const wish = { url: `https://127.0.0.1:${port}`, token: 't', roomIds: [], hostname: 'h', machineGuid, folder: await newFolder() }
  expect(await failure(claim(wish, { clock: hurriedClock().clock, log: silentLog }))).toMatchObject({
    code: 'CLOUD_UNREACHABLE',
    message: `Nothing listens at 127.0.0.1:${port}.`,
  })
  expect(() => claimUrl('nowhere', 'id')).toThrow('is not an address')
})

it('[AL1] the claim URL keeps the base path and tolerates one trailing slash', () => {
  expect(claimUrl('https://cloud:1/base/', 'id').href).toBe('https://cloud:1/base/api/v1/spaces/nodes/id')
  expect(claimBody({ token: 't', roomIds: [], hostname: 'h', machineGuid }, 'id', 'pem')).not.toContain(' ')
})
