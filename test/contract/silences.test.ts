import { describe, expect, it } from 'vitest'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import type { SilenceQuestion } from '../../cloud/metadata/silences/silencer.ts'
import type { Silencer as NotifySilencer } from '../../cloud/notify/ports.ts'
import type { NodeId, PersonId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { claimAgent, newUuid, nodeInfo } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

const person = newUuid<PersonId>()

async function lab(name: string) {
  const clock = createHandClock(Date.parse('2026-11-25T10:00:00Z'))
  const open = await contractStore(name, clock)
  const metadata = createMetadata({ store: open(), seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: person })
  const nowMs = clock.nowMs()
  const hour = { startsAtMs: nowMs, endsAtMs: nowMs + 3_600_000 }
  // The notifications' own port takes it as it is.
  const silencer: NotifySilencer = metadata.silencer
  const question = (nodeId: NodeId, over: Partial<SilenceQuestion> = {}): Parameters<NotifySilencer['silencing']>[1] => ({
    nodeId,
    option: 'CRITICAL',
    ...over,
    alert:
      'alert' in over && over.alert === undefined
        ? undefined
        : {
            chart: 'disk_space./',
            name: 'disk_full',
            context: 'disk.space',
            configHash: undefined,
            status: 'critical',
            oldStatus: 'clear',
            ...over.alert,
          },
    target: { targetId: 't', kind: 'channel', slug: 'slack', personId: undefined, ...over.target },
  })
  const isSilenced = async (asked: ReturnType<typeof question>, atMs = clock.nowMs()) => {
    clock.advance(1_001)
    return (await silencer.silencing(spaceId, asked, atMs)) !== undefined
  }
  return { clock, open, metadata, spaceId, nowMs, hour, question, isSilenced, ...metadata }
}

describe.each(contractStoreNames)('silences on %s', (name) => {
  it('[SN1] are made, changed by many at once and deleted, each change whole', async () => {
    const { clock, open, metadata, spaceId, hour, silences: one } = await lab(name)
    const two = createMetadata({ store: open(), seals: testSeals, clock, log: silentLog }).silences
    const made = await one.create(spaceId, person, null, { name: 'Night', alertNames: ['disk_*', '!disk_inodes'], ...hour })
    clock.advance(5)
    const mine = await two.create(spaceId, person, person, { name: 'Mine', ...hour })
    expect((await two.list(spaceId)).map(({ silenceId }) => silenceId)).toEqual([made.silenceId, mine.silenceId])
    expect(made).toMatchObject({ personId: null, createdBy: person, severities: [], rrule: null, deletesOnEnd: false, isDisabled: false })

    const wishes = Array.from({ length: 6 }, (_, n) => ({ name: `N${n}`, alertNames: [`a${n}`], ...hour }))
    await Promise.all(wishes.map((wish, n) => (n % 2 === 0 ? one : two).change(spaceId, made.silenceId, wish, () => {})))
    const after = await two.get(spaceId, made.silenceId)
    expect(after?.alertNames).toEqual([`a${after?.name.slice(1)}`])
    expect(after).toMatchObject({ personId: null, createdBy: person, createdAtMs: made.createdAtMs })

    const refuse = () => {
      throw new Error('not yours')
    }
    await expect(one.change(spaceId, made.silenceId, { name: 'x', ...hour }, refuse)).rejects.toThrow('not yours')
    await expect(one.remove(spaceId, made.silenceId, refuse)).rejects.toThrow('not yours')
    const removals = await Promise.all([one, two].map((each) => each.remove(spaceId, made.silenceId, () => {})))
    expect(removals.filter((removed) => removed !== undefined)).toHaveLength(1)
    await expect(one.change(spaceId, made.silenceId, { name: 'x', ...hour }, () => {})).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await two.removeOf(spaceId, person)
    expect(await metadata.silences.list(spaceId)).toEqual([])
  })

  it('[SN6] one that deletes itself is gone at its end', async () => {
    const { clock, spaceId, hour, silences } = await lab(name)
    await silences.create(spaceId, person, null, { name: 'Short', deletesOnEnd: true, ...hour })
    await silences.create(spaceId, person, null, { name: 'Stays', ...hour })
    clock.advance(3_599_999)
    expect(await silences.list(spaceId)).toHaveLength(2)
    clock.advance(1)
    expect((await silences.list(spaceId)).map((each) => each.name)).toEqual(['Stays'])
    await expect(silences.create(spaceId, person, null, { name: 'Late', deletesOnEnd: true, ...hour })).rejects.toMatchObject({
      code: 'BODY_UNPROCESSABLE',
    })
  })

  it('[SN7] what is not said is any, what is said has to fit, in the moment it counts', async () => {
    const { clock, metadata, spaceId, hour, question, isSilenced, silences, rooms } = await lab(name)
    const agent = await claimAgent(metadata, spaceId)
    const { nodeId, machineGuid } = agent
    await metadata.nodes.info(agent, machineGuid, nodeInfo('db-1', { role: 'db-primary', site: 'berlin' }))
    const room = await rooms.create(spaceId, { name: 'Databases', description: '', memberId: undefined })
    await metadata.nodes.place(spaceId, room.roomId, { add: [nodeId], remove: [] })
    const elsewhere = await rooms.create(spaceId, { name: 'Elsewhere', description: '', memberId: undefined })
    const config = newUuid<Parameters<typeof metadata.alerts.config>[1]['hash']>()
    await metadata.alerts.config(agent, { hash: config, name: 'disk_full', fields: { recipient: 'sysadmin dba' } })

    const holds = async (content: object, asked = question(nodeId, { alert: { configHash: config } as never })) => {
      const { silenceId } = await silences.create(spaceId, person, null, { name: 'x', ...hour, startsAtMs: clock.nowMs() - 1, ...content })
      const answer = await isSilenced(asked)
      await silences.remove(spaceId, silenceId, () => {})
      return answer
    }
    const fits = {
      nothing: {},
      room: { roomIds: [room.roomId] },
      node: { nodeIds: [nodeId] },
      labels: { hostLabels: { role: 'db-*', site: 'berlin' } },
      name: { alertNames: ['disk_*'] },
      context: { alertContexts: ['disk.space'] },
      instance: { alertInstances: ['!disk_space./boot', 'disk_space.*'] },
      role: { alertRoles: ['dba'] },
      integration: { integrationIds: ['8bd38566-b128-42f2-86fd-c5402f370e66'] },
      severity: { severities: ['WARNING', 'CRITICAL'] },
    }
    for (const [what, content] of Object.entries(fits)) expect([what, await holds(content)]).toEqual([what, true])
    const misses = {
      room: { roomIds: [elsewhere.roomId] },
      node: { nodeIds: [newUuid()] },
      labels: { hostLabels: { role: 'db-*', site: 'paris' } },
      label: { hostLabels: { rack: '*' } },
      name: { alertNames: ['!disk_full', 'disk_*'] },
      context: { alertContexts: ['disk'] },
      instance: { alertInstances: ['disk_space./boot'] },
      role: { alertRoles: ['webmaster'] },
      integration: { integrationIds: ['93229605-aa40-4bf2-b9f4-3492dd044264'] },
      severity: { severities: ['WARNING'] },
      disabled: { isDisabled: true },
      later: { startsAtMs: clock.nowMs() + 60_000_000, endsAtMs: null },
      both: { alertNames: ['disk_*'], severities: ['CLEAR'] },
    }
    for (const [what, content] of Object.entries(misses)) expect([what, await holds(content)]).toEqual([what, false])
    // A node that goes out of reach is no alert: what is said of alerts never fits it.
    const gone = question(nodeId, { alert: undefined, option: 'UNREACHABLE' })
    expect(await holds({}, gone)).toBe(true)
    expect(await holds({ severities: ['UNREACHABLE'], nodeIds: [nodeId] }, gone)).toBe(true)
    expect(await holds({ alertNames: ['*'] }, gone)).toBe(false)
    expect(await holds({ severities: ['CRITICAL'] }, gone)).toBe(false)
  })

  it('[SN8] a personal silence keeps quiet only what goes to that person', async () => {
    const { spaceId, hour, question, isSilenced, silences } = await lab(name)
    const nodeId = newUuid<NodeId>()
    await silences.create(spaceId, person, person, {
      name: 'Mine',
      integrationIds: ['607bfd3c-02c1-4da2-b67a-0d01b518ce5d'],
      ...hour,
      endsAtMs: null,
    })
    const target = (over: object) => question(nodeId, { target: { kind: 'push', slug: 'push', personId: person, ...over } })
    expect(await isSilenced(target({}))).toBe(true)
    expect(await isSilenced(target({ personId: newUuid<PersonId>() }))).toBe(false)
    expect(await isSilenced(target({ kind: 'channel', slug: 'email', personId: undefined }))).toBe(false)
    expect(await isSilenced(target({ kind: 'channel', slug: 'email' }))).toBe(false)
  })

  it('[SN9] what is known is a second old at most, and windows open and close on time', async () => {
    const { clock, spaceId, nowMs, question, silences, silencer } = await lab(name)
    const asked = question(newUuid<NodeId>())
    const now = async () => (await silencer.silencing(spaceId, asked, clock.nowMs())) !== undefined
    expect(await now()).toBe(false)
    const { silenceId } = await silences.create(spaceId, person, null, {
      name: 'Hourly',
      startsAtMs: nowMs + 60_000,
      endsAtMs: nowMs + 120_000,
      rrule: 'FREQ=HOURLY',
    })
    clock.advance(1_001)
    expect(await now()).toBe(false)
    for (const [advanceMs, expected] of [
      [58_998, false],
      [1, true],
      [59_999, true],
      [1, false],
      [3_540_000, true],
      [60_000, false],
    ] as const) {
      clock.advance(advanceMs)
      expect([clock.nowMs() - nowMs, await now()]).toEqual([clock.nowMs() - nowMs, expected])
    }
    clock.advance(3_540_000)
    expect(await now()).toBe(true)
    await silences.remove(spaceId, silenceId, () => {})
    clock.advance(1_001)
    expect(await now()).toBe(false)
  })

  it('[SN10] says which of raised alerts are held, for everybody or for the person who looks', async () => {
    const { clock, metadata, spaceId, silences, silencer } = await lab(name)
    const agent = await claimAgent(metadata, spaceId)
    const alerts = ['a', 'b', 'c'].map((alert) => {
      return { nodeId: agent.nodeId, chart: 'x.y', name: alert, context: 'x', status: 'critical' as const, configHash: undefined }
    })
    const hour = { startsAtMs: clock.nowMs(), endsAtMs: clock.nowMs() + 3_600_000 }
    await silences.create(spaceId, person, null, { name: 'a', alertNames: ['a'], ...hour })
    await silences.create(spaceId, person, person, { name: 'b', alertNames: ['b'], ...hour })
    await silences.create(spaceId, person, null, { name: 'c', alertNames: ['c'], integrationIds: [newUuid()], ...hour })
    clock.advance(1_001)
    const heldFor = async (who: PersonId, withPartial: boolean) =>
      (await silencer.holding(spaceId, who, alerts, withPartial)).map((found) => found.map((silence) => silence.name).join())
    expect(await heldFor(person, false)).toEqual(['a', 'b', ''])
    expect(await heldFor(newUuid<PersonId>(), false)).toEqual(['a', '', ''])
    expect(await heldFor(person, true)).toEqual(['a', 'b', 'c'])
    const content = { ...(await silences.list(spaceId))[0], alertNames: ['b', 'c'] } as Parameters<typeof silencer.matching>[1]
    expect((await silencer.matching(spaceId, content, alerts)).map((alert) => alert.name)).toEqual(['b', 'c'])
  })
})

it('[SN2] a wish that does not fit is refused in a sentence that says what to change', async () => {
  const { spaceId, hour, silences } = await lab('SQLite')
  const problem = (content: object) =>
    silences.create(spaceId, person, null, { name: 'x', ...hour, ...content }).then(
      () => 'made',
      (thrown: unknown) => (thrown as Error).message,
    )
  expect(await problem({ name: ' ' })).toContain('needs a name')
  expect(await problem({ name: 'a\nb' })).toContain('one plain line')
  expect(await problem({ endsAtMs: hour.startsAtMs })).toContain('ends after it begins')
  expect(await problem({ startsAtMs: -1 })).toContain('between 1970 and 2199')
  expect(await problem({ timeZone: 'Mars/Olympus' })).toContain('no such time zone')
  expect(await problem({ timeZone: '+02:00' })).toContain('no such time zone')
  expect(await problem({ rrule: 'FREQ=SECONDLY' })).toContain('FREQ has to be')
  expect(await problem({ rrule: 'FREQ=DAILY', deletesOnEnd: true })).toContain('does not recur')
  expect(await problem({ endsAtMs: null, deletesOnEnd: true })).toContain('ends and does not recur')
  expect(await problem({ severities: ['PANIC'] })).toContain('and nothing else')
  expect(await problem({ nodeIds: ['x'] })).toContain('no id')
  expect(await problem({ alertNames: [''] })).toContain('is empty')
  expect(await problem({ alertNames: ['x'.repeat(257)] })).toContain('too long')
  expect(await problem({ hostLabels: { a: '\u202e' } })).toContain('label')
  expect(await problem({ alertContexts: Array.from({ length: 201 }, (_, n) => `c${n}`) })).toContain('at most 200')
  expect(await problem({ hostLabels: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, 'v'])) })).toContain('at most 20')
  for (let n = 0; n < 50; n++) await silences.create(spaceId, person, person, { name: `P${n}`, ...hour })
  await expect(silences.create(spaceId, person, person, { name: 'P', ...hour })).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
  expect(await problem({})).toBe('made')
})
