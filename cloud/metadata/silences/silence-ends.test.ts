import { expect, it, onTestFinished } from 'vitest'
import { claimAgent, newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import { takeNews } from '../../notify/take-news.ts'
import { emptyTray } from '../../notify/tray.ts'
import type { PersonId } from '../../../src/domain/ids.ts'
import type { AlertTransition } from '../../../src/domain/model.ts'
import type { AlertNews } from '../../../src/domain/news.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createSilenceEnds } from './silence-ends.ts'

const person = newUuid<PersonId>()
const minuteMs = 60_000

async function lab() {
  const bench = await startMetadata()
  onTestFinished(() => bench.dispose())
  const { clock, metadata, spaceId } = bench
  const agent = await claimAgent(metadata, spaceId)
  const told: AlertNews[] = []
  const trouble: { isOn: boolean } = { isOn: false }
  const boot = async () => {
    const ends = createSilenceEnds({
      ...metadata,
      sink: {
        async take(news) {
          if (trouble.isOn) throw new Error('not now')
          if (news.kind === 'alert') told.push(news)
        },
      },
      spaceIds: async () => [spaceId],
      clock,
      log: silentLog,
    })
    await ends.start()
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 5_000) {
        clock.advance(Math.min(left, 5_000))
        await ends.look()
      }
    }
    return { ...ends, pass }
  }
  const raise = (name: string, over: Partial<AlertTransition> = {}) =>
    metadata.alerts.transition(agent, agent.nodeId, {
      chart: 'system.x',
      name,
      context: 'system.x',
      status: 'critical',
      oldStatus: 'clear',
      whenS: Math.floor(clock.nowMs() / 1_000),
      configHash: undefined,
      transitionId: undefined,
      version: 1n,
      sequenceId: BigInt(clock.nowMs()),
      ...over,
    })
  const silence = (over: object = {}) =>
    metadata.silences.create(spaceId, person, null, {
      name: 'x',
      startsAtMs: clock.nowMs(),
      endsAtMs: clock.nowMs() + 10 * minuteMs,
      alertNames: ['disk_*'],
      ...over,
    })
  const names = () => told.map(({ name }) => name).sort()
  return { clock, metadata, spaceId, agent, told, trouble, boot, raise, silence, names }
}

it('[SN16] at the end of a silence what was raised during it and still is is told, and nothing else', async () => {
  const { boot, raise, silence, clock, told, names } = await lab()
  const { pass } = await boot()
  await raise('disk_before')
  clock.advance(minuteMs)
  await silence()
  await pass(minuteMs)
  await raise('disk_full')
  await raise('disk_gone')
  await raise('cpu_high')
  await pass(minuteMs)
  await raise('disk_gone', { status: 'clear', oldStatus: 'critical' })
  await pass(7 * minuteMs)
  expect(told).toEqual([])
  await pass(2 * minuteMs)
  expect(told).toEqual([
    expect.objectContaining({ name: 'disk_full', status: 'critical', newsId: expect.stringMatching(/^[0-9a-f]{32}$/) as string }),
  ])
  await pass(20 * minuteMs)
  expect(names()).toEqual(['disk_full'])
})

it.each(['switched off', 'deleted', 'narrowed'])('[SN16] the same when it is %s', async (how) => {
  const { boot, raise, silence, metadata, spaceId, names, clock } = await lab()
  const { pass } = await boot()
  const { silenceId } = await silence()
  await pass(minuteMs)
  await raise('disk_full')
  await pass(minuteMs)
  const wish = { name: 'x', startsAtMs: clock.nowMs() - 2 * minuteMs, endsAtMs: null }
  if (how === 'deleted') await metadata.silences.remove(spaceId, silenceId, () => {})
  else
    await metadata.silences.change(
      spaceId,
      silenceId,
      how === 'narrowed' ? { ...wish, alertNames: ['net_*'] } : { ...wish, isDisabled: true },
      () => {},
    )
  await pass(minuteMs)
  expect(names()).toEqual(['disk_full'])
})

it('[SN16] an end that no process saw is made up for, one that could not be told is told later, and ids stay', async () => {
  const { boot, raise, silence, told, trouble, clock, names } = await lab()
  const first = await boot()
  await silence({ endsAtMs: clock.nowMs() + 2 * minuteMs })
  await first.pass(minuteMs)
  await raise('disk_full')
  await first.pass(10_000)
  await first.close()
  clock.advance(60 * minuteMs)
  trouble.isOn = true
  const second = await boot()
  await second.pass(30_000)
  trouble.isOn = false
  await second.pass(30_000)
  expect(names()).toEqual(['disk_full'])
  await second.close()
  const third = await boot()
  await third.pass(30_000)
  expect(new Set(told.map(({ newsId }) => newsId)).size).toBe(1)
  await third.close()
  clock.advance(25 * 60 * minuteMs)
  told.length = 0
  const fourth = await boot()
  await fourth.pass(30_000)
  expect(told).toEqual([])
})

it('[SN16] whoever was told already is not told again', async () => {
  const { boot, raise, silence, told, clock } = await lab()
  const { pass } = await boot()
  await silence({ integrationIds: [newUuid()] })
  await pass(minuteMs)
  await raise('disk_full')
  await pass(11 * minuteMs)
  const [news] = told
  if (news === undefined) throw new Error('nothing was told')
  const wanted = { options: ['CRITICAL', 'CLEAR'] as const, isSilenced: () => false, hears: () => true, keepsIncidents: false }
  const tray = emptyTray()
  takeNews(tray, { ...news, newsId: 'a'.repeat(32), oldStatus: 'clear' }, wanted, clock.nowMs())
  tray.groups = []
  takeNews(tray, news, wanted, clock.nowMs())
  expect(tray.groups).toEqual([])
  const fresh = emptyTray()
  takeNews(fresh, news, wanted, clock.nowMs())
  expect(fresh.groups).toHaveLength(1)
})
