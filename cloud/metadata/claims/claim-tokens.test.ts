import { afterEach, beforeEach, expect, it } from 'vitest'
import { claimAgent, newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { RoomId } from '../../../src/domain/ids.ts'
import type { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { keys } from '../keys.ts'
import { metadataLimits } from '../limits.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
beforeEach(async () => {
  lab = await startMetadata()
})
afterEach(() => lab.dispose())

const issue = (wish: { uses?: number; validForMs?: number; roomIds?: readonly RoomId[] } = {}) =>
  lab.metadata.claimTokens.issue({
    spaceId: lab.spaceId,
    roomIds: wish.roomIds ?? [],
    validForMs: wish.validForMs ?? 60_000,
    uses: wish.uses ?? 1,
  })

async function makeRoom(): Promise<RoomId> {
  const roomId = newUuid<RoomId>()
  await lab.store.write(
    { ...keys.room(lab.spaceId, roomId), kind: 'room', data: { name: 'r', isAllNodes: false, createdAtMs: 0 } },
    'absent',
  )
  return roomId
}

it('[MD4] issues tokens of 135 characters that agents let through, and stores only their hash', async () => {
  const { token, expiresAtMs } = await issue()
  expect(token).toMatch(/^[A-Za-z0-9]{135}$/)
  expect(expiresAtMs).toBe(lab.clock.nowMs() + 60_000)
  expect((await issue()).token).not.toBe(token)
  const stored = JSON.stringify(await Promise.all(['installation', `space/${lab.spaceId}`].map((partition) => lab.store.list(partition))))
  expect(stored).not.toContain(token)
})

it('[MD5] refuses a token that is unknown, expired, revoked or used up, always alike', async () => {
  const refusal = { code: 'CLAIM_TOKEN_REFUSED', message: 'The claim token is expired, used up, revoked or unknown.' }
  const claimWith = (token: string) => claimAgent(lab.metadata, lab.spaceId, { token })
  await expect(claimWith('unknown')).rejects.toMatchObject(refusal)
  const { token: used } = await issue()
  await claimWith(used)
  await expect(claimWith(used)).rejects.toMatchObject(refusal)
  const { token: revoked, tokenId } = await issue({ uses: 5 })
  await claimWith(revoked)
  expect(await lab.metadata.claimTokens.revoke(lab.spaceId, tokenId)).toBe(true)
  await expect(claimWith(revoked)).rejects.toMatchObject(refusal)
  expect(await lab.metadata.claimTokens.revoke(lab.spaceId, tokenId)).toBe(false)
  const { token: expired } = await issue()
  lab.clock.advance(60_000)
  await expect(claimWith(expired)).rejects.toMatchObject(refusal)
})

it('[MD6] gives exactly as many uses as issued, however many machines ask at once', async () => {
  const { token } = await issue({ uses: 3 })
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => claimAgent(lab.metadata, lab.spaceId, { token })))
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(3)
  expect(await lab.metadata.nodes.list(lab.spaceId)).toHaveLength(3)
})

it('[MD7] claims only into rooms of the space and of the scope, and answers foreign, absent and malformed rooms alike', async () => {
  const [inScope, outOfScope] = [await makeRoom(), await makeRoom()]
  const allNodes = (await lab.metadata.rooms.list(lab.spaceId)).find(({ isAllNodes }) => isAllNodes)
  const { token } = await issue({ uses: 2, roomIds: [inScope] })
  for (const roomId of [outOfScope, newUuid<RoomId>(), 'room/../x' as RoomId, '' as RoomId]) {
    await expect(claimAgent(lab.metadata, lab.spaceId, { token, roomIds: [inScope, roomId] })).rejects.toMatchObject({
      code: 'CLAIM_ROOM_INVALID',
      message: 'One or more rooms are not rooms this token can claim into.',
    })
  }
  expect(await lab.metadata.nodes.list(lab.spaceId)).toEqual([])
  const withAll = await claimAgent(lab.metadata, lab.spaceId, { token, roomIds: [inScope, allNodes?.roomId ?? inScope] })
  expect((await lab.metadata.nodes.get(lab.spaceId, withAll.nodeId))?.roomIds).toEqual([inScope, allNodes?.roomId])
  const withNone = await claimAgent(lab.metadata, lab.spaceId, { token })
  expect((await lab.metadata.nodes.get(lab.spaceId, withNone.nodeId))?.roomIds).toEqual([inScope])
})

it('[MD8] refuses to issue without uses, without time or for rooms that are not there', async () => {
  for (const wish of [
    { uses: 0 },
    { uses: 1.5 },
    { uses: Infinity },
    { validForMs: 0 },
    { validForMs: Infinity },
    { validForMs: Number.NaN },
  ]) {
    await expect(issue(wish)).rejects.toMatchObject({ code: 'BODY_UNPROCESSABLE' })
  }
  await expect(issue({ roomIds: [newUuid<RoomId>()] })).rejects.toMatchObject({ code: 'CLAIM_ROOM_INVALID' })
})

it('[MD129] a refused token says the same to everybody; why stands in the detail, for a day after its end', async () => {
  const issue = () => lab.metadata.claimTokens.issue({ spaceId: lab.spaceId, roomIds: [], validForMs: 60_000, uses: 1 })
  const refusal = (token: string) => claimAgent(lab.metadata, lab.spaceId, { token }).then(undefined, (error: unknown) => error)
  const spent = (await issue()).token
  await claimAgent(lab.metadata, lab.spaceId, { token: spent })
  const late = (await issue()).token
  const messages = new Set<string>()
  const expectDetail = async (token: string, detail: string) => {
    const error = (await refusal(token)) as ThroughlineError
    expect(error).toMatchObject({ code: 'CLAIM_TOKEN_REFUSED', detail })
    messages.add(error.message)
  }
  await expectDetail('x'.repeat(135), 'token-unknown')
  await expectDetail(spent, 'token-used-up')
  lab.clock.advance(60_000)
  await expectDetail(late, 'token-expired')
  lab.clock.advance(metadataLimits.claimTokenRememberedMs)
  await expectDetail(late, 'token-unknown')
  expect(messages.size).toBe(1)
})
