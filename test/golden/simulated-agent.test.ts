import { expect, it } from 'vitest'
import { parseCatalogue } from '../../browser-ui/data/feed/catalogue.ts'
import { parseDataAnswer } from '../../browser-ui/data/feed/agent-answer.ts'
import { decodeQuestion, encodeQuestion } from '../../src/aclk/query/request.ts'
import { createAnswers } from '../doubles/agents/simulated/answers.ts'
import { hostContexts, simulatedHost } from '../doubles/agents/simulated/host.ts'

const nowS = 1_795_300_000
const nodes = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const held = nodes.map((nodeId, place) => ({
  nodeId,
  machineGuid: nodeId.replaceAll('1', '3').replaceAll('2', '4'),
  host: simulatedHost(`host-${place}`),
}))
const answer = createAnswers(
  () => held,
  () => nowS,
)

function ask(target: string, permissions?: number) {
  const asker = permissions === undefined ? {} : { asker: { permissions, role: 'observer' } }
  const question = decodeQuestion(encodeQuestion('m', '/reply', { method: 'GET', target, timeoutMs: 1_000, ...asker }))
  if (question === undefined) throw new Error('no question')
  const { httpStatus, body } = answer(question)
  return { httpStatus, text: new TextDecoder().decode(body) }
}

/** The answer of v2 or v3 as numbers: series by id, each from the oldest row to the newest. */
function seriesOf(text: string): Record<string, readonly (number | null)[]> {
  const { result } = JSON.parse(text) as { result: { labels: string[]; data: [number, ...(readonly (number | null)[])[]][] } }
  const rows = result.data.toReversed()
  return Object.fromEntries(
    result.labels.slice(1).map((label, index) => [label, rows.map((row) => (row[index + 1] as readonly (number | null)[])[0] ?? null)]),
  )
}

it('[SIM7] one host answers the newest seconds of several contexts, keyed by chart and dimension', () => {
  const { text } = ask(`/node/${nodes[0]}/api/v1/data?context=system.net%7Cdisk.io&after=-3&points=3&options=jsonwrap,minify,unaligned`)
  const { timesS, columns, stepS } = parseDataAnswer(text)
  expect([stepS, ...timesS]).toEqual([1, nowS - 3, nowS - 2, nowS - 1])
  const net = hostContexts.find(({ id }) => id === 'system.net')
  const [instance] = net?.instances ?? []
  if (net === undefined || instance === undefined) throw new Error('no system.net')
  const sent = columns.find(({ chartId, dimensionId }) => chartId === 'system.net' && dimensionId === 'sent')
  expect([...(sent?.values ?? [])]).toEqual([...timesS].map((timeS) => held[0]?.host.value(net, instance, 'sent', timeS)))
  expect(Math.max(...(sent?.values ?? []))).toBeLessThanOrEqual(0)
  expect(columns).toHaveLength(2 + 3 * 2)
})

it('[SIM7] it lists its contexts with instances and labels', () => {
  const catalogue = parseCatalogue(ask(`/node/${nodes[1]}/api/v1/contexts?options=charts,dimensions,labels`).text)
  expect([...catalogue.contexts.keys()]).toEqual(hostContexts.map(({ id }) => id))
  expect(catalogue.instances.get('disk.io')?.map(({ label }) => label)).toEqual(['sda', 'sdb', 'nvme0n1'])
})

it.each(['v2', 'v3'])('[SIM7] %s adds up over hosts and instances what v1 answers one by one', (version) => {
  const single = nodes.map((nodeId) =>
    parseDataAnswer(ask(`/node/${nodeId}/api/v1/data?context=disk.io&after=-4&points=4&options=jsonwrap,unaligned`).text),
  )
  const sums = [0, 1, 2, 3].map((row) =>
    single
      .flatMap(({ columns }) => columns.filter(({ dimensionId }) => dimensionId === 'writes'))
      .reduce((sum, { values }) => sum + (values[row] ?? 0), 0),
  )
  const scope = `scope_nodes=${nodes.join('%7C')}&scope_contexts=disk.io&after=-4&points=4&group_by=dimension&format=json2`
  const { writes = [] } = seriesOf(ask(`/api/${version}/data?${scope}&aggregation=sum&options=minify,unaligned`).text)
  expect(writes.map((value) => value?.toFixed(3))).toEqual(sums.map((value) => value.toFixed(3)))

  const raw = JSON.parse(ask(`/api/${version}/data?${scope}&aggregation=average&options=minify,unaligned,raw`).text) as {
    result: { point: { count: number }; data: [number, ...number[][]][] }
  }
  expect(raw.result.data.every((row) => (row.slice(1) as number[][]).every((point) => point[raw.result.point.count] === 6))).toBe(true)
})

it('[SIM7] scope, groups and labels choose as agents do', () => {
  const by = (more: string) => Object.keys(seriesOf(ask(`/api/v3/data?scope_contexts=net.net&after=-2&points=2&${more}`).text))
  expect(by('group_by=node')).toEqual(held.map(({ machineGuid }) => machineGuid))
  expect(by(`scope_nodes=${nodes[0]}&group_by=label&group_by_label=interface`)).toEqual(['eth0', 'eth1', 'docker0'])
  expect(by(`scope_nodes=${nodes[0]}&group_by=dimension,instance&labels=interface:eth0`)).toEqual([
    `received,net.eth0@${held[0]?.machineGuid}`,
    `sent,net.eth0@${held[0]?.machineGuid}`,
  ])
  expect(by('group_by=dimension&nodes=nobody')).toEqual([])
})

it('[SIM8] functions are listed, called, and refused to whom lacks the rights', () => {
  expect(Object.keys((JSON.parse(ask(`/node/${nodes[0]}/api/v1/functions`).text) as { functions: object }).functions)).toEqual([
    'processes',
    'mount-points',
  ])
  const call = `/node/${nodes[0]}/api/v3/function?function=processes`
  expect([ask(call, 0x0b).httpStatus, ask(call, 0x7ff).httpStatus, ask(`${call}-none`, 0x7ff).httpStatus]).toEqual([403, 200, 404])
})
