import { expect, it } from 'vitest'
import type { NodeSummary } from '../../link/api.ts'
import { groupNodes, parseGrouping } from './map-groups.ts'
import { hexagonPoints, layoutMap, neighbourTile, type MapLayout } from './map-layout.ts'
import { luminance, niceCeiling, rampColor, ramps, steadyCeiling, textOn } from './tile-colors.ts'

const alone = (count: number) => [{ key: '', count }]
const space = { widthPx: 900, heightPx: 420 }
const overlaps = ({ tiles, tilePx }: MapLayout) =>
  tiles.some((a, at) => tiles.some((b, other) => other > at && Math.hypot(a.x - b.x, a.y - b.y) < tilePx * 0.99))
const rightmost = ({ tiles, tilePx }: MapLayout) => Math.max(...tiles.map(({ x }) => x + tilePx / 2))

it.each([0, 1, 2, 7, 40, 333, 2_000])('[HN20] %i tiles fit the width, none over another, each large enough to hit', (count) => {
  const layout = layoutMap(alone(count), space)
  expect(layout.tiles).toHaveLength(count)
  if (count === 0) return
  expect(rightmost(layout)).toBeLessThanOrEqual(900)
  expect(layout.tilePx).toBeGreaterThanOrEqual(24)
  if (count <= 333) {
    expect(overlaps(layout)).toBe(false)
    expect(layout.heightPx).toBeLessThanOrEqual(420)
  }
})

it('[HN20] groups stand beside and below each other, also on a phone', () => {
  const groups = [30, 1, 12, 0, 5].map((count, index) => ({ key: `g${index}`, count }))
  for (const widthPx of [330, 900]) {
    const layout = layoutMap(groups, { widthPx, heightPx: 500 })
    expect(layout.groups.map(({ key }) => key)).toEqual(['g0', 'g1', 'g2', 'g4'])
    expect(layout.tiles).toHaveLength(48)
    expect(overlaps(layout)).toBe(false)
    expect(rightmost(layout)).toBeLessThanOrEqual(widthPx)
  }
})

it('[HN21] arrow keys lead to the nearest tile in their direction, and every tile can be reached', () => {
  const layout = layoutMap(alone(23), { widthPx: 300, heightPx: 400 })
  const reached = new Set([0])
  const queue = [0]
  for (const from of queue) {
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const) {
      const to = neighbourTile(layout, from, key)
      if (!reached.has(to)) queue.push(to)
      reached.add(to)
    }
  }
  expect(reached.size).toBe(23)
  expect(neighbourTile(layout, 0, 'ArrowRight')).toBe(1)
  expect(neighbourTile(layout, 1, 'ArrowLeft')).toBe(0)
  expect([neighbourTile(layout, 0, 'ArrowLeft'), neighbourTile(layout, 0, 'ArrowUp')]).toEqual([0, 0])
  expect(neighbourTile(layout, 3, 'End')).toBe(22)
  expect(neighbourTile(layout, 22, 'Home')).toBe(0)
  expect(hexagonPoints(40).split(' ')).toHaveLength(6)
})

it('[HN22] the ramp of values changes its lightness steadily, and text on it can be read', () => {
  for (const theme of ['light', 'dark'] as const) {
    const shares = Array.from({ length: 32 }, (_, step) => rampColor(theme, step / 31))
    const light = shares.map(luminance)
    const rising = light.slice(1).map((value, at) => value > (light[at] ?? 0))
    expect(new Set(rising).size).toBe(1)
    for (const color of shares) {
      const [a, b] = [luminance(color), luminance(textOn(color))].sort((x, y) => y - x) as [number, number]
      expect((a + 0.05) / (b + 0.05)).toBeGreaterThanOrEqual(4.5)
    }
    expect([rampColor(theme, -1), rampColor(theme, 2)]).toEqual([ramps[theme][0], ramps[theme].at(-1)])
  }
})

it('[HN22] a scale without a natural end has a round one that does not twitch', () => {
  expect([0, 0.03, 1, 1.1, 4.9, 700, Number.NaN].map(niceCeiling)).toEqual([1, 0.05, 1, 2, 5, 1000, 1])
  expect(steadyCeiling(undefined, 40)).toBe(50)
  expect(steadyCeiling(50, 60)).toBe(100)
  expect(steadyCeiling(100, 25)).toBe(100)
  expect(steadyCeiling(100, 9)).toBe(10)
})

const node = (hostname: string, rest: Partial<NodeSummary> = {}): NodeSummary => ({
  nodeId: hostname,
  hostname,
  state: 'live',
  createdAtMs: 0,
  ...rest,
})

it('[HN23] nodes are grouped by state, by the agent they come through, or by a label', () => {
  const nodes = [
    node('parent', { agent: { claimId: 'p', hops: 0, generation: 'C' } }),
    node('child-b', { agent: { claimId: 'p', hops: 1, generation: 'C' }, labels: { env: 'prod' } }),
    node('child-a', { agent: { claimId: 'p', hops: 1, generation: 'C' }, labels: { env: 'prod' } }),
    node('lone', { agent: { claimId: 'elsewhere', hops: 2, generation: 'A' }, labels: { env: 'test' } }),
    node('gone', { state: 'offline', agent: null }),
  ]
  const shape = (grouping: string) =>
    groupNodes(nodes, parseGrouping(grouping)).map(
      ({ title, nodes: members }) => `${title}: ${members.map(({ hostname }) => hostname).join(' ')}`,
    )
  expect(shape('')).toEqual(['All nodes: child-a child-b gone lone parent'])
  expect(shape('state')).toEqual(['Live: child-a child-b lone parent', 'Offline: gone'])
  expect(shape('agent')).toEqual(['parent: child-a child-b parent', 'An agent of another room: lone', 'No agent answers: gone'])
  expect(shape('label:env')).toEqual(['prod: child-a child-b', 'test: lone', 'Without this label: gone parent'])
  const many = Array.from({ length: 100 }, (_, index) => node(`n${index}`, { labels: { id: `v${index}` } }))
  expect(groupNodes(many, 'label:id')).toHaveLength(61)
  expect(groupNodes([], 'none')).toEqual([])
})
