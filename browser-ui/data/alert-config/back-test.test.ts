import { expect, it } from 'vitest'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { LiveQuestion } from '../../../src/live/messages.ts'
import { questionSchema } from '../../../src/live/questions.ts'
import { backTestSlices, backTestStepS, caveatWords, runBackTest, type BackTestProgress, type TestedNode } from './back-test.ts'
import { dryRun } from './dry-run.ts'
import { usualRule, changedRule, draftFor, type RuleChange } from './rule-draft.ts'

const nowS = 1_800_000_000
const node: TestedNode = { nodeId: 'n-1', hostname: 'web-1' }
const ruleWith = (change: RuleChange) =>
  changedRule(usualRule, {
    lookup: { after: -60 },
    conditions: { warning_condition: '$this > (($status >= $WARNING) ? (60) : (80))', critical_condition: '$this > 95' },
    delay: { down: 0 },
    ...change,
    match: { on: 'disk.util', ...change.match },
  })

/** Half an hour ago a disk was busy for ten minutes, the last two of them fully; the other one never was. */
const value = (chartId: string, timeS: number) => {
  const ago = nowS - timeS
  if (chartId !== 'disk_util.sda' || ago > 1_800 || ago < 1_200) return 20
  return ago < 1_320 ? 100 : 90
}

const catalogue = {
  contexts: {
    'disk.util': {
      title: 'Disk',
      units: '%',
      family: 'disk',
      priority: 1,
      chart_type: 'area',
      charts: Object.fromEntries(
        ['sda', 'sdb', 'loop0'].map((device) => [
          `disk_util.${device}`,
          { name: `disk_util.${device}`, update_every: 1, labels: { device }, dimensions: { utilization: { name: 'utilization' } } },
        ]),
      ),
    },
  },
}

/** An agent that remembers two hours; and the questions it was asked, each as the relay takes it. */
function agent(remembersS = 7_200) {
  const asked: LiveQuestion[] = []
  return {
    asked,
    ask(_nodeId: string, question: LiveQuestion) {
      asked.push(questionSchema.parse(question))
      if (question.kind === 'contexts') return Promise.resolve({ text: JSON.stringify(catalogue), httpStatus: 200 })
      if (question.kind !== 'data') return Promise.reject(new ThroughlineError('AGENT_UNREACHABLE', 'The node is not reachable.'))
      const { afterS, beforeS, points } = question
      const stepS = (beforeS - afterS) / points
      const charts = question.instances ?? Object.keys(catalogue.contexts['disk.util'].charts)
      const times = Array.from({ length: points }, (_, row) => afterS + (row + 1) * stepS).filter((timeS) => timeS > nowS - remembersS)
      if (times.length === 0) return Promise.resolve({ text: 'No metrics where matched to query.', httpStatus: 404 })
      const answer = {
        view_update_every: stepS,
        dimension_ids: charts.map(() => 'utilization'),
        dimension_names: charts.map(() => 'utilization'),
        chart_ids: charts,
        result: { labels: ['time', ...charts], data: times.map((timeS) => [timeS, ...charts.map((chartId) => value(chartId, timeS))]) },
      }
      return Promise.resolve({ text: JSON.stringify(answer), httpStatus: 200 })
    },
  }
}

const run = (client: ReturnType<typeof agent>, change: RuleChange = {}, spanS = 3_600, nodes: readonly TestedNode[] = [node]) => {
  const steps: BackTestProgress[] = []
  const deps = { client, onProgress: (step: BackTestProgress) => steps.push(step), rest: () => Promise.resolve() }
  const test = runBackTest(deps, { rule: ruleWith(change), nodes, spanS, nowS }, new AbortController().signal)
  return test.then((done) => ({ ...done, steps }))
}

it('[AG10] a back-test asks the agent for what the lookup needs, and says how often each instance would have fired, from when to when', async () => {
  const client = agent()
  const { results, gaps, leftOut, steps } = await run(client, { match: { instance_labels: 'device=!loop* *' } })
  expect(client.asked[0]).toEqual({ kind: 'contexts' })
  expect(client.asked[1]).toMatchObject({ kind: 'data', contexts: ['disk.util'], instances: ['disk_util.sda', 'disk_util.sdb'] })
  expect([gaps, leftOut]).toEqual([[], 0])
  expect(
    results.map(({ chartId, verdict }) => [
      chartId,
      verdict.raised.length,
      verdict.changes.filter(({ isTold }) => isTold).map(({ status }) => status),
    ]),
  ).toEqual([
    // It becomes a warning again on its way down.
    ['disk_util.sda', 1, ['warning', 'critical', 'warning', 'clear']],
    ['disk_util.sdb', 0, []],
  ])
  const [{ verdict } = { verdict: undefined }] = results
  expect(verdict?.raised).toHaveLength(1)
  expect(verdict?.raised[0]?.status).toBe('critical')
  // The mean of a minute is above 80 some 52 s after the disk became busy, and below 60 half a minute after it was quiet again.
  expect(Math.abs((verdict?.raised[0]?.fromS ?? 0) - (nowS - 1_800 + 52))).toBeLessThanOrEqual(15)
  expect(Math.abs((verdict?.raised[0]?.toS ?? 0) - (nowS - 1_200 + 30))).toBeLessThanOrEqual(15)
  expect(steps.at(-1)).toEqual({ done: 2, total: 2 })
})

it('[AG10] what is remembered no longer is a shorter past, and a node that cannot be judged says why', async () => {
  const short = await run(agent(900), {})
  expect(short.results.map(({ verdict }) => verdict.firedCount)).toEqual([0, 0, 0])
  expect(short.results[0]?.knownFromS).toBeGreaterThan(nowS - 901)

  const [away, stranger] = [
    { ...node, hostname: 'db-1' },
    { ...node, nodeId: 'n-2', hostname: 'web-2' },
  ]
  const left = await run(agent(), { match: { host_labels: '_hostname=web*' } }, 3_600, [away, stranger])
  expect(left.gaps.map((gap) => [gap.node.hostname, gap.text])).toEqual([['db-1', 'The rule’s node labels leave this node out.']])
  expect(left.results.every((result) => result.node === stranger)).toBe(true)

  expect((await run(agent(), { match: { on: 'system.cpu' } })).gaps[0]?.text).toBe('The node does not collect system.cpu now.')
  expect((await run(agent(), { match: { instance_labels: 'device=nvme*' } })).gaps[0]?.text).toBe(
    'None of its instances matches the rule’s labels.',
  )
})

it('[AG10] what it cannot know is said', async () => {
  const { results } = await run(agent(), { value: { calculation: '$this * $processors' } })
  expect(caveatWords(results).join(' ')).toContain('$processors')
  expect(results.every(({ verdict }) => verdict.firedCount === 0)).toBe(true)
})

it('[AG11] rows are as coarse as the lookup allows, in few questions that the relay takes', () => {
  const mean = (afterS: number, everyS: number) => ruleWith({ lookup: { after: -afterS }, value: { update_every: everyS } })
  expect(backTestStepS(mean(600, 60), 86_400, 1)).toBe(60)
  expect(backTestStepS(mean(60, 10), 3_600, 1)).toBe(10)
  expect(backTestStepS(ruleWith({ lookup: { after: -600, time_group: 'max' } }), 3_600, 1)).toBe(1)
  // A week of seconds is more than is asked for.
  expect(backTestStepS(ruleWith({ lookup: { after: -600, time_group: 'max' } }), 604_800, 1)).toBe(3)
  expect(backTestStepS(mean(60, 10), 3_600, 4)).toBe(12)
  const slices = backTestSlices(nowS - 86_400, nowS, 10)
  expect(slices).toHaveLength(3)
  expect([slices[0]?.afterS, slices.at(-1)?.beforeS]).toEqual([nowS - 86_400, nowS])
  expect(slices.every(({ afterS, beforeS }) => (beforeS - afterS) / 10 <= 4_000)).toBe(true)
})

it('[AG12] a dry run shows the agent’s text, and names the member that it refuses', async () => {
  const document = draftFor({ nodeId: undefined, context: 'disk.util', instance: undefined, dimensions: [], units: '%' })
  const asked: LiveQuestion[] = []
  const client = (httpStatus: number, text: string) => ({
    ask(_: string, question: LiveQuestion) {
      asked.push(questionSchema.parse(question))
      return Promise.resolve({ text, httpStatus })
    },
  })
  const { signal } = new AbortController()
  expect(await dryRun(client(200, 'template: disk_util_high'), 'n-1', document, signal)).toEqual({
    isAccepted: true,
    text: 'template: disk_util_high',
    member: undefined,
  })
  expect(asked[0]).toEqual({
    kind: 'config',
    action: 'userconfig',
    id: 'health:alert:prototype',
    name: 'disk_util_high',
    body: JSON.stringify(document),
    timeoutS: 30,
  })
  expect(await dryRun(client(400, '{"status":400,"message":"time_group \'x\' is unknown"}'), 'n-1', document, signal)).toEqual({
    isAccepted: false,
    text: "time_group 'x' is unknown",
    member: 'rules.0.config.value.database_lookup.time_group',
  })
  await expect(dryRun(client(501, ''), 'n-1', document, signal)).rejects.toMatchObject({ code: 'AGENT_TOO_OLD' })
})
