import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { spaceId } from '../../test/doubles/benches/identity-bench.ts'
import { createMemoryStore } from '../../test/doubles/stores/memory-store.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { identityLimits } from './limits.ts'
import { createSignIns, type SignIn } from './sign-ins.ts'

const personId = randomUUID() as string as PersonId
const ended = expect.objectContaining({ code: 'SESSION_EXPIRED' })

function bench() {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const reused: SignIn[] = []
  return { clock, store, reused, signIns: createSignIns({ store, clock, log: silentLog, onReuse: (signIn) => void reused.push(signIn) }) }
}

it('[ID11] rotates, and gives the token before the same successor for ten seconds', async () => {
  const { signIns, clock, reused } = bench()
  const first = await signIns.start(personId, spaceId)
  const second = await signIns.refresh(first.refreshToken)
  expect(second.refreshToken).not.toBe(first.refreshToken)
  clock.advance(identityLimits.refreshGraceMs)
  expect((await signIns.refresh(first.refreshToken)).refreshToken).toBe(second.refreshToken)
  expect((await signIns.refresh(second.refreshToken)).signInId).toBe(first.signInId)
  expect(reused).toEqual([])
})

it('[ID11] gives concurrent users of one token one successor', async () => {
  const { signIns, reused } = bench()
  const first = await signIns.start(personId, spaceId)
  const answers = await Promise.all(Array.from({ length: 6 }, () => signIns.refresh(first.refreshToken)))
  expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1)
  expect(reused).toEqual([])
})

it('[ID11] ends the sign-in when an older token comes back after the grace', async () => {
  const { signIns, clock, reused } = bench()
  const first = await signIns.start(personId, spaceId)
  const second = await signIns.refresh(first.refreshToken)
  clock.advance(identityLimits.refreshGraceMs + 1)
  await expect(signIns.refresh(first.refreshToken)).rejects.toEqual(ended)
  await expect(signIns.refresh(second.refreshToken)).rejects.toEqual(ended)
  expect(reused.map(({ signInId }) => signInId)).toEqual([first.signInId])
})

it('[ID11] ends the sign-in when a token two generations old comes back at once', async () => {
  const { signIns, reused } = bench()
  const first = await signIns.start(personId, spaceId)
  const second = await signIns.refresh(first.refreshToken)
  await signIns.refresh(second.refreshToken)
  await expect(signIns.refresh(first.refreshToken)).rejects.toEqual(ended)
  expect(reused).toHaveLength(1)
})

it('[ID7] leaves the sign-in alone when a stranger guesses', async () => {
  const { signIns, reused } = bench()
  const mine = await signIns.start(personId, spaceId)
  const other = await signIns.start(personId, spaceId)
  const bytes = Buffer.from(mine.refreshToken, 'base64url')
  const guess = Buffer.concat([bytes.subarray(0, 32), Buffer.from(other.refreshToken, 'base64url').subarray(32)]).toString('base64url')
  await expect(signIns.refresh(guess)).rejects.toEqual(ended)
  await expect(signIns.refresh('')).rejects.toEqual(ended)
  expect(await signIns.endByToken(guess)).toBeUndefined()
  expect(reused).toEqual([])
  expect((await signIns.refresh(mine.refreshToken)).signInId).toBe(mine.signInId)
})

it('[ID12] ends after seven days without use', async () => {
  const { signIns, clock } = bench()
  const { refreshToken } = await signIns.start(personId, spaceId)
  clock.advance(identityLimits.refreshIdleMs - 1)
  const next = await signIns.refresh(refreshToken)
  clock.advance(identityLimits.refreshIdleMs)
  await expect(signIns.refresh(next.refreshToken)).rejects.toEqual(ended)
})

it('[ID12] ends after thirty days in any case', async () => {
  const { signIns, clock } = bench()
  let current = await signIns.start(personId, spaceId)
  for (let day = 0; day < 29; day++) {
    clock.advance(24 * 3_600_000)
    current = await signIns.refresh(current.refreshToken)
  }
  clock.advance(24 * 3_600_000 - 60_000)
  current = await signIns.refresh(current.refreshToken)
  expect(current.accessExpiresAtMs).toBe(clock.nowMs() + 60_000)
  clock.advance(60_000)
  await expect(signIns.refresh(current.refreshToken)).rejects.toEqual(ended)
})

it('[ID29] keeps at most fifty, and ends the one unused for longest', async () => {
  const { signIns, clock } = bench()
  const first = await signIns.start(personId, spaceId)
  for (let count = 1; count <= identityLimits.signInsPerPerson; count++) {
    clock.advance(1_000)
    await signIns.start(personId, spaceId)
  }
  const left = await signIns.list(personId)
  expect(left).toHaveLength(identityLimits.signInsPerPerson)
  expect(left.map(({ signInId }) => signInId)).not.toContain(first.signInId)
})

it('[ID3] stores no refresh token', async () => {
  const { signIns, store } = bench()
  const first = await signIns.start(personId, spaceId)
  const second = await signIns.refresh(first.refreshToken)
  const stored = JSON.stringify((await store.list(`person#${personId}`)).items)
  for (const { refreshToken } of [first, second]) {
    const bytes = Buffer.from(refreshToken, 'base64url')
    for (const secret of [bytes.subarray(32, 64), bytes.subarray(64)]) {
      expect(stored).not.toContain(secret.toString('base64url'))
      expect(stored).not.toContain(secret.toString('hex'))
    }
  }
})
