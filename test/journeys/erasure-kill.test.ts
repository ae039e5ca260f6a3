import Database from 'libsql'
import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { certificateFile } from '../../cloud/privacy/certificate/claims.ts'
import { parseErasure, type ErasureRecord, type ErasureStepName } from '../../cloud/privacy/erasure/erasure-record.ts'
import { mayNameErased } from '../../cloud/privacy/ledger/named-ids.ts'
import type { ItemKind } from '../../cloud/store/kinds.ts'
import { browserOf, type Browser } from '../doubles/people/browser-of.ts'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

/** Where the cloud is killed: soon after the request left, when a step is written down, or never. */
type Mark = 'asked' | ErasureStepName | 'never'
const marks: readonly Mark[] = ['asked', 'noted', 'rows', 'key', 'checked', 'never']

/** What lies in the data folder, read from the outside. */
function openData(folder: string) {
  const database = new Database(join(folder, 'metadata.db'), { readonly: true })
  const text = (bytes: string | Uint8Array | null) => (bytes === null ? '' : Buffer.from(bytes as Uint8Array).toString('utf8'))
  const all = database.prepare('select kind, partition, sort, data from items where is_deleted = 0')
  const rows = () =>
    (all.all() as { kind: ItemKind; partition: Uint8Array; sort: Uint8Array; data: string | null }[]).map((row) => ({
      kind: row.kind,
      sort: text(row.sort),
      data: text(row.data),
      whole: [row.partition, row.sort, row.data].map(text).join(' '),
    }))
  const begun = database.prepare(
    "select sort, data from items where is_deleted = 0 and kind = 'erasure-certificate' and sort <> cast('cleared' as blob)",
  )
  return {
    rows,
    erasures: () =>
      (begun.all() as { sort: Uint8Array; data: string | Uint8Array }[]).map(({ sort, data }) => ({
        id: text(sort),
        record: parseErasure(JSON.parse(text(data)) as ErasureRecord),
      })),
    close: () => database.close(),
  }
}

interface Victim {
  readonly mark: Mark
  readonly email: string
  readonly personId: string
  readonly ask: Browser
}

it.each(seedsOf(1))(
  '[ER13] (D4) (F1) a cloud killed with kill -9 at each step of DELETE /me, and between them, ends each erasure in the state of one that was never killed (seed %i)',
  { timeout: 420_000 },
  async (seed) => {
    const chance = createSeeded(seed)
    const root = temporaryFolder()
    const data = join(root, 'data')
    let cloud = await startInstallation({ THROUGHLINE_DATA: data })
    const { env } = cloud
    const kill = async () => {
      await cloud.end('SIGKILL')
      cloud = await startInstallation(env)
    }
    const owner = await cloudCaller(() => cloud)

    const enter = async (mark: Mark): Promise<Victim> => {
      const email = `planted.${mark}@example.com`
      await owner('POST', '/members', { email, role: 'admin' })
      const link = (await runThroughline(['sign-in-link', '--email', email], env)).out.trim()
      const ask = browserOf(() => cloud)
      const made: [string, string, unknown][] = [
        ['POST', '/sign-in', { token: link.slice(link.indexOf('#') + 1) }],
        ['PATCH', '/me', { name: `Planted ${mark}` }],
        ['POST', '/api-tokens', { name: 'Planted token', scope: 'scope:all' }],
      ]
      for (const [method, path, body] of made) expect([path, (await ask(method, path, body)).status < 300]).toEqual([path, true])
      const me = (await ask('GET', '/me')).json as { personId: string; invitations: { spaceId: string; invitationId: string }[] }
      const [invitation] = me.invitations
      expect((await ask('POST', `/invitations/${invitation?.spaceId}/${invitation?.invitationId}/accept`, {})).status).toBeLessThan(300)
      expect((await ask('POST', '/silences', { name: 'Planted quiet', startsAtMs: 0, scope: 'own' })).status).toBe(201)
      return { mark, email, personId: me.personId, ask }
    }
    const victims = await Promise.all(marks.map(enter))
    const order = victims.map((victim) => ({ victim, at: chance.below(1_000_000) })).sort((a, b) => a.at - b.at)

    const reached = async ({ personId, mark }: Victim, isAnswered: () => boolean) => {
      const there = openData(data)
      try {
        for (;;) {
          const mine = there.erasures().find(({ record }) => record.id === personId)?.record
          // What is over before it was seen is killed over all the same.
          if (mine === undefined ? isAnswered() : mine.steps[mark as ErasureStepName] !== undefined) return
          await pause(1)
        }
      } finally {
        there.close()
      }
    }
    for (const { victim } of order) {
      const { ask, email, mark } = victim
      let isAnswered = false
      const asked = ask('DELETE', '/me', { email }).then(
        ({ status }) => {
          isAnswered = true
          return status
        },
        () => 'cut' as const,
      )
      if (mark === 'never') expect(await asked).toBe(202)
      else {
        await (mark === 'asked' ? pause(chance.below(40)) : reached(victim, () => isAnswered))
        await kill()
      }
      // Where it was cut before anything was noted nothing has happened, and whoever asked asks again.
      const status = await asked
      if (status === 'cut') expect([202, 401]).toContain((await ask('DELETE', '/me', { email })).status)
      else expect(status).toBe(202)
    }

    const there = openData(data)
    const certified = await waitUntil(() => {
      const all = there.erasures().filter(({ record }) => record.certificate !== undefined)
      return all.length === victims.length ? all : undefined
    })
    await waitUntil(() => !there.rows().some(({ kind, sort }) => kind === 'unfinished' && sort.startsWith('erasure/')) || undefined)
    for (const { ask } of victims) expect((await ask('GET', '/me')).status).toBe(401)
    await cloud.end('SIGTERM')

    // Whatever names them is what is meant to, and is the same for each: whoever was killed over, and whoever was not.
    const left = victims.map(({ personId }) => [
      ...new Set(
        there
          .rows()
          .filter(({ whole }) => whole.includes(personId))
          .map(({ kind }) => kind),
      ),
    ])
    expect(left.flat().filter((kind) => !mayNameErased(kind))).toEqual([])
    expect(there.rows().filter(({ whole }) => whole.includes('planted.') || whole.includes('Planted'))).toEqual([])
    const ends = certified.map(({ record }) => ({
      steps: Object.keys(record.steps).sort(),
      hadKey: record.hadKey,
      mirror: record.mirror?.rowsLeft,
      id: record.id,
      mail: record.mail,
    }))
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1)
    there.close()
    expect(existsSync(join(data, 'mirror.duckdb'))).toBe(true)
    const verify = async ({ id, record }: (typeof certified)[number]) => {
      const path = join(root, `${id}.json`)
      writeFileSync(path, certificateFile(record.certificate ?? ''))
      return runThroughline(['verify-erasure', path], env)
    }
    for (const verified of await Promise.all(certified.map(verify))) {
      expect([verified.err, verified.status]).toEqual(['', 0])
      expect(verified.out).toContain(`${join(data, 'mirror.duckdb')}: clean`)
    }
  },
)
