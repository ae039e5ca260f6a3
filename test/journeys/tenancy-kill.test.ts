import Database from 'libsql'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { terraformClient, type TerraformClient } from '../contract/clients/terraform-client.ts'
import { terraformResources } from '../contract/clients/terraform-resources.ts'
import { claimSimulated } from '../doubles/agents/agent-simulator.ts'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const fifty = Array.from({ length: 50 }, (_, n) => n)

async function tokenOf(cloud: Installation): Promise<string> {
  const { out } = await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)
  return (JSON.parse(out) as { token: string }).token
}

const statusOf = (client: TerraformClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body).then(
    () => 'good',
    (thrown: unknown) => /: (\d{3}) /.exec(thrown instanceof Error ? thrown.message : '')?.[1] ?? String(thrown),
  )

it('[HX5] fifty clients at a time on one space of a running cloud end in one legal state', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation()
  const client = terraformClient({ url: cloud.url, token: await tokenOf(cloud), caPem: cloud.caPem })
  const { space, spaceData, member } = terraformResources(client)
  const { id } = await space.create('testAcc', '')
  const members = () => client.decode<{ memberID: string; email: string; role: string }[]>('GET', `/api/v2/spaces/${id}/members`)
  const [me] = await members()

  // The same address, fifty times.
  const invited = await Promise.all(
    fifty.map(() => statusOf(client, 'POST', `/api/v2/spaces/${id}/members`, { email: 'same@member.local', role: 'admin' })),
  )
  expect(invited.filter((status) => status === 'good')).toHaveLength(1)
  expect(invited.filter((status) => !['good', '409'].includes(status))).toEqual([])
  expect((await members()).filter(({ email }) => email === 'same@member.local')).toHaveLength(1)

  // The same invitation, taken back fifty times, and once more invited.
  const again = (await members()).find(({ email }) => email === 'same@member.local')
  const removed = await Promise.all(
    fifty.map(() => statusOf(client, 'DELETE', `/api/v2/spaces/${id}/members?member_ids=${again?.memberID}`)),
  )
  expect(new Set(removed)).toEqual(new Set(['good']))
  expect(await client.send('GET', `/api/v2/spaces/${id}/invitations`)).toBe('[]')
  await member.create(id, 'same@member.local', 'admin')

  // The last admin, who goes and is demoted by turns; an invited admin is none yet.
  const left = await Promise.all(
    fifty.map((n) =>
      n % 2 === 0
        ? statusOf(client, 'PATCH', `/api/v2/spaces/${id}/members/${me?.memberID}`, { role: 'observer' })
        : statusOf(client, 'DELETE', `/api/v2/spaces/${id}/members?member_ids=${me?.memberID}`),
    ),
  )
  expect(new Set(left)).toEqual(new Set(['409']))
  expect((await members()).find(({ memberID }) => memberID === me?.memberID)).toMatchObject({ role: 'admin' })

  // Rotated by fifty at a time: each has a token of its own, and the newest with twenty before it go on (TK6).
  const rotated = await Promise.all(fifty.map(async () => (await spaceData(id)).claimToken))
  expect(new Set(rotated).size).toBe(50)
  const claimed = await Promise.all(
    rotated.map((token) =>
      claimSimulated(cloud, token, 'machine').then(
        () => 'in',
        (thrown: unknown) => (/ 403: /.test(String(thrown)) ? 'refused' : String(thrown)),
      ),
    ),
  )
  expect([claimed.filter((end) => end === 'in').length, claimed.filter((end) => end === 'refused').length]).toEqual([21, 29])

  // Deleted by fifty at a time: gone, and nothing of it is listed.
  const deleted = await Promise.all(fifty.map(() => statusOf(client, 'DELETE', `/api/v1/spaces/${id}`)))
  expect(new Set(deleted)).toEqual(new Set(['good']))
  expect(await space.read(id)).toBeUndefined()
})

/** What the store holds with the id of a space in its key, but for what outlives a space on purpose. */
function leftOf(dataFolder: string, spaceId: string): readonly string[] {
  const file = readdirSync(dataFolder).find((name) => name.endsWith('.db')) ?? ''
  const database = new Database(join(dataFolder, file), { readonly: true })
  const rows = database.prepare('select * from items where partition like ? or sort like ?').all(`%${spaceId}%`, `%${spaceId}%`) as {
    kind: string
    data: string | null
  }[]
  database.close()
  return [...new Set(rows.filter(({ data }) => data !== null && data !== 'null').map(({ kind }) => kind))]
}

it.each(seedsOf(1))(
  '[HX6] kill -9 in a burst of spaces that come and go: after the next start every space is whole or gone (seed %i)',
  { timeout: 180_000 },
  async (seed) => {
    const seeded = createSeeded(seed)
    const settings = { THROUGHLINE_DATA: join(temporaryFolder(), 'data') }
    let cloud = await startInstallation(settings)
    const token = await tokenOf(cloud)
    const known = new Set<string>()
    const gone = new Set<string>()
    for (let round = 0; round < 3; round++) {
      const client = terraformClient({ url: cloud.url, token, caPem: cloud.caPem })
      const { space, room, member, rotate } = terraformResources(client)
      const over = new AbortController()
      let finished = 0
      const writer = async (n: number) => {
        while (!over.signal.aborted) {
          const { id } = await client.decode<{ id: string }>('POST', '/api/v1/spaces', { name: `burst ${n}` })
          known.add(id)
          await space.update(id, `burst ${n} two`, 'words')
          const [roomId] = await Promise.all([
            room.create(id, 'Room', ''),
            member.create(id, `writer-${n}@member.local`, 'admin'),
            rotate(id),
          ])
          finished += 1
          if (n % 2 === 0) await room.delete(id, roomId)
          if (n % 3 === 0) continue
          // Not known again before the answer: a deletion that was not acknowledged may have happened or not.
          known.delete(id)
          await space.delete(id)
          gone.add(id)
        }
      }
      const burst = fifty.slice(0, 12).map((n) => writer(n).catch(() => {}))
      await waitUntil(() => (finished > 12 + seeded.below(30) ? true : undefined))
      over.abort()
      await cloud.end('SIGKILL')
      await Promise.all(burst)

      cloud = await startInstallation({ ...settings, THROUGHLINE_PORT: String(cloud.port) })
      const after = terraformClient({ url: cloud.url, token, caPem: cloud.caPem })
      const resources = terraformResources(after)
      const listed = await after.decode<{ id: string; name: string }[]>('GET', '/api/v3/spaces')
      const ids = new Set(listed.map(({ id }) => id))
      expect(
        [...known].filter((id) => !ids.has(id)),
        'spaces that were acknowledged and are lost',
      ).toEqual([])
      expect(
        [...gone].filter((id) => ids.has(id)),
        'spaces that were deleted and are back',
      ).toEqual([])
      // Whatever is listed is whole: its one room, its admin, a token; and it can be deleted.
      for (const { id, name } of listed) {
        const rooms = await resources.listRooms(id)
        expect([name, rooms.filter((each) => each.name === 'All nodes').length]).toEqual([name, 1])
        const members = await after.decode<{ role: string; joinedAt: string | null }[]>('GET', `/api/v2/spaces/${id}/members`)
        expect(members.some(({ role, joinedAt }) => role === 'admin' && joinedAt !== null)).toBe(true)
        expect(await resources.rotate(id)).toHaveLength(135)
      }
      for (const { id } of listed.slice(1)) {
        await resources.space.delete(id)
        known.delete(id)
        gone.add(id)
      }
    }
    await cloud.end('SIGTERM')
    // What outlives a space on purpose: its audit, and a note to cut late agents for an hour.
    const kinds = new Set([...gone].flatMap((id) => leftOf(settings.THROUGHLINE_DATA, id)))
    expect([...kinds].filter((kind) => !['audit-entry', 'audit-head', 'unfinished'].includes(kind))).toEqual([])
    expect(gone.size).toBeGreaterThan(10)
  },
)
